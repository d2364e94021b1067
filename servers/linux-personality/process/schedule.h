/* SPDX-License-Identifier: MIT */
/*
 * Linux's policies, priorities and nice values as the kernel's levels and weights.
 */
#ifndef LICHEN_PERSONALITY_SCHEDULE_H
#define LICHEN_PERSONALITY_SCHEDULE_H

#include "abi/blocks.h"
#include "process/thread.h"

#define NICE_MIN (-20)
#define NICE_MAX 19

/* Linux's weight of a nice value: 1024 is 0, each step about a quarter. */
uint32_t schedule_weight(int32_t nice);
/* Its own one of FIFO and RR; 0: of another policy. */
uint32_t schedule_realtime_priority(const struct thread *thread);
struct thread_schedule schedule_of(const struct thread *thread);
/* Tell the kernel what the thread's fields say. */
void schedule_apply(struct thread *thread);
/* What a new thread of this one gets (reset on fork). */
void schedule_inherit(struct thread *child, const struct thread *parent);

#endif
