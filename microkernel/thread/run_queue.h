/* SPDX-License-Identifier: MIT */
/*
 * A CPU's queue of ready threads, part of its block (arch/x86_64/cpu.h). Only thread/schedule.c looks inside, and
 * kernel_exit, which asks whether anybody is ready at all.
 */
#ifndef LICHEN_THREAD_RUN_QUEUE_H
#define LICHEN_THREAD_RUN_QUEUE_H

#include "abi/blocks.h"
#include "structure/heap.h"
#include "structure/list.h"

struct run_queue {
	uint64_t used[2]; /* a bit for each level with ready threads */
	struct thread *direct;
	struct heap fair; /* threads by fair_node */
	uint64_t fair_time;
	uint64_t stamp_ns; /* of the last charge */
	uint64_t native_slice_end_ns;
	struct list_node levels[LEVEL_COUNT]; /* threads by run_link; the fair level's is not used */
};

#endif
