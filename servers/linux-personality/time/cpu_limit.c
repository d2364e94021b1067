/* SPDX-License-Identifier: MIT */
/*
 * RLIMIT_CPU: SIGXCPU each second of CPU time from the soft limit on, SIGKILL at the hard one (setrlimit(2)).
 */
#include "core/clock.h"
#include "linux_abi/process.h"
#include "linux_abi/signal.h"
#include "process/hooks.h"
#include "process/usage.h"
#include "time/posix_timers.h"

#define SECONDS_MAX (INT64_MAX / NS_PER_SECOND)

static uint64_t limit_ns(uint64_t seconds)
{
	return seconds > (uint64_t)SECONDS_MAX ? UINT64_MAX : seconds * NS_PER_SECOND;
}

static uint64_t cpu_now(struct process *process)
{
	struct process_times times = process_times_of(process);
	return times.user_ns + times.system_ns;
}

/* CPU time at which there is something to do next. */
static uint64_t limit_next(const struct process *process, const struct posix_timers *timers)
{
	const struct rlimit_pair *limit = &process->limits[LINUX_RLIMIT_CPU];
	uint64_t soft = limit_ns(limit->soft), hard = limit_ns(limit->hard);
	uint64_t told = timers->cpu_limit_told_ns;
	if (soft != UINT64_MAX && told >= soft)
		soft = told + NS_PER_SECOND;
	return soft < hard ? soft : hard;
}

static void limit_arm(struct process *process, struct posix_timers *timers, uint64_t now)
{
	uint64_t next = limit_next(process, timers);
	if (next != UINT64_MAX)
		timer_arm(&timers->cpu_limit, clock_monotonic_ns() + (next > now ? next - now : 0));
}

void cpu_limit_expired(void *argument)
{
	struct process *process = argument;
	struct posix_timers *timers = process->timers;
	uint64_t now = cpu_now(process);
	if (now >= limit_ns(process->limits[LINUX_RLIMIT_CPU].hard)) {
		(void)!signal_send_process(process, LINUX_SIGKILL, NULL);
		return;
	}
	if (now >= limit_next(process, timers)) {
		timers->cpu_limit_told_ns = now;
		(void)!signal_send_process(process, LINUX_SIGXCPU, NULL);
	}
	limit_arm(process, timers, now);
}

void posix_timers_limit_changed(struct process *process)
{
	struct posix_timers *timers;
	if (limit_ns(process->limits[LINUX_RLIMIT_CPU].hard) == UINT64_MAX &&
	    limit_ns(process->limits[LINUX_RLIMIT_CPU].soft) == UINT64_MAX && !process->timers)
		return;
	timers = posix_timers_of(process);
	if (!timers)
		return;
	mutex_acquire(&timers->mutex);
	timer_cancel(&timers->cpu_limit);
	timers->cpu_limit.callback = TIMER_CALLBACK_CPU_LIMIT;
	timers->cpu_limit.argument = process;
	timers->cpu_limit_told_ns = 0;
	limit_arm(process, timers, cpu_now(process));
	mutex_release(&timers->mutex);
}
