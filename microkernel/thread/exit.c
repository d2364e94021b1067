/* SPDX-License-Identifier: MIT */
/*
 * The one way out of the kernel: destroy what is dead, choose a thread, finish what it still has to do in the kernel, load
 * what of the CPU's state differs, go.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/debug_registers.h"
#include "call/call.h"
#include "ipc/timer.h"
#include "memory/memory.h"
#include "object/domain.h"
#include "thread/guest.h"
#include "thread/schedule.h"

static bool debug_loaded[CPU_MAX]; /* DR7 is not 0 */

static void load_space(struct cpu *cpu, struct aspace *space)
{
	if (cpu->loaded_space == space)
		return;
	cpu->loaded_space = space;
	cpu_load_page_table(aspace_root(space));
}

static void load_debug_registers(struct cpu *cpu, const struct thread *thread)
{
	bool wanted = thread->mode == MODE_GUEST && thread->dr7;
	if (wanted)
		debug_registers_load(thread->dr, thread->dr7);
	else if (debug_loaded[cpu->number])
		debug_registers_off();
	debug_loaded[cpu->number] = wanted;
}

/* A SYSRET loses RCX and R11: native code expects that, a guest may have changed them since its SYSCALL. */
static bool sysret_fits(const struct thread *thread)
{
	const struct trap_frame *frame = &thread->frame;
	if (thread->mode == MODE_NATIVE)
		return frame->vector == TRAP_SYSCALL;
	return frame->rcx == frame->rip && frame->r11 == frame->rflags;
}

static _Noreturn void run(struct cpu *cpu, struct thread *thread)
{
	bool guest = thread->mode == MODE_GUEST;
	timer_plan(schedule_slice_end(cpu));
	load_space(cpu, guest ? thread->guest_aspace : thread->domain->aspace);
	load_debug_registers(cpu, thread);
	fpu_trap(!fpu_is_own(thread));
	cpu_set_fs_base(guest ? thread->guest_fs : thread->native_fs);
	if (guest)
		cpu_set_user_gs_base(thread->guest_gs);
	cpu_return(thread, sysret_fits(thread));
}

/* What a chosen thread must do before user mode; true when it has to be chosen anew then. */
static bool unfinished(struct thread *thread)
{
	if (thread->mode == MODE_GUEST && thread->kicked) {
		guest_exit(thread, EXIT_KICK);
		return false;
	}
	if (!thread->restart)
		return false;
	thread->restart = false;
	if (thread->mode != MODE_NATIVE || thread->frame.vector != TRAP_SYSCALL)
		return false;
	call_dispatch(thread);
	return true;
}

_Noreturn void kernel_exit(void)
{
	struct cpu *cpu = cpu_self();
	for (;;) {
		object_reap();
		struct thread *thread = schedule_next(cpu);
		if (!thread)
			break;
		if (!unfinished(thread))
			run(cpu, thread);
	}
	timer_plan(DEADLINE_NEVER);
	cpu->idle_since_ns = clock_now_ns();
	cpu_idle();
}
