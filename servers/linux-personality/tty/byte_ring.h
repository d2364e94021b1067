/* SPDX-License-Identifier: MIT */
/*
 * A ring of output bytes on their way to a device or to a pty's master. The owner's lock guards it.
 *
 * `flushes` counts how often it was emptied by force: whoever sends a copied span without holding the lock looks at it before
 * taking the span out.
 */
#ifndef LICHEN_PERSONALITY_BYTE_RING_H
#define LICHEN_PERSONALITY_BYTE_RING_H

#include <stdint.h>
#include <string.h>

#define BYTE_RING_SIZE 8192u

struct byte_ring {
	uint32_t head, tail; /* bytes ever put and taken, modulo 2^32 */
	uint32_t flushes;
	uint8_t bytes[BYTE_RING_SIZE];
};

static inline uint32_t byte_ring_used(const struct byte_ring *ring)
{
	return ring->head - ring->tail;
}

static inline uint32_t byte_ring_room(const struct byte_ring *ring)
{
	return BYTE_RING_SIZE - byte_ring_used(ring);
}

/* The caller made sure of the room. */
static inline void byte_ring_put(struct byte_ring *ring, uint8_t byte)
{
	ring->bytes[ring->head++ % BYTE_RING_SIZE] = byte;
}

/* Puts as many as fit and answers how many. */
static inline uint32_t byte_ring_put_all(struct byte_ring *ring, const uint8_t *bytes, uint32_t count)
{
	uint32_t room = byte_ring_room(ring), at = ring->head % BYTE_RING_SIZE, first;
	count = count < room ? count : room;
	first = count < BYTE_RING_SIZE - at ? count : BYTE_RING_SIZE - at;
	memcpy(ring->bytes + at, bytes, first);
	memcpy(ring->bytes, bytes + first, count - first);
	ring->head += count;
	return count;
}

/* Copies up to `max` of the oldest bytes without taking them out. */
static inline uint32_t byte_ring_peek(const struct byte_ring *ring, uint8_t *bytes, uint32_t max)
{
	uint32_t count = byte_ring_used(ring), at = ring->tail % BYTE_RING_SIZE, first;
	count = count < max ? count : max;
	first = count < BYTE_RING_SIZE - at ? count : BYTE_RING_SIZE - at;
	memcpy(bytes, ring->bytes + at, first);
	memcpy(bytes + first, ring->bytes, count - first);
	return count;
}

static inline void byte_ring_drop(struct byte_ring *ring, uint32_t count)
{
	ring->tail += count;
}

static inline void byte_ring_flush(struct byte_ring *ring)
{
	ring->tail = ring->head;
	ring->flushes++;
}

#endif
