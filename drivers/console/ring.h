/* SPDX-License-Identifier: MIT */
/*
 * ring: a fixed ring of bytes for one thread, for the drivers that serve the console protocol. The counters run on; what
 * lies between them is what waits.
 */
#ifndef LICHEN_CONSOLE_RING_H
#define LICHEN_CONSOLE_RING_H

#include <stdbool.h>
#include <stdint.h>

#define RING_BYTES 16384u

struct ring {
	uint32_t head, tail; /* bytes ever put and taken, modulo 2^32 */
	uint8_t bytes[RING_BYTES];
};

static inline uint32_t ring_used(const struct ring *ring)
{
	return ring->head - ring->tail;
}

static inline uint32_t ring_room(const struct ring *ring)
{
	return RING_BYTES - ring_used(ring);
}

/* False when the ring is full. */
bool ring_put(struct ring *ring, uint8_t byte);
/* Puts as many as fit and answers how many. */
uint32_t ring_put_all(struct ring *ring, const uint8_t *bytes, uint32_t count);
/* Takes up to `max` bytes, oldest first, and answers how many. */
uint32_t ring_take(struct ring *ring, uint8_t *bytes, uint32_t max);
void ring_clear(struct ring *ring);

#endif
