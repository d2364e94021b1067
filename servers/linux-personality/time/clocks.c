/* SPDX-License-Identifier: MIT */
/*
 * Reading and setting clocks: clock_gettime(2), clock_getres(2), clock_settime(2), gettimeofday(2), settimeofday(2), time(2).
 */
#include "time/clocks.h"

#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/survive.h"
#include "process/credentials.h"
#include "process/restart.h"
#include "process/usage.h"
#include "runtime/kernel.h"

/* CPU clocks of others: ~pid << 3, bit 2 for a thread, low bits 2 for the scheduler's time. */
#define CPU_CLOCK_THREAD 4
#define CPU_CLOCK_KIND 3
#define COARSE_RESOLUTION_NS 4000000

SURVIVES struct wait_queue clock_set_queue;
SURVIVES uint32_t clock_set_count;
static handle_t system_handle;

void clocks_init(handle_t system)
{
	system_handle = system;
	wait_queue_init(&clock_set_queue);
}

bool clock_is_wall(int32_t clock)
{
	return clock == LINUX_CLOCK_REALTIME || clock == LINUX_CLOCK_REALTIME_COARSE ||
	       clock == LINUX_CLOCK_REALTIME_ALARM || clock == LINUX_CLOCK_TAI;
}

bool clock_is_cpu(int32_t clock)
{
	return clock < 0 || clock == LINUX_CLOCK_PROCESS_CPUTIME || clock == LINUX_CLOCK_THREAD_CPUTIME;
}

static int64_t times_total(const struct process_times *times)
{
	return (int64_t)(times->user_ns + times->system_ns);
}

static int64_t process_cpu_ns(struct process *process)
{
	struct process_times times = process_times_of(process);
	return times_total(&times);
}

static int64_t thread_cpu_ns(const struct thread *thread)
{
	struct process_times times = thread_times_of(thread);
	return times_total(&times);
}

static int cpu_clock_read(struct thread *self, int32_t clock, int64_t *ns)
{
	int32_t id = ~(clock >> 3), error = -EINVAL;
	if ((clock & CPU_CLOCK_KIND) == CPU_CLOCK_KIND)
		return -EINVAL;
	if (clock & CPU_CLOCK_THREAD) {
		struct thread *thread;
		lock_acquire(&process_tree_lock);
		thread = id ? thread_find(id) : self;
		if (thread && thread->process == self->process) {
			*ns = thread_cpu_ns(thread);
			error = 0;
		}
		lock_release(&process_tree_lock);
		return error;
	}
	lock_acquire(&process_tree_lock);
	struct process *process = id ? process_find(id) : self->process;
	if (process) {
		*ns = process_cpu_ns(process);
		error = 0;
	}
	lock_release(&process_tree_lock);
	return error;
}

int clock_read_ns(struct thread *self, int32_t clock, int64_t *ns)
{
	if (clock < 0)
		return cpu_clock_read(self, clock, ns);
	if (clock_is_wall(clock)) {
		*ns = clock_realtime_ns();
		return 0;
	}
	switch (clock) {
	case LINUX_CLOCK_MONOTONIC:
	case LINUX_CLOCK_MONOTONIC_RAW:
	case LINUX_CLOCK_MONOTONIC_COARSE:
	case LINUX_CLOCK_BOOTTIME:
	case LINUX_CLOCK_BOOTTIME_ALARM: *ns = (int64_t)clock_monotonic_ns(); return 0;
	case LINUX_CLOCK_PROCESS_CPUTIME: *ns = process_cpu_ns(self->process); return 0;
	case LINUX_CLOCK_THREAD_CPUTIME: *ns = thread_cpu_ns(self); return 0;
	default: return -EINVAL;
	}
}

uint64_t clock_deadline(int32_t clock, int64_t value_ns)
{
	int64_t monotonic = value_ns;
	if (clock_is_wall(clock))
		monotonic = value_ns - (clock_realtime_ns() - (int64_t)clock_monotonic_ns());
	return monotonic < 0 ? 0 : (uint64_t)monotonic;
}

uint64_t deadline_absolute(bool realtime, int64_t seconds, int64_t nanoseconds)
{
	struct linux_timespec time = { seconds, nanoseconds };
	int64_t ns = 0;
	if (timespec_to_ns(&time, &ns))
		return 0;
	return clock_deadline(realtime ? LINUX_CLOCK_REALTIME : LINUX_CLOCK_MONOTONIC, ns);
}

int timespec_to_ns(const struct linux_timespec *time, int64_t *ns)
{
	if (time->seconds < 0 || time->nanoseconds < 0 || time->nanoseconds >= NS_PER_SECOND)
		return -EINVAL;
	if (time->seconds >= INT64_MAX / NS_PER_SECOND)
		*ns = INT64_MAX - 1;
	else
		*ns = time->seconds * NS_PER_SECOND + time->nanoseconds;
	return 0;
}

struct linux_timespec ns_to_timespec(int64_t ns)
{
	return (struct linux_timespec){ ns / NS_PER_SECOND, ns % NS_PER_SECOND };
}

int64_t sys_clock_gettime(struct thread *self, int32_t clock, gaddr_t out)
{
	struct linux_timespec time;
	int64_t ns;
	int error = clock_read_ns(self, clock, &ns);
	if (error)
		return error;
	time = ns_to_timespec(ns);
	return guest_write(out, &time, sizeof(time));
}

int64_t sys_clock_getres(struct thread *self, int32_t clock, gaddr_t out)
{
	bool coarse = clock == LINUX_CLOCK_REALTIME_COARSE || clock == LINUX_CLOCK_MONOTONIC_COARSE;
	struct linux_timespec resolution = { 0, coarse ? COARSE_RESOLUTION_NS : 1 };
	int64_t ns;
	int error = clock_read_ns(self, clock, &ns);
	if (error || !out.value)
		return error;
	return guest_write(out, &resolution, sizeof(resolution));
}

static int64_t clock_set_wall(struct thread *self, int64_t ns)
{
	int64_t offset = ns - (int64_t)clock_monotonic_ns();
	if (!thread_capable(self, LINUX_CAP_SYS_TIME))
		return -EPERM;
	if (ns < (int64_t)clock_monotonic_ns())
		return -EINVAL;
	if (k_clock_set_realtime(system_handle, offset).status < 0)
		return -EPERM;
	__atomic_add_fetch(&clock_set_count, 1, __ATOMIC_ACQ_REL);
	wait_wake_all(&clock_set_queue, 0);
	timerfd_clock_set();
	return 0;
}

int64_t sys_clock_settime(struct thread *self, int32_t clock, gaddr_t in)
{
	struct linux_timespec time;
	int64_t ns;
	if (clock != LINUX_CLOCK_REALTIME)
		return -EINVAL;
	if (guest_read(&time, in, sizeof(time)))
		return -EFAULT;
	return timespec_to_ns(&time, &ns) ? -EINVAL : clock_set_wall(self, ns);
}

int64_t sys_gettimeofday(struct thread *self, gaddr_t out, gaddr_t zone)
{
	int64_t ns = clock_realtime_ns();
	struct linux_timeval time = { ns / NS_PER_SECOND, ns % NS_PER_SECOND / 1000 };
	int32_t no_zone[2] = { 0, 0 };
	(void)self;
	if (out.value && guest_write(out, &time, sizeof(time)))
		return -EFAULT;
	return zone.value ? guest_write(zone, no_zone, sizeof(no_zone)) : 0;
}

int64_t sys_settimeofday(struct thread *self, gaddr_t in, gaddr_t zone)
{
	struct linux_timeval time;
	int32_t minutes[2];
	if (zone.value && guest_read(minutes, zone, sizeof(minutes)))
		return -EFAULT;
	if (!thread_capable(self, LINUX_CAP_SYS_TIME))
		return -EPERM;
	if (!in.value)
		return 0;
	if (guest_read(&time, in, sizeof(time)))
		return -EFAULT;
	if (time.microseconds < 0 || time.microseconds > 1000000 || time.seconds < 0 ||
	    time.seconds >= INT64_MAX / NS_PER_SECOND)
		return -EINVAL;
	return clock_set_wall(self, time.seconds * NS_PER_SECOND + time.microseconds * 1000);
}

int64_t sys_time(struct thread *self, gaddr_t out)
{
	int64_t seconds = clock_realtime_ns() / NS_PER_SECOND;
	(void)self;
	if (out.value && guest_write(out, &seconds, sizeof(seconds)))
		return -EFAULT;
	return seconds;
}
