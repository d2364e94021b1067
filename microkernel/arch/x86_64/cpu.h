/* SPDX-License-Identifier: MIT */
/*
 * The per-CPU block and the few CPU operations that C code outside arch/ uses.
 *
 * GS base points to the block while in the kernel. Each field is written only by its own CPU unless marked.
 * One kernel stack per CPU; no thread ever sleeps on it: blocking means marking the thread waiting and leaving
 * through kernel_exit, which never returns to its caller.
 */
#ifndef LICHEN_ARCH_CPU_H
#define LICHEN_ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/types.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/trap.h"
#include "debug/event.h"
#include "structure/heap.h"
#include "thread/run_queue.h"

struct thread;

#define MSR_FS_BASE 0xc0000100u
#define MSR_KERNEL_GS_BASE 0xc0000102u

/* Variables that each kernel entry reads: kernel.ld puts them, the boot CPU's block and the top of its stack on one page,
   since each page touched after a page-table switch costs. */
#define HOT_DATA __attribute__((section(".bss.hot")))

struct cpu {
	struct cpu *self;       /* at offset 0: found by %gs:0 */
	uint64_t kernel_stack;  /* top */
	struct thread *current; /* whose frame RSP0 points into; NULL while idle */
	uint64_t scratch;       /* entry code */
	uint64_t loaded_root;   /* what CR3 holds; 0: the kernel's own tables */
	bool attention; /* leaving the kernel must look at more than the current thread (kernel_exit) */
	bool need_reschedule;
	bool task_switched; /* CR0.TS as last written */
	bool debug_loaded;  /* DR7 is not 0 */
	bool fpu_owner_guest;
	struct thread *
		fpu_owner; /* whose FPU state (guest or native area, see fpu_owner_guest) the registers hold */
	struct tss tss;
	struct heap timeouts; /* ipc/timer.c */
	uint64_t planned_ns;  /* what the clock is set for; 0: nothing */
	struct event_log events;
	int64_t work_left; /* until the call in hand has to stop (thread/work.h) */
	uint32_t number;
	uint64_t switches, interrupts, idle_ns, idle_since_ns;
	struct run_queue queue; /* thread/schedule.c */
};

static inline struct cpu *cpu_self(void)
{
	struct cpu *cpu;
	__asm__("mov %%gs:0, %0" : "=r"(cpu));
	return cpu;
}

extern struct cpu boot_cpu;

/* What this machine has; filled by cpu_init before anything else runs. */
struct cpu_features {
	bool nx, smep, smap, fsgsbase, xsave, xsaveopt, rdtscp, x2apic, invariant_tsc, umip, pge;
	uint64_t xcr0;      /* enabled state components, 0 without XSAVE */
	uint32_t fpu_bytes; /* size of an FPU image: 512 with FXSAVE only */
};
extern struct cpu_features cpu_features;

/* Leave the kernel: let the scheduler choose, run a waiting call again if the chosen thread has one to restart, load
   its address space, FPU trap flag and fs/gs bases, and return to user mode; or idle. Without `attention` the current
   thread simply goes on: whoever readies, blocks or removes a thread, arms a time-out or leaves an object dead sets it.
   (thread/entry.c) */
_Noreturn void kernel_exit(void);

/* Called by the entry code with the thread's frame filled (trap.S). The kernel stack is empty. (thread/entry.c) */
_Noreturn void kernel_trap(struct thread *thread);     /* exceptions and interrupts from user mode */
void kernel_syscall(struct thread *thread);            /* SYSCALL; returns when the guest goes on at once */
_Noreturn void kernel_idle_interrupt(uint64_t vector); /* interrupt while idle */
/* For the three above: an interrupt (vector >= TRAP_INTERRUPT_FIRST) is told to the interrupt controller as handled, then
   goes to timer_interrupt, irq_interrupt or nowhere (spurious). (apic.c) */
#define TRAP_INTERRUPT_FIRST 32
void interrupt_dispatch(uint64_t vector);

/* This thread's frame is where the CPU and the entry code put its registers from now on. */
static inline void cpu_set_current(struct cpu *cpu, struct thread *thread)
{
	cpu->current = thread;
	cpu->tss.rsp[0] = (uintptr_t)thread + sizeof(struct trap_frame);
}

/* To user mode, as the current thread (trap.S). By SYSRET, which loses RCX and R11, cannot set TF or RF, and faults in the
   kernel for an address that is not canonical: general registers as they lie at the start of a frame or a record, or all 0
   but the arguments. By IRETQ: the thread's whole frame. */
_Noreturn void cpu_return(const void *general, uint64_t rip, uint64_t rflags, uint64_t rsp);
_Noreturn void cpu_start_native(uint64_t first, uint64_t second, uint64_t rip, uint64_t rsp);
_Noreturn void cpu_return_frame(const struct thread *thread);
/* Enable interrupts and halt until one comes; it enters kernel_idle_interrupt. (trap.S) */
_Noreturn void cpu_idle(void);
/* The same without halting: returns when no interrupt waits. Idle time runs from idle_since_ns, unless that is 0. (trap.S) */
void cpu_interrupt_window(void);

/* Start-up of the boot CPU, in this order (main.c). cpu_init needs nothing; interrupts_init and clock_init need the final
   page tables and acpi.h's tables read. */
void cpu_init(void);
void arch_unmap_guards(void); /* after memory_init: the pages below the stacks */
void interrupts_init(void);
void clock_init(void);

static inline void cpu_set_fs_base(uint64_t base)
{
	if (cpu_features.fsgsbase)
		__asm__ volatile("wrfsbase %0" ::"r"(base));
	else
		msr_write(MSR_FS_BASE, base);
}

static inline uint64_t cpu_fs_base(void)
{
	uint64_t base;
	if (!cpu_features.fsgsbase)
		return msr_read(MSR_FS_BASE);
	__asm__ volatile("rdfsbase %0" : "=r"(base));
	return base;
}

/* The user's GS base is the inactive one in the kernel. An NMI between the two swaps keeps what it finds. */
static inline void cpu_set_user_gs_base(uint64_t base)
{
	if (cpu_features.fsgsbase)
		__asm__ volatile("swapgs\n\twrgsbase %0\n\tswapgs" ::"r"(base) : "memory");
	else
		msr_write(MSR_KERNEL_GS_BASE, base);
}

static inline uint64_t cpu_user_gs_base(void)
{
	uint64_t base;
	if (!cpu_features.fsgsbase)
		return msr_read(MSR_KERNEL_GS_BASE);
	__asm__ volatile("swapgs\n\trdgsbase %0\n\tswapgs" : "=r"(base)::"memory");
	return base;
}

void cpu_load_page_table(paddr_t root); /* never with the value it has: count page-table switches */
void cpu_flush_page(uint64_t address);
void cpu_flush_all(void);

/* FPU (arch/x86_64/fpu.c): images in standard format, 64-byte aligned, cpu_features.fpu_bytes long. */
void fpu_init(void); /* the state components on, the registers in their initial state; by cpu_init */
void fpu_save(void *image);
void fpu_restore(const void *image);
void fpu_init_image(void *image);
/* OK when the image may be restored without a fault: standard format, XSTATE_BV within XCR0, MXCSR masked. */
bool fpu_image_valid(const void *image);
void fpu_trap_write(bool on);
/* CR0.TS; no write when unchanged. */
static inline void fpu_trap(bool on)
{
	if (cpu_self()->task_switched != on)
		fpu_trap_write(on);
}

/* Interrupts and clock (arch/x86_64/apic.c, clock.c) */
uint64_t clock_now_ns(void);                /* monotonic */
int64_t clock_realtime_ns(void);            /* since 1970, as readers of the clock page compute it */
void clock_set_event(uint64_t deadline_ns); /* one-shot timer interrupt; DEADLINE_NEVER: none */
/* A timer interrupt came: true when the event's time is reached; else the timer is started for the rest. */
bool clock_event_due(void);
/* A counter of known frequency to measure others against: HPET, or PIT channel 2. */
struct clock_reference {
	const char *name;
	uint64_t hz;
	uint64_t mask; /* of the bits that count */
	uint64_t (*read)(void);
};
const struct clock_reference *clock_reference_start(void);
paddr_t clock_page_address(void); /* struct clock_page, given to user space read-only */
/* The difference of wall-clock and monotonic time, for readers of the clock page. */
void clock_set_realtime_offset(int64_t offset_ns);
int64_t clock_realtime_offset(void);
/* A timer interrupt arrived: implemented by ipc/timer.c */
void timer_interrupt(void);
/* A device interrupt arrived on a vector: implemented by device/device.c */
void irq_interrupt(uint64_t vector);

#endif
