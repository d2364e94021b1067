/* SPDX-License-Identifier: MIT */
/*
 * Preemption points of long work.
 *
 * A call has so much work at a time; one step of it is about what a page-table entry takes. Who runs in a loop spends as it
 * goes and, when all is spent, leaves everything so that the same call finds what is left, and stops: the call is then
 * dispatched again, unless an interrupt has come or somebody else is to run first. Where stopping is impossible (faults,
 * routes, start-up) there is no bound and work_spent never says so.
 */
#ifndef LICHEN_THREAD_WORK_H
#define LICHEN_THREAD_WORK_H

#include "arch/x86_64/cpu.h"
#include "thread/thread.h"

#define WORK_AT_ONCE 4096
#define WORK_OF_PAGE 64 /* to copy or clear one */
#define WORK_OF_REGION 8

static inline void work_begin(void)
{
	cpu_self()->work_left = WORK_AT_ONCE;
}

static inline void work_unbounded(void)
{
	cpu_self()->work_left = INT64_MAX;
}

static inline bool work_spent(unsigned steps)
{
	return (cpu_self()->work_left -= steps) <= 0;
}

/* PENDING; the call is dispatched again. */
static inline status_code_t work_stop(void)
{
	cpu_self()->current->restart = true;
	return STATUS_PENDING;
}

#endif
