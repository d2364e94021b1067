/* SPDX-License-Identifier: MIT */
/*
 * The two clocks that everything else is made of, read from the kernel's clock page without a call where the CPU's
 * time stamp counter serves.
 */
#ifndef LICHEN_PERSONALITY_CLOCK_H
#define LICHEN_PERSONALITY_CLOCK_H

#include "runtime/clock_page.h"

#define NS_PER_SECOND 1000000000ll

/* Since boot; what kernel deadlines mean. */
static inline uint64_t clock_monotonic_ns(void)
{
	return clock_page_monotonic_ns();
}

/* Since 1970. */
static inline int64_t clock_realtime_ns(void)
{
	return clock_page_realtime_ns();
}

#endif
