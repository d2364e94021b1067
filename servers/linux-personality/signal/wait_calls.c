/* SPDX-License-Identifier: MIT */
/*
 * Calls that wait for a signal: pause, rt_sigsuspend, rt_sigtimedwait; and restart_syscall, which goes on with a call
 * that a stop interrupted.
 */
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "process/restart.h"
#include "signal/state.h"

/* Until a signal is to be handled. */
static int64_t wait_for_signal(struct thread *self)
{
	self->wake_seen = __atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE);
	while (!wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS))
		;
	return -ERESTARTNOHAND;
}

int64_t sys_pause(struct thread *self)
{
	return wait_for_signal(self);
}

int64_t sys_rt_sigsuspend(struct thread *self, gaddr_t set, uint64_t set_bytes)
{
	sigset_bits mask;
	if (set_bytes != sizeof(mask))
		return -EINVAL;
	if (guest_read(&mask, set, sizeof(mask)))
		return -EFAULT;
	signal_swap_mask(self, mask);
	return wait_for_signal(self);
}

static int take_one(struct thread *self, sigset_bits wanted, struct linux_siginfo *info)
{
	lock_acquire(&self->process->lock);
	int number = signal_dequeue(self, ~wanted, info);
	lock_release(&self->process->lock);
	return number;
}

static void wait_for_set(struct thread *self, sigset_bits set)
{
	lock_acquire(&self->process->lock);
	self->waiting_for = set;
	lock_release(&self->process->lock);
}

static int64_t timed_wait(struct thread *self, sigset_bits wanted, uint64_t deadline_ns,
			  struct linux_siginfo *info)
{
	int number, error = 0;
	self->wake_seen = __atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE);
	wait_for_set(self, wanted);
	while (!(number = take_one(self, wanted, info)) && !error)
		error = wait_sleep(self, deadline_ns, WAIT_SIGNALS);
	wait_for_set(self, 0);
	if (number)
		return number;
	return error == -ETIMEDOUT ? -EAGAIN : -EINTR;
}

int64_t sys_rt_sigtimedwait(struct thread *self, gaddr_t set, gaddr_t info, gaddr_t timeout,
			    uint64_t set_bytes)
{
	struct linux_timespec time;
	struct linux_siginfo taken;
	sigset_bits wanted;
	uint64_t deadline_ns = DEADLINE_NEVER;
	if (set_bytes != sizeof(wanted))
		return -EINVAL;
	if (guest_read(&wanted, set, sizeof(wanted)))
		return -EFAULT;
	if (timeout.value) {
		if (guest_read(&time, timeout, sizeof(time)))
			return -EFAULT;
		if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= NS_PER_SECOND)
			return -EINVAL;
		deadline_ns = deadline_after(time.seconds, time.nanoseconds);
	}
	wanted &= ~SIGNALS_UNBLOCKABLE;
	int64_t number = timed_wait(self, wanted, deadline_ns, &taken);
	if (number > 0 && info.value && guest_write(info, &taken, sizeof(taken)))
		return -EFAULT;
	return number;
}

int64_t sys_restart_syscall(struct thread *self)
{
	uint32_t kind = self->restart.kind;
	if (kind == RESTART_NONE || kind >= RESTART_KIND_COUNT || !restart_functions[kind])
		return -EINTR;
	self->restart.kind = RESTART_NONE;
	return restart_functions[kind](self);
}
