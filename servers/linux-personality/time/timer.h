/* SPDX-License-Identifier: MIT */
/*
 * The timer service: one thread of this server sleeps until the earliest deadline and runs what is due.
 *
 * A timer_node lies inside the arena object that owns it and starts as zeros. Callbacks are indices, run on the service's thread
 * with no lock held, and may arm the node again. The node must stay until timer_cancel has returned.
 */
#ifndef LICHEN_PERSONALITY_TIMER_H
#define LICHEN_PERSONALITY_TIMER_H

#include <stdbool.h>
#include <stdint.h>

enum timer_callback {
	TIMER_CALLBACK_NONE = 0,
	TIMER_CALLBACK_INTERVAL,  /* time/interval.c: argument is a struct interval_timer */
	TIMER_CALLBACK_POSIX,     /* time/posix_timer.c */
	TIMER_CALLBACK_TIMERFD,   /* stream/timerfd.c: void timerfd_expired(void *argument) */
	TIMER_CALLBACK_LOAD,      /* proc/load.c */
	TIMER_CALLBACK_CPU_LIMIT, /* time/cpu_limit.c: argument is a struct process */
	TIMER_CALLBACK_COUNT
};

struct timer_node {
	uint64_t deadline_ns; /* monotonic */
	uint32_t place;       /* in the heap, from 1; 0: not armed */
	uint32_t callback;    /* enum timer_callback */
	void *argument;
};

/* Start the service's thread. 0 or -errno. */
int timer_init(void);
/* Arm, or arm anew. False without memory. */
bool timer_arm(struct timer_node *node, uint64_t deadline_ns);
/* Disarm; waits for a callback of this node that is running, unless called from it. */
void timer_cancel(struct timer_node *node);

/* Callbacks of the kinds. */
void interval_expired(void *argument);
void posix_timer_expired(void *argument);
void timerfd_expired(void *argument);
void cpu_limit_expired(void *argument);
void load_expired(void *argument);

#endif
