/* SPDX-License-Identifier: MIT */
/*
 * Load averages: how many threads ran or waited uninterruptibly, averaged over 1, 5 and 15 minutes (proc(5), loadavg).
 */
#ifndef LICHEN_PERSONALITY_LOAD_H
#define LICHEN_PERSONALITY_LOAD_H

#include <stdint.h>

#define LOAD_FRACTION_BITS 11
#define LOAD_ONE (1u << LOAD_FRACTION_BITS)
#define LOAD_COUNT 3

struct thread_counts {
	uint32_t running;         /* state R */
	uint32_t uninterruptible; /* state D */
	uint32_t total;
};

/* One step of an average: fixed point with LOAD_FRACTION_BITS, `decay` the share that stays. Pure. */
uint64_t load_next(uint64_t load, uint32_t decay, uint32_t active);
/* Begin to sample, each 5 seconds. */
void load_start(void);
void load_averages(uint64_t loads[LOAD_COUNT]);
struct thread_counts thread_counts(void);

#endif
