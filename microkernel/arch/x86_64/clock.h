/* SPDX-License-Identifier: MIT */
/*
 * Inside the clock: what the timer interrupt asks. Everything else is in cpu.h.
 */
#ifndef LICHEN_ARCH_CLOCK_H
#define LICHEN_ARCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A timer interrupt came: true when the event's time is reached; else the timer is started for the rest. */
bool clock_event_due(void);

/* A counter of known frequency to measure others against (clock_reference.c): HPET, or PIT channel 2. */
struct clock_reference {
	const char *name;
	uint64_t hz;
	uint64_t mask; /* of the bits that count */
	uint64_t (*read)(void);
};
const struct clock_reference *clock_reference_start(void);

#endif
