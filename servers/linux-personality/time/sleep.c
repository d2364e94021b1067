/* SPDX-License-Identifier: MIT */
/*
 * nanosleep(2), clock_nanosleep(2). Relative sleeps restart through restart_syscall with their absolute deadline; absolute ones
 * simply again. Sleeps on the wall clock follow it when it is set.
 */
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "process/restart.h"
#include "time/clocks.h"

static int sleep_until(struct thread *self, int32_t clock, int64_t value_ns)
{
	struct wait_node node = { 0 };
	int error = 0;
	wait_prepare(self, &node, &clock_set_queue);
	while (!error && clock_deadline(clock, value_ns) > clock_monotonic_ns())
		error = wait_sleep(self, clock_deadline(clock, value_ns), WAIT_SIGNALS);
	wait_finish(self, &node);
	return error == -ETIMEDOUT ? 0 : error;
}

/* CPU time advances at most as fast as all threads together: look again when it could be reached. */
static int sleep_cpu(struct thread *self, int32_t clock, int64_t target_ns)
{
	struct wait_node node = { 0 };
	int64_t now = 0;
	int error;
	wait_prepare(self, &node, &clock_set_queue);
	while (!(error = clock_read_ns(self, clock, &now)) && now < target_ns) {
		error = wait_sleep(self, clock_monotonic_ns() + (uint64_t)(target_ns - now) + 1,
				   WAIT_SIGNALS);
		if (error && error != -ETIMEDOUT)
			break;
	}
	wait_finish(self, &node);
	return error;
}

/* The rest of the time to the guest; restart_syscall goes on until the deadline. */
static int64_t restart_later(struct thread *self, uint64_t deadline, gaddr_t remaining)
{
	uint64_t now = clock_monotonic_ns();
	struct linux_timespec left = ns_to_timespec(deadline > now ? (int64_t)(deadline - now) : 0);
	if (remaining.value && guest_write(remaining, &left, sizeof(left)))
		return -EFAULT;
	self->restart = (struct restart_block){ .kind = RESTART_NANOSLEEP, .deadline_ns = deadline };
	self->restart.arguments[0] = remaining.value;
	return -ERESTART_RESTARTBLOCK;
}

static int64_t sleep_relative(struct thread *self, uint64_t deadline, gaddr_t remaining)
{
	int error = sleep_until(self, LINUX_CLOCK_MONOTONIC, (int64_t)deadline);
	return error == -ERESTARTSYS ? restart_later(self, deadline, remaining) : error;
}

int64_t restart_nanosleep(struct thread *self)
{
	return sleep_relative(self, self->restart.deadline_ns, (gaddr_t){ self->restart.arguments[0] });
}

static int64_t sleep_on_cpu_clock(struct thread *self, int32_t clock, bool absolute, int64_t ns)
{
	int64_t now;
	int error = clock_read_ns(self, clock, &now);
	if (error)
		return error;
	if (clock == LINUX_CLOCK_THREAD_CPUTIME)
		return -EINVAL;
	error = sleep_cpu(self, clock, absolute ? ns : now + ns);
	return error == -ERESTARTSYS ? -ERESTARTNOHAND : error;
}

static uint64_t after(int64_t ns)
{
	uint64_t now = clock_monotonic_ns();
	return (uint64_t)ns > (uint64_t)INT64_MAX - now ? INT64_MAX : now + (uint64_t)ns;
}

static int clock_can_sleep(int32_t clock)
{
	switch (clock) {
	case LINUX_CLOCK_MONOTONIC_RAW:
	case LINUX_CLOCK_REALTIME_COARSE:
	case LINUX_CLOCK_MONOTONIC_COARSE: return -EOPNOTSUPP;
	default: return 0;
	}
}

int64_t sys_clock_nanosleep(struct thread *self, int32_t clock, int32_t flags, gaddr_t request,
			    gaddr_t remaining)
{
	bool absolute = flags & LINUX_TIMER_ABSTIME;
	struct linux_timespec time;
	int64_t ns, now;
	int error = clock_read_ns(self, clock, &now);
	if (!error)
		error = clock_can_sleep(clock);
	if (error)
		return error;
	if (guest_read(&time, request, sizeof(time)))
		return -EFAULT;
	if (timespec_to_ns(&time, &ns))
		return -EINVAL;
	if (clock_is_cpu(clock))
		return sleep_on_cpu_clock(self, clock, absolute, ns);
	if (!absolute)
		return sleep_relative(self, after(ns), remaining);
	error = sleep_until(self, clock, ns);
	return error == -ERESTARTSYS ? -ERESTARTNOHAND : error;
}

int64_t sleep_interrupted(struct thread *self)
{
	const struct guest_registers *regs = &self->guest.regs;
	uint64_t deadline = self->guest.parked_deadline;
	if (regs->orig_rax == CALL_NUMBER_nanosleep)
		return restart_later(self, deadline, (gaddr_t){ regs->rsi });
	if (regs->rsi & LINUX_TIMER_ABSTIME)
		return -ERESTARTNOHAND;
	return restart_later(self, deadline, (gaddr_t){ regs->r10 });
}

int64_t sys_nanosleep(struct thread *self, gaddr_t request, gaddr_t remaining)
{
	return sys_clock_nanosleep(self, LINUX_CLOCK_MONOTONIC, 0, request, remaining);
}
