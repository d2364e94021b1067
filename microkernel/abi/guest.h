/* SPDX-License-Identifier: MIT */
/*
 * The guest boundary: the record that a thread's kernel side and the personality share, and why a guest stopped.
 *
 * The kernel part of a record starts the record and lies within one page of an ordinary (never paged) memory
 * object; the kernel pins that page while the thread lives. Registers are written there on every exit and read,
 * once, then checked, on guest_enter. What follows the kernel part belongs to the personality.
 *
 * guest_enter does not return. Every exit enters the domain's exit entry on the thread's empty native stack:
 *   rdi record address (as given to thread_create)   rsi exit reason   all else 0
 */
#ifndef LICHEN_ABI_GUEST_H
#define LICHEN_ABI_GUEST_H

#include "types.h"

enum guest_exit {
	EXIT_SYSCALL = 1,     /* rip behind the instruction, orig_rax = rax = the number */
	EXIT_FAULT = 2,       /* vector, error_code, fault_address, fault_reason */
	EXIT_DEBUG = 3,       /* #DB: dr6 */
	EXIT_KICK = 4,        /* a kick arrived in guest mode, or was latched before */
	EXIT_INTERRUPTED = 5, /* a kick ended a parked routed call: registers as at the call, orig_rax set */
	EXIT_START = 6,       /* first entry of a new thread: nothing ran yet */
};

/* Why a page fault was not resolved. */
enum fault_reason {
	FAULT_NONE = 0,        /* not a page fault */
	FAULT_NO_REGION = 1,   /* no region there */
	FAULT_ACCESS = 2,      /* the region does not allow it */
	FAULT_BEYOND_END = 3,  /* past the end of the mapped object */
	FAULT_PAGER_ERROR = 4, /* the pager could not supply the page */
	FAULT_NO_MEMORY = 5,   /* account or machine exhausted */
};

struct guest_registers {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t orig_rax;
	uint64_t rip, cs, rflags, rsp, ss;
	uint64_t fs_base, gs_base;
};

#define GUEST_CS 0x33u
#define GUEST_SS 0x2bu
#define GUEST_NO_CALL UINT64_MAX /* orig_rax when the exit was no system call */

/* The kernel part of a record. K written by the kernel, P by the personality, B by both in turn. */
struct guest_record {
	struct guest_registers regs; /* B */
	uint32_t exit_reason;        /* K enum guest_exit */
	uint32_t vector;             /* K exception vector of a FAULT or DEBUG exit */
	uint64_t error_code;         /* K as the CPU pushed it, else 0 */
	uint64_t fault_address;      /* K CR2 of a page fault */
	uint32_t fault_reason;       /* K enum fault_reason */
	uint32_t
		leave_when_switched; /* P not 0: a guest that had to wait for a CPU or a page leaves with EXIT_KICK */
	uint64_t dr[4];              /* P breakpoint addresses, used when dr7 is not 0 */
	uint64_t dr6;                /* K */
	uint64_t dr7;                /* P masked by the kernel */
	uint64_t user_time_ns;  /* K time in guest mode */
	uint64_t total_time_ns; /* K all time */
	uint64_t switches[2];   /* K voluntary, involuntary context switches */

	/* What routes (route.h) use. */
	uint32_t route_gate;     /* P; ROUTE_GATE_*; 0: routes answer */
	uint32_t parked;         /* K; not 0: the guest waits in a routed call, regs are as at the call */
	uint32_t route_words[8]; /* P; identity words (enum route_word) */
	uint64_t route_group;    /* P; address of its struct route_group; 0: forward what needs it */
	uint32_t route_files;    /* P; handle of its table of descriptors; 0: forward what needs it */
	uint32_t reserved2;
	uint64_t parked_deadline; /* K; of the call that an INTERRUPTED exit ended, or DEADLINE_NEVER */
	uint64_t route_space;     /* P; address of its struct route_space */
	uint64_t route_actions;   /* P; address of its struct route_actions */
	uint64_t signal_mask;     /* B; changed under its group's busy word; bit n is signal n + 1 */
	uint64_t
		signal_pending; /* P; pending for the thread alone, whether its mask holds them back or not */
	uint64_t
		inside; /* K; a SYSCALL exit of a call that waited inside of a descriptor: its cookie, else 0. The
			    descriptor stays until the next guest_enter, whatever its number means by now */
	uint64_t thread_number; /* K; of the thread's object, unique for the boot */
	uint64_t routed_calls;  /* K; answered without an exit, ever */
	uint64_t exit_time_ns;  /* K; when the guest stopped last */
	uint64_t image;         /* P; what ROUTE_ACTION notes of the image that installs a handler */
	uint64_t
		policy_answers; /* P; address of a struct route_answers; 0: each call that is named is forwarded */
	uint64_t policy_names[8]; /* P; bit n: of call n no row answers but policy_answers */
};
_Static_assert(sizeof(struct guest_record) <= 512, "the kernel part of a record fits its place");
#define GUEST_RECORD_BYTES 512 /* the personality's own fields start here */

#endif
