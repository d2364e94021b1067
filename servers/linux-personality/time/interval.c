/* SPDX-License-Identifier: MIT */
/*
 * Interval timers: setitimer(2), getitimer(2), alarm(2), and their ends with the process.
 */
#include "abi/types.h"
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "linux_abi/signal.h"
#include "process/usage.h"
#include "time/posix_timers.h"

#define MICROSECONDS 1000000
#define NS_PER_MICROSECOND 1000

struct posix_timers *posix_timers_of(struct process *process)
{
	struct posix_timers *timers = __atomic_load_n(&process->timers, __ATOMIC_ACQUIRE), *expected = NULL;
	if (timers)
		return timers;
	timers = slab_allocate(sizeof(*timers));
	if (!timers)
		return NULL;
	lock_init(&timers->lock, RANK_FILE);
	for (uint32_t which = 0; which < INTERVAL_TIMERS; which++) {
		struct interval_timer *timer = &timers->intervals[which];
		*timer = (struct interval_timer){ .process = process, .which = which };
		timer->node.callback = TIMER_CALLBACK_INTERVAL;
		timer->node.argument = timer;
	}
	if (__atomic_compare_exchange_n(&process->timers, &expected, timers, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return timers;
	slab_free(timers, sizeof(*timers));
	return expected;
}

/* What each timer counts. */
static uint64_t interval_clock(struct process *process, uint32_t which)
{
	struct process_times times;
	if (which == LINUX_ITIMER_REAL)
		return clock_monotonic_ns();
	times = process_times_of(process);
	return which == LINUX_ITIMER_VIRTUAL ? times.user_ns : times.user_ns + times.system_ns;
}

static void interval_look(struct interval_timer *timer, uint64_t now_on_clock)
{
	uint64_t left = timer->value_ns > now_on_clock ? timer->value_ns - now_on_clock : 0;
	timer_arm(&timer->node,
		  timer->which == LINUX_ITIMER_REAL ? timer->value_ns : clock_monotonic_ns() + left);
}

void interval_expired(void *argument)
{
	static const uint8_t signals[INTERVAL_TIMERS] = { LINUX_SIGALRM, LINUX_SIGVTALRM, LINUX_SIGPROF };
	struct interval_timer *timer = argument;
	struct posix_timers *timers = timer->process->timers;
	uint64_t now = interval_clock(timer->process, timer->which);
	bool due, again;
	lock_acquire(&timers->lock);
	due = timer->value_ns && timer->value_ns <= now;
	if (due)
		timer->value_ns = timer->interval_ns
					  ? timer->value_ns +
						    timer->interval_ns *
							    ((now - timer->value_ns) / timer->interval_ns + 1)
					  : 0;
	again = timer->value_ns;
	lock_release(&timers->lock);
	if (due)
		(void)!signal_send_process(timer->process, signals[timer->which], NULL);
	if (again)
		interval_look(timer, now);
}

struct interval_setting {
	uint64_t value_ns, interval_ns; /* relative */
};

static struct interval_setting interval_get(struct interval_timer *timer, uint64_t now)
{
	struct interval_setting setting = { 0, timer->interval_ns };
	if (timer->value_ns)
		setting.value_ns = timer->value_ns > now ? timer->value_ns - now : NS_PER_MICROSECOND;
	return setting;
}

static struct interval_setting interval_set(struct posix_timers *timers, struct interval_timer *timer,
					    struct interval_setting new)
{
	struct interval_setting old;
	uint64_t now;
	mutex_acquire(&timers->mutex);
	timer_cancel(&timer->node);
	now = interval_clock(timer->process, timer->which);
	lock_acquire(&timers->lock);
	old = interval_get(timer, now);
	timer->interval_ns = new.interval_ns;
	timer->value_ns = new.value_ns ? now + new.value_ns : 0;
	lock_release(&timers->lock);
	if (new.value_ns)
		interval_look(timer, now);
	mutex_release(&timers->mutex);
	return old;
}

static struct linux_timeval timeval_of(uint64_t ns)
{
	return (struct linux_timeval){ (int64_t)(ns / NS_PER_SECOND),
				       (int64_t)(ns % NS_PER_SECOND / NS_PER_MICROSECOND) };
}

static struct linux_itimerval setting_show(struct interval_setting setting)
{
	return (struct linux_itimerval){ timeval_of(setting.interval_ns), timeval_of(setting.value_ns) };
}

static int timeval_to_ns(const struct linux_timeval *time, uint64_t *ns)
{
	if (time->seconds < 0 || time->microseconds < 0 || time->microseconds >= MICROSECONDS)
		return -EINVAL;
	*ns = (uint64_t)time->seconds > INT64_MAX / NS_PER_SECOND / 2
		      ? (uint64_t)INT64_MAX / 2
		      : (uint64_t)time->seconds * NS_PER_SECOND +
				(uint64_t)time->microseconds * NS_PER_MICROSECOND;
	return 0;
}

int64_t sys_setitimer(struct thread *self, int32_t which, gaddr_t in, gaddr_t out)
{
	struct linux_itimerval value = { { 0, 0 }, { 0, 0 } };
	struct interval_setting new, old;
	struct posix_timers *timers;
	if (in.value && guest_read(&value, in, sizeof(value)))
		return -EFAULT;
	if (which < 0 || which >= INTERVAL_TIMERS || timeval_to_ns(&value.value, &new.value_ns) ||
	    timeval_to_ns(&value.interval, &new.interval_ns))
		return -EINVAL;
	timers = posix_timers_of(self->process);
	if (!timers)
		return -ENOMEM;
	old = interval_set(timers, &timers->intervals[which], new);
	value = setting_show(old);
	return out.value ? guest_write(out, &value, sizeof(value)) : 0;
}

int64_t sys_getitimer(struct thread *self, int32_t which, gaddr_t out)
{
	struct posix_timers *timers = posix_timers_of(self->process);
	struct linux_itimerval value;
	struct interval_timer *timer;
	if (which < 0 || which >= INTERVAL_TIMERS)
		return -EINVAL;
	if (!timers)
		return -ENOMEM;
	timer = &timers->intervals[which];
	value = setting_show(interval_get(timer, interval_clock(self->process, (uint32_t)which)));
	return guest_write(out, &value, sizeof(value));
}

int64_t sys_alarm(struct thread *self, uint32_t seconds)
{
	struct posix_timers *timers = posix_timers_of(self->process);
	struct interval_setting old, new = { (uint64_t)seconds * NS_PER_SECOND, 0 };
	int64_t left;
	if (!timers)
		return 0;
	old = interval_set(timers, &timers->intervals[LINUX_ITIMER_REAL], new);
	left = (int64_t)((old.value_ns + NS_PER_SECOND / 2) / NS_PER_SECOND);
	return old.value_ns && !left ? 1 : left;
}
