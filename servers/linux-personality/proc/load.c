/* SPDX-License-Identifier: MIT */
/*
 * Sampling of the load by the timer service.
 */
#include "proc/load.h"

#include "core/clock.h"
#include "core/survive.h"
#include "process/process.h"
#include "process/tree.h"
#include "time/timer.h"

#define SAMPLE_NS (5ull * NS_PER_SECOND)

/* What stays of the old value after 5 seconds: exp(-5/60), exp(-5/300), exp(-5/900). */
static const uint32_t decays[LOAD_COUNT] = { 1884, 2014, 2037 };

SURVIVES static struct timer_node sample_timer;
SURVIVES static uint64_t averages[LOAD_COUNT]; /* A */

static void count_threads(struct process *process, void *context)
{
	struct thread_counts *counts = context;
	lock_acquire(&process->lock);
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process) {
		counts->total++;
		counts->running += thread_state_letter(thread) == 'R';
		counts->uninterruptible += thread->state_letter == 'D';
	}
	lock_release(&process->lock);
}

struct thread_counts thread_counts(void)
{
	struct thread_counts counts = { 0 };
	lock_acquire(&process_tree_lock);
	process_for_each(count_threads, &counts);
	lock_release(&process_tree_lock);
	return counts;
}

void load_expired(void *argument)
{
	struct thread_counts counts = thread_counts();
	(void)argument;
	for (int i = 0; i < LOAD_COUNT; i++) {
		uint64_t next = load_next(__atomic_load_n(&averages[i], __ATOMIC_RELAXED), decays[i],
					  counts.running + counts.uninterruptible);
		__atomic_store_n(&averages[i], next, __ATOMIC_RELAXED);
	}
	(void)timer_arm(&sample_timer, clock_monotonic_ns() + SAMPLE_NS);
}

void load_start(void)
{
	sample_timer.callback = TIMER_CALLBACK_LOAD;
	(void)timer_arm(&sample_timer, clock_monotonic_ns() + SAMPLE_NS);
}

void load_averages(uint64_t loads[LOAD_COUNT])
{
	for (int i = 0; i < LOAD_COUNT; i++)
		loads[i] = __atomic_load_n(&averages[i], __ATOMIC_RELAXED);
}
