/* SPDX-License-Identifier: MIT */
/*
 * The buffer of a pipe: a ring of slots, each at most one page of data, as pipe(7) describes Linux's.
 *
 * A write of at most PIPE_BUF bytes goes into one slot whole or not at all; small writes are merged into the last page while
 * they fit whole. Pages come from the arena when first needed. No locking here: the owner's mutex is held.
 */
#ifndef LICHEN_PERSONALITY_PIPE_RING_H
#define LICHEN_PERSONALITY_PIPE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/route.h"
#include "core/guest_memory.h"

#define PIPE_PAGE ROUTE_STREAM_PAGE
#define PIPE_SLOT_PACKET ROUTE_SLOT_CLOSED /* O_DIRECT: a read never goes beyond it, and discards its rest */

/* As struct route_slot. A slot that is not in use may have a page, for the next write. */
struct pipe_slot {
	uint8_t *page;
	uint16_t offset, length;
	uint32_t flags;
};
_Static_assert(sizeof(struct pipe_slot) == sizeof(struct route_slot) &&
		       offsetof(struct pipe_slot, length) == offsetof(struct route_slot, length) &&
		       offsetof(struct pipe_slot, flags) == offsetof(struct route_slot, flags),
	       "the kernel reads slots");

struct pipe_ring {
	struct pipe_slot *slots;
	uint32_t head, tail; /* head - tail are in use; A to look at; together one word (pipe_state) */
	uint32_t size;       /* slots; a power of two */
	uint32_t parked;     /* A; the pipe's: who waits for it in the kernel */
	uint8_t *spare;      /* a page kept for the next write */
};

static inline uint32_t pipe_ring_used(const struct pipe_ring *ring)
{
	return __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE) -
	       __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE);
}

static inline bool pipe_ring_empty(const struct pipe_ring *ring)
{
	return pipe_ring_used(ring) == 0;
}

static inline bool pipe_ring_full(const struct pipe_ring *ring)
{
	return pipe_ring_used(ring) >= __atomic_load_n(&ring->size, __ATOMIC_RELAXED);
}

static inline struct pipe_slot *pipe_ring_slot(const struct pipe_ring *ring, uint32_t position)
{
	return &ring->slots[position & (ring->size - 1)];
}

bool pipe_ring_init(struct pipe_ring *ring, uint32_t slots);
void pipe_ring_destroy(struct pipe_ring *ring);
/* Another number of slots: 0, -EBUSY when more are in use, -ENOMEM. */
int pipe_ring_resize(struct pipe_ring *ring, uint32_t slots);
uint64_t pipe_ring_bytes(const struct pipe_ring *ring);
/* Can the next bytes go in without waiting: a free slot, or room for all of a small write in the last page. */
bool pipe_ring_accepts(const struct pipe_ring *ring, uint64_t bytes, bool packet);
/* Move the next part of the data, at most a page: bytes, -EFAULT (then none of this
   part), -ENOMEM. pipe_ring_accepts was true. */
int64_t pipe_ring_write(struct pipe_ring *ring, struct guest_iter *iter, bool packet);
/* Move out of the oldest slot, which is there: bytes or -EFAULT. *packet: the slot was one. */
int64_t pipe_ring_read(struct pipe_ring *ring, struct guest_iter *iter, bool *packet);
/* Copy from one ring to another, whose slots may run out, at most `bytes`; the source keeps its data: bytes or -ENOMEM. */
int64_t pipe_ring_copy(struct pipe_ring *to, const struct pipe_ring *from, uint64_t bytes);
/* Forget the oldest bytes. */
void pipe_ring_drop(struct pipe_ring *ring, uint64_t bytes);

#endif
