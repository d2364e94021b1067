/* SPDX-License-Identifier: MIT */
/*
 * Timers of a process: the three interval timers and those of timer_create(2).
 *
 * Timers on CPU clocks are armed at the earliest moment at which the clock could have reached its value, and look again then.
 */
#ifndef LICHEN_PERSONALITY_POSIX_TIMERS_H
#define LICHEN_PERSONALITY_POSIX_TIMERS_H

#include "process/process.h"
#include "time/clocks.h"
#include "time/timer.h"

#define INTERVAL_TIMERS 3
#define POSIX_TIMERS_MAX 1024

struct interval_timer {
	struct timer_node node;
	struct process *process;
	uint64_t value_ns; /* absolute on its clock, 0: disarmed */
	uint64_t interval_ns;
	uint32_t which;
};

struct posix_timer {
	struct timer_node node;
	struct posix_timer *next;
	struct process *process;
	struct linux_sigevent event;
	int32_t id, clock;
	bool absolute_wall;
	int64_t value_ns; /* absolute on its clock; 0: disarmed */
	int64_t interval_ns;
	int32_t overrun; /* of the last signal */
};

struct posix_timers {
	struct mutex mutex; /* arming, creating, deleting; never taken by the timer service */
	struct lock lock;   /* RANK_FILE: values, the list */
	struct interval_timer intervals[INTERVAL_TIMERS];
	struct timer_node cpu_limit;
	uint64_t cpu_limit_told_ns; /* CPU time at the last SIGXCPU */
	struct posix_timer *list;
	int32_t next_id;
	uint32_t count;
};

/* The process's, made at first use; NULL without memory. */
struct posix_timers *posix_timers_of(struct process *process);
/* When a node must be looked at for `value` on `clock` (CPU clocks: the earliest possible moment). */
uint64_t timer_look_at(struct process *process, int32_t clock, int64_t value_ns);

#endif
