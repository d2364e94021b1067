/* SPDX-License-Identifier: MIT */
/*
 * The two clocks that everything else is made of, read from the kernel's clock page without a call where the CPU's
 * time stamp counter serves.
 */
#ifndef LICHEN_PERSONALITY_CLOCK_H
#define LICHEN_PERSONALITY_CLOCK_H

#include <stdint.h>

#define NS_PER_SECOND 1000000000ll

/* Since boot; what kernel deadlines mean. */
uint64_t clock_monotonic_ns(void);
/* Since 1970. */
int64_t clock_realtime_ns(void);

#endif
