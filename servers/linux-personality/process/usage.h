/* SPDX-License-Identifier: MIT */
/*
 * Processor time and other usage of threads and processes.
 */
#ifndef LICHEN_PERSONALITY_USAGE_H
#define LICHEN_PERSONALITY_USAGE_H

#include "linux_abi/process.h"
#include "process/process.h"

/* Of one thread: from its record. */
struct process_times thread_times_of(const struct thread *thread);
void process_times_add(struct process_times *sum, const struct process_times *more);
/* The thread ends: its use counts for the process and the system. T and process->lock held. */
void usage_thread_ended(struct process *process, const struct process_times *times);
/* Of all threads since the start; takes process_tree_lock. */
struct process_times usage_of_all(void);
/* Of all threads, living and ended, without children; takes process->lock. */
struct process_times process_times_of(struct process *process);
void usage_fill(struct linux_rusage *usage, const struct process_times *times);

static inline int64_t ns_to_ticks(uint64_t ns)
{
	return (int64_t)(ns / (1000000000u / LINUX_CLOCK_TICKS));
}

#endif
