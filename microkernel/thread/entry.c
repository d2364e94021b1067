/* SPDX-License-Identifier: MIT */
/*
 * Ways into the kernel's C code and the one way out.
 *
 * Entries from user mode and from idle: in guest mode an exception goes to the personality, in native mode it ends the
 * domain; page faults and the FPU trap are resolved first where they can be. Nothing that user code does ends the kernel.
 * Exit: destroy what is dead, choose a thread, finish what it still has to do in the kernel, load what of the CPU's state
 * differs, go.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "call/call.h"
#include "debug/event.h"
#include "ipc/timer.h"
#include "memory/aspace.h"
#include "route/route.h"

/* A function that contains all it calls, but what says otherwise: a return is expensive where code is emulated. */
#define FLAT __attribute__((flatten))
#define APART __attribute__((noinline, cold))

#define VECTOR_FPU 7u
#define VECTOR_PAGE_FAULT 14u
#define FAULT_WRITE 0x2u
#define FAULT_USER 0x4u
#define FAULT_RESERVED_BIT 0x8u
#define FAULT_FETCH 0x10u
#define FLAG_TRAP 0x100u
#define FLAG_RESUME 0x10000u

/* With FSGSBASE the guest may have changed its bases: keep them before anything else loads others. */
static inline __attribute__((always_inline)) void guest_keep_bases(struct thread *thread)
{
	if (!cpu_features.fsgsbase)
		return;
	thread->guest_fs = cpu_fs_base();
	thread->guest_gs = cpu_user_gs_base();
}

static void unresolved(struct thread *thread, uint64_t address, uint32_t reason)
{
	if (thread->mode == MODE_GUEST)
		guest_fault(thread, address, reason);
	else
		domain_fault(thread, address);
}

static void page_fault(struct thread *thread)
{
	uint64_t address = cr2_read(), error = thread->frame.error_code, since = clock_now_ns();
	struct aspace *space = thread->mode == MODE_GUEST ? thread->guest_aspace : thread->domain->aspace;
	uint32_t access = error & FAULT_FETCH   ? PROT_BIT_EXEC
			  : error & FAULT_WRITE ? PROT_BIT_WRITE
						: PROT_BIT_READ;
	uint32_t reason = FAULT_NO_REGION;
	status_code_t status = STATUS_BAD_ADDRESS;
	/* Without USER it was the CPU's own access for the instruction: what the space allows would not help it. */
	if (address < USER_LIMIT && (error & FAULT_USER) && !(error & FAULT_RESERVED_BIT))
		status = aspace_touch(space, address, access, 0, &reason);
	if (status == STATUS_NO_MEMORY)
		status = thread_wait_memory();
	event_record(EVENT_PAGE_FAULT, address, event_fault_result(clock_now_ns() - since, error, status));
	if (status != STATUS_OK && status != STATUS_PENDING)
		unresolved(thread, address, reason);
}

void thread_exception(struct thread *thread)
{
	if (thread->frame.vector == VECTOR_PAGE_FAULT) {
		page_fault(thread);
	} else if (thread->frame.vector != VECTOR_FPU || !fpu_take(thread)) {
		event_record(EVENT_EXCEPTION, thread->frame.vector, thread->frame.rip);
		unresolved(thread, 0, FAULT_NONE);
	}
}

_Noreturn void kernel_trap(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (thread->mode == MODE_GUEST)
		guest_keep_bases(thread);
	if (thread->frame.vector >= TRAP_INTERRUPT_FIRST) {
		cpu->interrupts++;
		cpu->attention = true;
		event_record(EVENT_INTERRUPT, thread->frame.vector, thread->frame.rip);
		interrupt_dispatch(thread->frame.vector);
	} else {
		thread_exception(thread);
	}
	kernel_exit();
}

_Noreturn void kernel_idle_interrupt(uint64_t vector)
{
	struct cpu *cpu = cpu_self();
	uint64_t now = clock_now_ns();
	if (cpu->idle_since_ns)
		cpu->idle_ns += now - cpu->idle_since_ns;
	cpu->idle_since_ns = 0;
	cpu->interrupts++;
	cpu->attention = true;
	schedule_tick(now);
	interrupt_dispatch(vector);
	kernel_exit();
}

static APART void load_debug_registers(struct cpu *cpu, const struct thread *thread)
{
	cpu->debug_loaded = thread->mode == MODE_GUEST && thread->dr7;
	if (cpu->debug_loaded)
		debug_registers_load(thread->dr, thread->dr7);
	else
		debug_registers_off();
}

/* All of the CPU's state that differs from what the thread's mode needs, but the registers. */
static inline __attribute__((always_inline)) void load_state(struct cpu *cpu, const struct thread *thread,
							     bool guest)
{
	uint64_t root = guest ? thread->guest_root : thread->native_root;
	if (cpu->loaded_root != root) {
		cpu->loaded_root = root;
		cpu_load_page_table((paddr_t){ root });
	}
	if (cpu->debug_loaded || (guest && thread->dr7))
		load_debug_registers(cpu, thread);
	fpu_trap(cpu->fpu_owner != thread || cpu->fpu_owner_guest != guest);
	cpu_set_fs_base(guest ? thread->guest_fs : thread->native_fs);
	if (guest)
		cpu_set_user_gs_base(thread->guest_gs);
}

/* A SYSRET loses RCX and R11: native code expects that, a guest may have changed them since its SYSCALL. */
static bool sysret_fits(const struct thread *thread)
{
	const struct trap_frame *frame = &thread->frame;
	if (frame->rip >= USER_LIMIT || (frame->rflags & (FLAG_TRAP | FLAG_RESUME)))
		return false;
	if (thread->mode == MODE_NATIVE)
		return frame->vector == TRAP_SYSCALL;
	return frame->rcx == frame->rip && frame->r11 == frame->rflags;
}

static _Noreturn void run(struct cpu *cpu, struct thread *thread)
{
	const struct trap_frame *frame = &thread->frame;
	load_state(cpu, thread, thread->mode == MODE_GUEST);
	if (sysret_fits(thread))
		cpu_return(frame, frame->rip, frame->rflags, frame->rsp);
	cpu_return_frame(thread);
}

/* A guest that was to stop, or that was woken to try its parked call again; true when it has to be chosen anew then. */
static bool unfinished_guest(struct thread *thread)
{
	if (thread->kicked) {
		if (thread->parked && thread->restart)
			(void)word_wake(thread->wait_key, 1, WAIT_ANY); /* its wake is another's */
		thread->restart = false;
		guest_exit(thread, thread->parked ? EXIT_INTERRUPTED : EXIT_KICK);
		return false;
	}
	bool again = thread->restart && thread->parked;
	thread->restart = false;
	if (!again)
		return false;
	if (route_again(thread) == ROUTE_FORWARDED)
		guest_exit(thread, EXIT_SYSCALL);
	return true;
}

/* What a chosen thread must do before user mode; true when it has to be chosen anew then. */
static bool unfinished(struct thread *thread)
{
	if (!domain_lives(thread->domain)) {
		thread_end(thread);
		return true;
	}
	if (!thread->kicked && !thread->restart)
		return false;
	if (thread->mode == MODE_GUEST)
		return unfinished_guest(thread);
	if (!thread->restart)
		return false;
	thread->restart = false;
	if (thread->frame.vector != TRAP_SYSCALL)
		return false;
	call_dispatch(thread);
	return true;
}

/* Destroy what is dead, bit by bit; interrupts, and whoever they make ready, come first. False: there is more. */
static bool reap(struct cpu *cpu)
{
	while (!object_reap_some()) {
		if (cpu->need_reschedule)
			return false;
		cpu_interrupt_window();
	}
	return true;
}

/* The long way: somebody else may have to run, or something must be done first. */
static __attribute__((noinline)) _Noreturn void exit_attentively(struct cpu *cpu)
{
	for (;;) {
		bool reaped = reap(cpu);
		cpu->attention = false;
		struct thread *thread = schedule_next(cpu);
		if (!thread && reaped)
			break;
		if (!thread)
			continue;
		if (thread->restart)
			cpu_interrupt_window();
		if (unfinished(thread) || cpu->attention)
			continue;
		cpu->attention = !reaped;
		timer_plan(schedule_slice_end(cpu));
		cpu_set_current(cpu, thread);
		run(cpu, thread);
	}
	timer_plan(DEADLINE_NEVER);
	cpu->idle_since_ns = clock_now_ns();
	cpu_idle();
}

_Noreturn void kernel_exit(void)
{
	struct cpu *cpu = cpu_self();
	if (cpu->attention || cpu->current->restart)
		exit_attentively(cpu);
	run(cpu, cpu->current);
}

/* A guest's call that no route answers. Mostly nobody else is to run: then native code starts without a frame. */
static inline FLAT _Noreturn void forward(struct cpu *cpu, struct thread *thread)
{
	guest_leave(thread, EXIT_SYSCALL);
	if (cpu->attention) {
		native_start_at_exit_entry(thread, EXIT_SYSCALL);
		exit_attentively(cpu);
	}
	guest_publish(thread, EXIT_SYSCALL);
	load_state(cpu, thread, false);
	cpu_start_native(thread->record_address.value, EXIT_SYSCALL, thread->exit_entry,
			 thread->stack_top - sizeof(uint64_t));
}

/* guest_enter, the common way back: the registers go from the record to the CPU. Returns when it is not that simple. */
static inline FLAT void enter_guest(struct cpu *cpu, struct thread *thread)
{
	const struct trap_frame *frame = &thread->frame;
	const volatile struct guest_registers *regs = &thread->record->regs;
	if (thread->kicked || thread->parked_in || guest_prepare(thread))
		return;
	if (!cpu->attention && regs->rcx == frame->rip && regs->r11 == frame->rflags &&
	    !(frame->rflags & (FLAG_TRAP | FLAG_RESUME))) {
		load_state(cpu, thread, true);
		cpu_return(thread->record, frame->rip, frame->rflags, frame->rsp);
	}
	guest_load_registers(thread);
	kernel_exit();
}

void kernel_syscall(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (thread->mode == MODE_GUEST) {
		enum route_end end = route_call(thread);
		if (end == ROUTE_AT_ONCE)
			return;
		guest_keep_bases(thread);
		if (end == ROUTE_FORWARDED)
			forward(cpu, thread);
	} else {
		if (thread->frame.rax == CALL_guest_enter)
			enter_guest(cpu, thread);
		if (copy_at_once(thread)) {
			if (!cpu->attention)
				return;
		} else {
			thread->progress = thread->place = 0;
			call_dispatch(thread);
		}
	}
	kernel_exit();
}
