/* SPDX-License-Identifier: MIT */
/*
 * ring: see ring.h.
 */
#include "console/ring.h"

bool ring_put(struct ring *ring, uint8_t byte)
{
	if (ring_room(ring) == 0)
		return false;
	ring->bytes[ring->head++ % RING_BYTES] = byte;
	return true;
}

uint32_t ring_put_all(struct ring *ring, const uint8_t *bytes, uint32_t count)
{
	uint32_t done = 0;

	while (done < count && ring_put(ring, bytes[done]))
		done++;
	return done;
}

uint32_t ring_take(struct ring *ring, uint8_t *bytes, uint32_t max)
{
	uint32_t done = 0;

	for (; done < max && ring->tail != ring->head; done++)
		bytes[done] = ring->bytes[ring->tail++ % RING_BYTES];
	return done;
}

void ring_clear(struct ring *ring)
{
	ring->tail = ring->head;
}
