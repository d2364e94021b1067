/* SPDX-License-Identifier: MIT */
/*
 * The table of calls that restart_syscall can go on with, and the arithmetic of deadlines.
 */
#include "process/restart.h"

#include "core/clock.h"

const restart_function restart_functions[RESTART_KIND_COUNT] = {
	[RESTART_NANOSLEEP] = restart_nanosleep,
	[RESTART_POLL] = restart_poll,
	[RESTART_FUTEX] = restart_futex,
};

uint64_t deadline_after(int64_t seconds, int64_t nanoseconds)
{
	uint64_t limit = INT64_MAX / NS_PER_SECOND - 1;
	if ((uint64_t)seconds >= limit)
		return DEADLINE_NEVER - 1;
	return clock_monotonic_ns() + (uint64_t)seconds * NS_PER_SECOND + (uint64_t)nanoseconds;
}
