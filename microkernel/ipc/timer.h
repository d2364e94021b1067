/* SPDX-License-Identifier: MIT */
/*
 * Time-outs and timer objects. Each CPU has one heap of time-outs (of waits and of timer objects); its one-shot clock is
 * set for the first of them or the end of a time slice, whichever comes first, and never when neither exists.
 */
#ifndef LICHEN_IPC_TIMER_H
#define LICHEN_IPC_TIMER_H

#include "thread/thread.h"

struct notification;

struct timer {
	struct object object;
	struct notification *notification; /* referenced */
	uint64_t bits;
	uint64_t deadline_ns; /* DEADLINE_NEVER: disarmed */
	uint64_t period_ns;   /* 0: once */
	struct timeout timeout;
};

/* On the current CPU; an armed one is moved to the new deadline. */
void timeout_arm(struct timeout *timeout, uint64_t deadline_ns);
void timeout_cancel(struct timeout *timeout);
/* Set the CPU's clock for its first time-out or `slice_end_ns`, unless it will ring before that anyway. */
void timer_plan(uint64_t slice_end_ns);

struct timer *timer_create(struct account *account, struct notification *notification, uint64_t bits);
void timer_destroy(struct object *object);
/* Answers the old deadline. */
uint64_t timer_set(struct timer *timer, uint64_t deadline_ns, uint64_t period_ns);

#endif
