/* SPDX-License-Identifier: MIT */
/*
 * The frame of a handler on the guest's stack, exactly as Linux lays it out, and the way back from it.
 *
 * Downwards from the interrupted stack pointer (less the 128 bytes that the ABI leaves to the function) or the top of
 * the alternate stack: FPU image, 64-byte aligned; frame, so that rsp + 8 is a multiple of 16 at the handler's entry.
 * rt_sigreturn restores from the frame alone; nothing about a nesting is kept here.
 */
#include <string.h>
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "runtime/kernel.h"
#include "signal/altstack.h"
#include "signal/fpu_image.h"
#include "signal/state.h"

#define RED_ZONE_BYTES 128u
#define FLAG_DIRECTION 0x400ull
#define FLAG_TRAP 0x100ull
#define FLAG_RESUME 0x10000ull
/* AC OF DF TF SF ZF AF PF CF RF: what rt_sigreturn restores. */
#define FLAGS_RESTORED 0x50dd5ull

struct signal_frame {
	uint64_t return_address;
	struct linux_ucontext context;
	struct linux_siginfo info;
};
_Static_assert(sizeof(struct signal_frame) == 440, "as on Linux");

static void save_registers(struct linux_sigcontext *context, const struct thread *self)
{
	const struct guest_registers *regs = &self->guest.regs;
	*context = (struct linux_sigcontext){
		.r8 = regs->r8,
		.r9 = regs->r9,
		.r10 = regs->r10,
		.r11 = regs->r11,
		.r12 = regs->r12,
		.r13 = regs->r13,
		.r14 = regs->r14,
		.r15 = regs->r15,
		.rdi = regs->rdi,
		.rsi = regs->rsi,
		.rbp = regs->rbp,
		.rbx = regs->rbx,
		.rdx = regs->rdx,
		.rax = regs->rax,
		.rcx = regs->rcx,
		.rsp = regs->rsp,
		.rip = regs->rip,
		.rflags = regs->rflags,
		.cs = GUEST_CS,
		.ss = GUEST_SS,
		.error = self->guest.error_code,
		.trap = self->guest.vector,
		.old_mask = self->restore_mask ? self->saved_mask : self->guest.signal_mask,
		.cr2 = self->guest.fault_address,
	};
}

static void restore_registers(struct guest_registers *regs, const struct linux_sigcontext *context)
{
	regs->r8 = context->r8;
	regs->r9 = context->r9;
	regs->r10 = context->r10;
	regs->r11 = context->r11;
	regs->r12 = context->r12;
	regs->r13 = context->r13;
	regs->r14 = context->r14;
	regs->r15 = context->r15;
	regs->rdi = context->rdi;
	regs->rsi = context->rsi;
	regs->rbp = context->rbp;
	regs->rbx = context->rbx;
	regs->rdx = context->rdx;
	regs->rax = context->rax;
	regs->rcx = context->rcx;
	regs->rsp = context->rsp;
	regs->rip = context->rip;
	regs->rflags = (regs->rflags & ~FLAGS_RESTORED) | (context->rflags & FLAGS_RESTORED);
	regs->cs = GUEST_CS;
	regs->ss = GUEST_SS;
	regs->orig_rax = GUEST_NO_CALL;
}

static void fill_frame(struct signal_frame *frame, struct thread *self, const struct delivery *delivery)
{
	memset(frame, 0, sizeof(*frame));
	frame->return_address = delivery->action.restorer;
	frame->context.flags = LINUX_UC_SIGCONTEXT_SS | LINUX_UC_STRICT_RESTORE_SS;
	if (fpu_image_has_header())
		frame->context.flags |= LINUX_UC_FP_XSTATE;
	frame->context.stack = altstack_describe(self);
	save_registers(&frame->context.context, self);
	frame->context.mask = self->restore_mask ? self->saved_mask : self->guest.signal_mask;
	frame->info = delivery->info;
}

/* Where the frame's FPU image goes; -EFAULT when an alternate stack is too small. */
static int place_frame(struct thread *self, const struct delivery *delivery, uint64_t *fpu, uint64_t *frame)
{
	uint64_t rsp = self->guest.regs.rsp - RED_ZONE_BYTES;
	bool on_altstack = altstack_contains(&self->altstack, self->guest.regs.rsp);
	if ((delivery->action.flags & LINUX_SA_ONSTACK) &&
	    !altstack_flags(&self->altstack, self->guest.regs.rsp)) {
		rsp = self->altstack.base.value + self->altstack.size;
		on_altstack = true;
	}
	*fpu = (rsp - fpu_image_frame_bytes()) & ~63ull;
	*frame = ((*fpu - sizeof(struct signal_frame)) & ~15ull) - 8;
	if (on_altstack && !altstack_covers(&self->altstack, *frame))
		return -EFAULT;
	return 0;
}

int signal_push_frame(struct thread *self, const struct delivery *delivery)
{
	struct guest_registers *regs = &self->guest.regs;
	struct signal_frame frame;
	uint64_t fpu, address;
	if (!(delivery->action.flags & LINUX_SA_RESTORER) || place_frame(self, delivery, &fpu, &address))
		return -EFAULT;
	fill_frame(&frame, self, delivery);
	frame.context.context.fpstate = fpu;
	if (fpu_image_save((gaddr_t){ fpu }) || guest_write((gaddr_t){ address }, &frame, sizeof(frame)))
		return -EFAULT;
	altstack_disarm(self);
	self->handler = (struct handler_run){
		.handler = delivery->action.handler,
		.frame = address,
		.time_ns = clock_monotonic_ns(),
		.image = delivery->image,
		.number = delivery->number,
		.running = true,
	};
	(void)k_guest_fpu_reset(HANDLE_NONE);
	regs->rdi = (uint64_t)delivery->number;
	regs->rsi = address + offsetof(struct signal_frame, info);
	regs->rdx = address + offsetof(struct signal_frame, context);
	regs->rax = 0;
	regs->rsp = address;
	regs->rip = delivery->action.handler;
	regs->rflags &= ~(FLAG_DIRECTION | FLAG_RESUME | FLAG_TRAP);
	(void)k_event_note(EVENT_SIGNAL_BUILT, (uint64_t)delivery->number, regs->rip);
	return 0;
}

static int pop_frame(struct thread *self)
{
	struct linux_ucontext context;
	uint64_t address = self->guest.regs.rsp - 8;
	int error = guest_read(&context, (gaddr_t){ address + offsetof(struct signal_frame, context) },
			       sizeof(context));
	if (error)
		return error;
	if (context.context.cs != GUEST_CS || context.context.ss != GUEST_SS)
		return -EFAULT;
	error = fpu_image_restore((gaddr_t){ context.context.fpstate });
	if (error)
		return error;
	signal_set_blocked(self, context.mask);
	restore_registers(&self->guest.regs, &context.context);
	self->restart.kind = RESTART_NONE;
	if (self->handler.frame == address)
		self->handler.running = false;
	(void)altstack_set(self, &context.stack, self->guest.regs.rsp);
	return 0;
}

int64_t sys_rt_sigreturn(struct thread *self)
{
	struct linux_siginfo info = { .number = LINUX_SIGSEGV, .code = LINUX_SI_KERNEL };
	if (pop_frame(self)) {
		self->guest.regs.orig_rax = GUEST_NO_CALL;
		signal_force(self, LINUX_SIGSEGV, &info);
		return 0;
	}
	(void)k_event_note(EVENT_SIGNAL_RETURNED, self->guest.regs.rip, self->guest.signal_mask);
	return (int64_t)self->guest.regs.rax;
}
