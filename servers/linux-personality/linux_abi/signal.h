/* SPDX-License-Identifier: MIT */
/*
 * Signals as Linux's x86-64 programs see them: numbers, flags, codes, and the frame on the guest's stack.
 */
#ifndef LICHEN_LINUX_ABI_SIGNAL_H
#define LICHEN_LINUX_ABI_SIGNAL_H

#include <stdint.h>

enum linux_signal {
	LINUX_SIGHUP = 1,
	LINUX_SIGINT,
	LINUX_SIGQUIT,
	LINUX_SIGILL,
	LINUX_SIGTRAP,
	LINUX_SIGABRT,
	LINUX_SIGBUS,
	LINUX_SIGFPE,
	LINUX_SIGKILL,
	LINUX_SIGUSR1,
	LINUX_SIGSEGV,
	LINUX_SIGUSR2,
	LINUX_SIGPIPE,
	LINUX_SIGALRM,
	LINUX_SIGTERM,
	LINUX_SIGSTKFLT,
	LINUX_SIGCHLD,
	LINUX_SIGCONT,
	LINUX_SIGSTOP,
	LINUX_SIGTSTP,
	LINUX_SIGTTIN,
	LINUX_SIGTTOU,
	LINUX_SIGURG,
	LINUX_SIGXCPU,
	LINUX_SIGXFSZ,
	LINUX_SIGVTALRM,
	LINUX_SIGPROF,
	LINUX_SIGWINCH,
	LINUX_SIGIO,
	LINUX_SIGPWR,
	LINUX_SIGSYS,
	LINUX_SIGRTMIN = 32,
	LINUX_SIGRTMAX = 64,
};

#define LINUX_SIG_DFL 0ull
#define LINUX_SIG_IGN 1ull

#define LINUX_SIG_BLOCK 0
#define LINUX_SIG_UNBLOCK 1
#define LINUX_SIG_SETMASK 2

#define LINUX_SA_NOCLDSTOP 0x00000001ull
#define LINUX_SA_NOCLDWAIT 0x00000002ull
#define LINUX_SA_SIGINFO 0x00000004ull
#define LINUX_SA_UNSUPPORTED 0x00000400ull
#define LINUX_SA_EXPOSE_TAGBITS 0x00000800ull
#define LINUX_SA_RESTORER 0x04000000ull
#define LINUX_SA_ONSTACK 0x08000000ull
#define LINUX_SA_RESTART 0x10000000ull
#define LINUX_SA_NODEFER 0x40000000ull
#define LINUX_SA_RESETHAND 0x80000000ull
/* What the kernel keeps of sa_flags: the rest is cleared, so that programs can probe. */
#define LINUX_SA_KNOWN                                                                                       \
	(LINUX_SA_NOCLDSTOP | LINUX_SA_NOCLDWAIT | LINUX_SA_SIGINFO | LINUX_SA_EXPOSE_TAGBITS |              \
	 LINUX_SA_RESTORER | LINUX_SA_ONSTACK | LINUX_SA_RESTART | LINUX_SA_NODEFER | LINUX_SA_RESETHAND)

#define LINUX_SS_ONSTACK 1u
#define LINUX_SS_DISABLE 2u
#define LINUX_SS_AUTODISARM 0x80000000u
#define LINUX_MINSIGSTKSZ 2048u

#define LINUX_SI_USER 0
#define LINUX_SI_KERNEL 0x80
#define LINUX_SI_QUEUE (-1)
#define LINUX_SI_TIMER (-2)
#define LINUX_SI_MESGQ (-3)
#define LINUX_SI_ASYNCIO (-4)
#define LINUX_SI_SIGIO (-5)
#define LINUX_SI_TKILL (-6)

#define LINUX_ILL_ILLOPN 2
#define LINUX_FPE_INTDIV 1
#define LINUX_FPE_FLTDIV 3
#define LINUX_FPE_FLTOVF 4
#define LINUX_FPE_FLTUND 5
#define LINUX_FPE_FLTRES 6
#define LINUX_FPE_FLTINV 7
#define LINUX_SEGV_MAPERR 1
#define LINUX_SEGV_ACCERR 2
#define LINUX_BUS_ADRALN 1
#define LINUX_BUS_ADRERR 2
#define LINUX_TRAP_BRKPT 1
#define LINUX_TRAP_TRACE 2
#define LINUX_TRAP_HWBKPT 4
#define LINUX_CLD_EXITED 1
#define LINUX_CLD_KILLED 2
#define LINUX_CLD_DUMPED 3
#define LINUX_CLD_TRAPPED 4
#define LINUX_CLD_STOPPED 5
#define LINUX_CLD_CONTINUED 6
#define LINUX_SYS_SECCOMP 1

/* rt_sigaction's argument. */
struct linux_sigaction {
	uint64_t handler, flags, restorer, mask;
};

struct linux_stack {
	uint64_t base;
	uint32_t flags;
	uint32_t padding;
	uint64_t size;
};

struct linux_sigcontext {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
	uint16_t cs, gs, fs, ss;
	uint64_t error, trap, old_mask, cr2;
	uint64_t fpstate; /* guest address of the FPU image, 0: none */
	uint64_t reserved[8];
};

#define LINUX_UC_FP_XSTATE 1u
#define LINUX_UC_SIGCONTEXT_SS 2u
#define LINUX_UC_STRICT_RESTORE_SS 4u

struct linux_ucontext {
	uint64_t flags, link;
	struct linux_stack stack;
	struct linux_sigcontext context;
	uint64_t mask;
};

#define LINUX_FXSAVE_BYTES 512u
#define LINUX_FX_SW_OFFSET 464u /* of struct linux_fx_software in the FXSAVE area */
#define LINUX_XSAVE_HEADER 64u
#define LINUX_FP_XSTATE_MAGIC1 0x46505853u
#define LINUX_FP_XSTATE_MAGIC2 0x46505845u

struct linux_fx_software {
	uint32_t magic1, extended_size;
	uint64_t features;
	uint32_t state_size;
	uint32_t padding[7];
};

_Static_assert(sizeof(struct linux_sigcontext) == 256, "as on Linux");
_Static_assert(sizeof(struct linux_ucontext) == 304, "as on Linux");
_Static_assert(sizeof(struct linux_fx_software) == 48, "as on Linux");

#endif
