/* SPDX-License-Identifier: MIT */
/*
 * The arithmetic of load averages, tested on the host: an exponential average in fixed point. It rounds towards the value it
 * moves to, so that a steady load is reached and an idle system comes back to 0.
 */
#include "proc/load.h"

uint64_t load_next(uint64_t load, uint32_t decay, uint32_t active)
{
	uint64_t target = (uint64_t)active << LOAD_FRACTION_BITS;
	uint64_t next = load * decay + target * (LOAD_ONE - decay);
	if (target >= load)
		next += LOAD_ONE - 1;
	return next >> LOAD_FRACTION_BITS;
}
