/* SPDX-License-Identifier: MIT */
/*
 * Calls that set and read dispositions, masks and pending sets.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "signal/state.h"

static bool becomes_ignored(int number, uint64_t handler)
{
	if (handler == LINUX_SIG_IGN)
		return true;
	return handler == LINUX_SIG_DFL && (SIGNAL_BIT(number) & SIGNALS_DEFAULT_IGNORED);
}

static void set_action(struct thread *self, int number, const struct linux_sigaction *action)
{
	struct sighand *sighand = self->sighand;
	struct process *process = self->process;
	lock_acquire(&process->lock);
	lock_acquire(&sighand->lock);
	sighand->actions[number - 1] = (struct disposition){
		.handler = action->handler,
		.flags = action->flags & LINUX_SA_KNOWN,
		.restorer = action->restorer,
		.mask = action->mask & ~SIGNALS_UNBLOCKABLE,
	};
	sighand->installers[number - 1] = (struct route_installer){
		.image = self->guest.image,
		.time_ns = self->guest.exit_time_ns,
		.process = (uint32_t)process->pid,
		.thread = (uint32_t)self->tid,
	};
	lock_release(&sighand->lock);
	if (becomes_ignored(number, action->handler)) {
		signal_flush_process(process, SIGNAL_BIT(number));
		signal_update_work(self);
	}
	lock_release(&process->lock);
}

int64_t sys_rt_sigaction(struct thread *self, int32_t number, gaddr_t action, gaddr_t old, uint64_t set_bytes)
{
	struct linux_sigaction fresh;
	if (set_bytes != sizeof(sigset_bits))
		return -EINVAL;
	if (action.value && guest_read(&fresh, action, sizeof(fresh)))
		return -EFAULT;
	if (!signal_valid(number) || (action.value && (SIGNAL_BIT(number) & SIGNALS_UNBLOCKABLE)))
		return -EINVAL;
	struct disposition before = sighand_action(self->sighand, number);
	if (action.value)
		set_action(self, number, &fresh);
	if (old.value) {
		struct linux_sigaction out = { before.handler, before.flags, before.restorer, before.mask };
		if (guest_write(old, &out, sizeof(out)))
			return -EFAULT;
	}
	return 0;
}

int64_t sys_rt_sigprocmask(struct thread *self, int32_t how, gaddr_t set, gaddr_t old, uint64_t set_bytes)
{
	sigset_bits before = self->guest.signal_mask, given, mask;
	if (set_bytes != sizeof(sigset_bits))
		return -EINVAL;
	if (set.value) {
		if (guest_read(&given, set, sizeof(given)))
			return -EFAULT;
		switch (how) {
		case LINUX_SIG_BLOCK: mask = before | given; break;
		case LINUX_SIG_UNBLOCK: mask = before & ~given; break;
		case LINUX_SIG_SETMASK: mask = given; break;
		default: return -EINVAL;
		}
		signal_set_blocked(self, mask);
	}
	if (old.value && guest_write(old, &before, sizeof(before)))
		return -EFAULT;
	return 0;
}

int64_t sys_rt_sigpending(struct thread *self, gaddr_t set, uint64_t set_bytes)
{
	if (set_bytes > sizeof(sigset_bits))
		return -EINVAL;
	lock_acquire(&self->process->lock);
	sigset_bits pending = (self->pending.set | self->process->pending.set) & self->guest.signal_mask;
	lock_release(&self->process->lock);
	return guest_write(set, &pending, set_bytes);
}
