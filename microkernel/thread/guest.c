/* SPDX-License-Identifier: MIT */
/*
 * In and out of guest mode, and who owns the FPU registers.
 *
 * The record is shared memory: it is copied once, then the copy is checked, then it becomes the frame. On the way out
 * the frame becomes the record and native code starts afresh; nothing of the thread's former native run remains.
 *
 * The FPU registers have one owner per CPU: (thread, guest or native). The state stays there until somebody else needs
 * them; CR0.TS is set whenever another mode or thread than the owner's runs, so the first FPU instruction traps.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "debug/event.h"
#include "memory/memory.h"
#include "object/domain.h"
#include "route/route.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define FLAG_FIXED 0x2ull
#define FLAG_INTERRUPTS 0x200ull
/* CF PF AF ZF SF TF DF OF NT RF AC ID: what user code can set itself, or a debugger for it. */
#define FLAGS_OF_USER 0x254dd5ull
#define DR7_ENABLES 0x3ull
#define DR7_MEANING 0xffff03ffull
#define DR7_IO 2u /* a breakpoint on ports */

static bool is_canonical(uint64_t address)
{
	uint64_t high = address >> 47;
	return high == 0 || high == 0x1ffff;
}

/* DR7 without breakpoints that would hit the kernel or ports. */
static uint64_t debug_control_checked(uint64_t control, const uint64_t address[4])
{
	control &= DR7_MEANING;
	for (unsigned i = 0; i < 4; i++)
		if (address[i] >= USER_LIMIT || (control >> (16 + 4 * i) & 3) == DR7_IO)
			control &= ~(DR7_ENABLES << (2 * i));
	return control & 0xff ? control : 0;
}

/* The general registers, which lie alike in a frame and a record: copied by assignment, without a call. */
struct general_registers {
	uint64_t words[15];
};
_Static_assert(sizeof(struct general_registers) == offsetof(struct guest_registers, orig_rax) &&
		       sizeof(struct general_registers) == offsetof(struct trap_frame, vector) &&
		       offsetof(struct guest_registers, rdi) == offsetof(struct trap_frame, rdi),
	       "the general registers lie alike in a frame and a record");

void native_start(struct thread *thread, uint64_t entry, uint64_t first, uint64_t second)
{
	thread->frame = (struct trap_frame){
		.rdi = first,
		.rsi = second,
		.vector = TRAP_SYSCALL,
		.rip = entry,
		.cs = USER_CS,
		.rflags = FLAG_FIXED | FLAG_INTERRUPTS,
		.rsp = thread->stack_top,
		.ss = USER_SS,
	};
}

/* What the record says besides the registers. */
void guest_publish(const struct thread *thread, enum guest_exit reason)
{
	struct guest_record *record = thread->record;
	record->exit_reason = reason;
	record->user_time_ns = thread->user_time_ns;
	record->total_time_ns = thread->total_time_ns;
	record->exit_time_ns = thread->charged_at_ns;
	record->switches[0] = thread->switches[0];
	record->switches[1] = thread->switches[1];
}

__attribute__((noinline)) void native_start_at_exit_entry(struct thread *thread, enum guest_exit reason)
{
	guest_publish(thread, reason);
	/* As if called: the return address that is not there keeps the stack aligned as the ABI wants. */
	native_start(thread, thread->exit_entry, thread->record_address.value, reason);
	thread->frame.rsp -= sizeof(uint64_t);
}

static __attribute__((noinline, cold)) void debug_registers_read(struct thread *thread, uint64_t control)
{
	memcpy(thread->dr, thread->record->dr, sizeof(thread->dr));
	thread->dr7 = debug_control_checked(control, thread->dr);
}

status_t guest_prepare(struct thread *thread)
{
	const volatile struct guest_record *record = thread->record;
	struct trap_frame *frame = &thread->frame;
	if (!record || !thread->guest_root || !thread->exit_entry)
		return STATUS_INVALID;
	uint64_t rip = record->regs.rip, fs = record->regs.fs_base, gs = record->regs.gs_base;
	if (rip >= USER_LIMIT || !is_canonical(fs) || !is_canonical(gs))
		return STATUS_INVALID;
	uint64_t control = record->dr7;
	if (control | thread->dr7)
		debug_registers_read(thread, control);
	thread->guest_fs = fs;
	thread->guest_gs = gs;
	frame->vector = TRAP_SYSCALL;
	frame->error_code = 0;
	frame->rip = rip;
	frame->cs = USER_CS;
	frame->rflags = (record->regs.rflags & FLAGS_OF_USER) | FLAG_FIXED | FLAG_INTERRUPTS;
	frame->rsp = record->regs.rsp;
	frame->ss = USER_SS;
	schedule_enter_guest(thread);
	event_put(&thread->cpu->events, EVENT_GUEST, (uint32_t)thread->object.id, thread->called,
		  thread->cause, record->regs.rax);
	return STATUS_OK;
}

void guest_load_registers(struct thread *thread)
{
	*(struct general_registers *)&thread->frame = *(const struct general_registers *)&thread->record
							       ->regs;
}

status_t guest_enter(struct thread *thread)
{
	if (thread->parked_in) {
		thread->record->inside = 0;
		route_leave(thread);
	}
	if (thread->kicked && thread->record && thread->guest_root && thread->exit_entry) {
		thread->kicked = 0;
		native_start_at_exit_entry(thread, EXIT_KICK);
		return STATUS_OK;
	}
	status_code_t status = guest_prepare(thread);
	if (!status)
		guest_load_registers(thread);
	return status;
}

/* What the record says of a guest that is not running. `call`: its number when it stopped in one, else GUEST_NO_CALL. */
static void registers_from_frame(struct guest_registers *regs, const struct trap_frame *frame, uint64_t call)
{
	*(struct general_registers *)regs = *(const struct general_registers *)frame;
	regs->orig_rax = call;
	regs->rip = frame->rip;
	regs->cs = GUEST_CS;
	regs->rflags = frame->rflags;
	regs->rsp = frame->rsp;
	regs->ss = GUEST_SS;
}

void guest_leave(struct thread *thread, enum guest_exit reason)
{
	struct guest_registers *regs = &thread->record->regs;
	const struct trap_frame *frame = &thread->frame;
	bool in_call = reason == EXIT_SYSCALL || reason == EXIT_INTERRUPTED;
	schedule_leave_guest(thread);
	thread->cause = thread->charged_at_ns;
	thread->called = in_call ? (uint32_t)frame->rax : UINT32_MAX;
	if (reason != EXIT_SYSCALL)
		event_record(EVENT_GUEST_EXIT, reason, frame->rip);
	registers_from_frame(regs, frame, in_call ? frame->rax : GUEST_NO_CALL);
	regs->fs_base = thread->guest_fs;
	regs->gs_base = thread->guest_gs;
}

void guest_exit(struct thread *thread, enum guest_exit reason)
{
	guest_leave(thread, reason);
	if (reason == EXIT_KICK || reason == EXIT_INTERRUPTED)
		thread->kicked = 0;
	if (reason == EXIT_INTERRUPTED) {
		thread->record->parked_deadline = thread->parked_deadline;
		guest_unpark(thread);
		route_leave(thread);
	}
	native_start_at_exit_entry(thread, reason);
}

void guest_park(struct thread *thread, const struct route *row, uint64_t deadline_ns)
{
	thread->parked = row;
	thread->parked_deadline = deadline_ns;
	registers_from_frame(&thread->record->regs, &thread->frame, thread->frame.rax);
	thread->record->parked = 1;
}

void guest_unpark(struct thread *thread)
{
	thread->parked = NULL;
	thread->record->parked = 0;
}

void guest_fault(struct thread *thread, uint64_t fault_address, uint32_t fault_reason)
{
	struct guest_record *record = thread->record;
	bool debug = thread->frame.vector == 1;
	record->vector = (uint32_t)thread->frame.vector;
	record->error_code = thread->frame.error_code;
	record->fault_address = fault_address;
	record->fault_reason = fault_reason;
	if (debug)
		record->dr6 = debug_status_take();
	guest_exit(thread, debug ? EXIT_DEBUG : EXIT_FAULT);
}

static void *image_of(const struct thread *thread, bool guest)
{
	return guest ? thread->guest_fpu : thread->native_fpu;
}

static void fpu_write_back(struct cpu *cpu)
{
	if (!cpu->fpu_owner)
		return;
	fpu_trap(false);
	fpu_save(image_of(cpu->fpu_owner, cpu->fpu_owner_guest));
}

static bool fpu_is_own(const struct thread *thread)
{
	const struct cpu *cpu = cpu_self();
	return cpu->fpu_owner == thread && cpu->fpu_owner_guest == (thread->mode == MODE_GUEST);
}

bool fpu_take(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	bool guest = thread->mode == MODE_GUEST;
	void *image = image_of(thread, guest);
	if (!image)
		return false;
	fpu_trap(false);
	if (fpu_is_own(thread))
		return true;
	fpu_write_back(cpu);
	fpu_restore(image);
	cpu->fpu_owner = thread;
	cpu->fpu_owner_guest = guest;
	return true;
}

void *fpu_guest_image(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (cpu->fpu_owner == thread && cpu->fpu_owner_guest)
		fpu_write_back(cpu);
	return thread->guest_fpu;
}

void fpu_forget_guest(struct thread *thread)
{
	if (cpu_self()->fpu_owner_guest)
		fpu_forget(thread);
}

void fpu_forget(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	if (cpu->fpu_owner == thread)
		cpu->fpu_owner = NULL;
}
