/* SPDX-License-Identifier: MIT */
/*
 * Delivery: the last thing that happens before a thread goes back to its guest.
 *
 * Signals are taken one at a time. One with a handler gets a frame on the guest's stack, so several nest; what the
 * interrupted call answers was settled before the first frame. Without a handler the default action happens here: nothing,
 * a stop, or the end.
 */
#include "calls/strace.h"
#include "core/errno.h"
#include "linux_abi/process.h"
#include "process/exit.h"
#include "process/rseq.h"
#include "process/tree.h"
#include "report/death.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "signal/state.h"

/* A terminal stop signal does nothing in an orphaned process group. P held on entry and exit; false: P was lost and
   SIGCONT or the end came in between, look again. */
static bool may_stop(struct thread *self, int number, bool *orphaned)
{
	struct process *process = self->process;
	*orphaned = false;
	if (number == LINUX_SIGSTOP)
		return true;
	lock_release(&process->lock);
	lock_acquire(&process_tree_lock);
	*orphaned = process_group_is_orphaned(process->group, NULL);
	lock_release(&process_tree_lock);
	lock_acquire(&process->lock);
	return !process->group_exiting &&
	       !((process->pending.set | self->pending.set) & SIGNAL_BIT(LINUX_SIGCONT));
}

/* P held on entry, released on return. */
static void default_action(struct thread *self, int number, const struct linux_siginfo *info)
{
	struct process *process = self->process;
	sigset_bits bit = SIGNAL_BIT(number);
	bool orphaned;
	if ((bit & SIGNALS_DEFAULT_IGNORED) || process->unkillable) {
		lock_release(&process->lock);
	} else if (bit & SIGNALS_STOP) {
		if (may_stop(self, number, &orphaned) && !orphaned) {
			if (self->guest.route_gate & GATE_STRACE)
				strace_stopped(self, number);
			signal_begin_stop(self, number);
		} else {
			lock_release(&process->lock);
		}
	} else {
		lock_release(&process->lock);
		uint32_t status = (uint32_t)number;
		if ((bit & SIGNALS_CORE) && report_death(self, info))
			status |= LINUX_WAIT_CORE;
		process_exit_group(self, status);
	}
}

/* The disposition for a signal just taken; a one-shot handler goes back to the default. */
static struct disposition take_action(struct sighand *sighand, int number, uint64_t *image)
{
	struct disposition *action = &sighand->actions[number - 1];
	lock_acquire(&sighand->lock);
	struct disposition taken = *action;
	*image = sighand->installers[number - 1].image;
	if (taken.handler > LINUX_SIG_IGN && (taken.flags & LINUX_SA_RESETHAND))
		action->handler = LINUX_SIG_DFL;
	lock_release(&sighand->lock);
	return taken;
}

static void end_if_fatal(struct thread *self)
{
	struct process *process = self->process;
	if (!signal_fatal_pending(self))
		return;
	if (__atomic_load_n(&process->group_exiting, __ATOMIC_ACQUIRE))
		process_exit_group(self, process->group_exit_status);
	thread_exit_call(self, 0);
}

bool signal_next_delivery(struct thread *self, struct delivery *delivery)
{
	struct process *process = self->process;
	for (;;) {
		end_if_fatal(self);
		if (self->signal_work & WORK_NOTIFY)
			signal_report_to_parent(self);
		lock_acquire(&process->lock);
		if (self->signal_work & WORK_STOP) {
			signal_join_stop(self);
			continue;
		}
		delivery->number = signal_dequeue(self, self->guest.signal_mask, &delivery->info);
		if (!delivery->number) {
			bool again = self->signal_work;
			lock_release(&process->lock);
			if (again)
				continue;
			return false;
		}
		if (self->guest.route_gate & GATE_STRACE)
			strace_signal(self, &delivery->info);
		delivery->action = take_action(self->sighand, delivery->number, &delivery->image);
		if (delivery->action.handler == LINUX_SIG_DFL) {
			default_action(self, delivery->number, &delivery->info);
			continue;
		}
		lock_release(&process->lock);
		if (delivery->action.handler != LINUX_SIG_IGN)
			return true;
	}
}

static void settle_call(struct thread *self, const struct delivery *delivery)
{
	struct guest_registers *regs = &self->guest.regs;
	if (regs->orig_rax == GUEST_NO_CALL)
		return;
	uint64_t flags = delivery ? delivery->action.flags : 0;
	restart_apply(self, restart_decide((int64_t)regs->rax, delivery, flags));
}

static void run_handler(struct thread *self, const struct delivery *delivery)
{
	sigset_bits mask = self->guest.signal_mask | delivery->action.mask;
	int error;
	settle_call(self, delivery);
	self->guest.regs.orig_rax = GUEST_NO_CALL;
	rseq_before_signal(self);
	error = signal_push_frame(self, delivery);
	self->restore_mask = false;
	if (error) {
		struct linux_siginfo info = { .number = LINUX_SIGSEGV, .code = LINUX_SI_KERNEL };
		if (delivery->number == LINUX_SIGSEGV)
			self->sighand->actions[LINUX_SIGSEGV - 1].handler = LINUX_SIG_DFL;
		signal_force(self, LINUX_SIGSEGV, &info);
		return;
	}
	if (!(delivery->action.flags & LINUX_SA_NODEFER))
		mask |= SIGNAL_BIT(delivery->number);
	signal_set_blocked(self, mask);
}

static __attribute__((noinline)) void handle_work(struct thread *self)
{
	struct delivery delivery;
	while (self->signal_work && signal_next_delivery(self, &delivery))
		run_handler(self, &delivery);
	settle_call(self, NULL);
	signal_restore_mask(self);
}

_Noreturn void thread_return_to_guest(struct thread *self)
{
	for (;;) {
		int64_t result = (int64_t)self->guest.regs.rax;
		if (self->signal_work || self->restore_mask ||
		    (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK))
			handle_work(self);
		if (self->signal_work)
			continue;
		struct call_result refused = k_guest_enter();
		struct linux_siginfo info = { .number = LINUX_SIGSEGV, .code = LINUX_SI_KERNEL };
		log_warning("%s[%d]: registers refused (%s): rip 0x%lx rsp 0x%lx", self->name, self->tid,
			    status_name((int)refused.status), self->guest.regs.rip, self->guest.regs.rsp);
		signal_force(self, LINUX_SIGSEGV, &info);
	}
}
