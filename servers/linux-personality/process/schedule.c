/* SPDX-License-Identifier: MIT */
/*
 * Policies as kernel levels: SCHED_OTHER and its kin share the fair level by weight, FIFO and RR have one level a priority.
 */
#include "process/schedule.h"

#include "linux_abi/process.h"
#include "runtime/kernel.h"

#define RR_SLICE_US 100000u

/* Relative weights of nice -20 to 19, 1024 at 0: each step is a factor of 1.25, so that it is worth ten percent of a CPU. */
static uint32_t scaled_weight(int32_t nice)
{
	uint64_t weight = 1024 << 10;
	for (int32_t i = 0; i < nice; i++)
		weight = weight * 4 / 5;
	for (int32_t i = 0; i > nice; i--)
		weight = weight * 5 / 4;
	weight >>= 10;
	return weight < 1 ? 1 : (uint32_t)weight;
}

uint32_t schedule_weight(int32_t nice)
{
	return scaled_weight(nice < NICE_MIN ? NICE_MIN : nice > NICE_MAX ? NICE_MAX : nice);
}

uint32_t schedule_realtime_priority(const struct thread *thread)
{
	bool realtime = thread->scheduling_policy == LINUX_SCHED_FIFO ||
			thread->scheduling_policy == LINUX_SCHED_RR;
	return realtime ? thread->realtime_priority : 0;
}

struct thread_schedule schedule_of(const struct thread *thread)
{
	struct thread_schedule schedule = {
		.native_level = LEVEL_SERVER,
		.guest_level = LEVEL_FAIR,
		.weight = schedule_weight(thread->nice),
		.cpu_mask = thread->cpu_mask,
	};
	switch (thread->scheduling_policy) {
	case LINUX_SCHED_FIFO:
	case LINUX_SCHED_RR:
		schedule.guest_level = (uint8_t)(LEVEL_FIFO_MIN - 1 + thread->realtime_priority);
		schedule.slice_us = thread->scheduling_policy == LINUX_SCHED_RR ? RR_SLICE_US : 0;
		break;
	case LINUX_SCHED_IDLE: schedule.weight = 3; break;
	default: break;
	}
	if (thread->futex_boost > schedule_realtime_priority(thread))
		schedule.guest_level = (uint8_t)(LEVEL_FIFO_MIN - 1 + thread->futex_boost);
	return schedule;
}

void schedule_apply(struct thread *thread)
{
	struct thread_schedule schedule = schedule_of(thread);
	(void)k_thread_schedule(thread->kernel_thread, own_address(&schedule));
}

void schedule_inherit(struct thread *child, const struct thread *parent)
{
	child->nice = parent->nice;
	child->scheduling_policy = parent->scheduling_policy;
	child->realtime_priority = parent->realtime_priority;
	if (!parent->reset_on_fork)
		return;
	if (parent->scheduling_policy == LINUX_SCHED_FIFO || parent->scheduling_policy == LINUX_SCHED_RR) {
		child->scheduling_policy = LINUX_SCHED_OTHER;
		child->realtime_priority = 0;
		child->nice = 0;
	} else if (child->nice < 0) {
		child->nice = 0;
	}
}
