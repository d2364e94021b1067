/* SPDX-License-Identifier: MIT */
/*
 * Slots and pages of a pipe's buffer.
 */
#include "stream/pipe_ring.h"

#include <string.h>
#include "core/errno.h"
#include "core/slab.h"

bool pipe_ring_init(struct pipe_ring *ring, uint32_t slots)
{
	*ring = (struct pipe_ring){ .size = slots };
	ring->slots = slab_allocate(slots * sizeof(ring->slots[0]));
	return ring->slots;
}

void pipe_ring_destroy(struct pipe_ring *ring)
{
	for (uint32_t i = 0; i < ring->size; i++)
		slab_free(ring->slots[i].page, PIPE_PAGE);
	slab_free(ring->spare, PIPE_PAGE);
	slab_free(ring->slots, ring->size * sizeof(ring->slots[0]));
}

int pipe_ring_resize(struct pipe_ring *ring, uint32_t slots)
{
	uint32_t used = pipe_ring_used(ring);
	struct pipe_slot *fresh;
	if (slots < used)
		return -EBUSY;
	fresh = slab_allocate(slots * sizeof(fresh[0]));
	if (!fresh)
		return -ENOMEM;
	for (uint32_t i = 0; i < used; i++)
		fresh[(ring->tail + i) & (slots - 1)] = *pipe_ring_slot(ring, ring->tail + i);
	for (uint32_t i = used; i < ring->size; i++)
		slab_free(pipe_ring_slot(ring, ring->tail + i)->page, PIPE_PAGE);
	slab_free(ring->slots, ring->size * sizeof(ring->slots[0]));
	ring->slots = fresh;
	__atomic_store_n(&ring->size, slots, __ATOMIC_RELAXED);
	return 0;
}

uint64_t pipe_ring_bytes(const struct pipe_ring *ring)
{
	uint64_t bytes = 0;
	for (uint32_t at = ring->tail; at != ring->head; at++)
		bytes += pipe_ring_slot(ring, at)->length;
	return bytes;
}

/* Room behind the data of the newest slot, if more may be added to it. */
static uint32_t room_in_last(const struct pipe_ring *ring)
{
	const struct pipe_slot *last = pipe_ring_slot(ring, ring->head - 1);
	if (pipe_ring_empty(ring) || last->flags & PIPE_SLOT_PACKET)
		return 0;
	return PIPE_PAGE - last->offset - last->length;
}

/* Only the part beyond whole pages is merged, and only when it fits whole: then writes up to a page stay atomic. */
static bool merges(const struct pipe_ring *ring, uint64_t bytes)
{
	uint64_t part = bytes % PIPE_PAGE;
	return part && part <= room_in_last(ring);
}

bool pipe_ring_accepts(const struct pipe_ring *ring, uint64_t bytes, bool packet)
{
	return !pipe_ring_full(ring) || (!packet && merges(ring, bytes));
}

static uint8_t *page_take(struct pipe_ring *ring)
{
	struct pipe_slot *next = pipe_ring_slot(ring, ring->head);
	uint8_t **place = next->page ? &next->page : &ring->spare, *page = *place;
	*place = NULL;
	return page ? page : slab_allocate(PIPE_PAGE);
}

static void page_give(struct pipe_ring *ring, uint8_t *page)
{
	if (ring->spare)
		slab_free(page, PIPE_PAGE);
	else
		ring->spare = page;
}

static int64_t write_merged(struct pipe_ring *ring, struct guest_iter *iter)
{
	struct pipe_slot *last = pipe_ring_slot(ring, ring->head - 1);
	int64_t part = (int64_t)(iter->remaining % PIPE_PAGE);
	int64_t moved = iter_from_guest(iter, last->page + last->offset + last->length, (uint64_t)part);
	if (moved < part)
		return -EFAULT;
	last->length = (uint16_t)(last->length + moved);
	return moved;
}

static void slot_push(struct pipe_ring *ring, struct pipe_slot slot)
{
	*pipe_ring_slot(ring, ring->head) = slot;
	__atomic_store_n(&ring->head, ring->head + 1, __ATOMIC_RELEASE);
}

int64_t pipe_ring_write(struct pipe_ring *ring, struct guest_iter *iter, bool packet)
{
	struct pipe_slot slot = { .flags = packet ? PIPE_SLOT_PACKET : 0 };
	int64_t moved;
	if (!packet && merges(ring, iter->remaining))
		return write_merged(ring, iter);
	slot.page = page_take(ring);
	if (!slot.page)
		return -ENOMEM;
	slot.length = (uint16_t)(iter->remaining < PIPE_PAGE ? iter->remaining : PIPE_PAGE);
	moved = iter_from_guest(iter, slot.page, slot.length);
	if (moved == slot.length) {
		slot_push(ring, slot);
		return moved;
	}
	page_give(ring, slot.page);
	return -EFAULT;
}

/* `bytes` of the oldest slot are done with; an empty one goes. */
static void slot_consume(struct pipe_ring *ring, uint32_t bytes)
{
	struct pipe_slot *slot = pipe_ring_slot(ring, ring->tail);
	slot->offset = (uint16_t)(slot->offset + bytes);
	slot->length = (uint16_t)(slot->length - bytes);
	if (slot->length)
		return;
	page_give(ring, slot->page);
	slot->page = NULL;
	__atomic_store_n(&ring->tail, ring->tail + 1, __ATOMIC_RELEASE);
}

int64_t pipe_ring_read(struct pipe_ring *ring, struct guest_iter *iter, bool *packet)
{
	struct pipe_slot *slot = pipe_ring_slot(ring, ring->tail);
	int64_t moved = iter_to_guest(iter, slot->page + slot->offset, slot->length);
	if (moved < 0)
		return moved;
	*packet = slot->flags & PIPE_SLOT_PACKET;
	slot_consume(ring, *packet ? slot->length : (uint32_t)moved);
	return moved;
}

void pipe_ring_drop(struct pipe_ring *ring, uint64_t bytes)
{
	while (bytes && !pipe_ring_empty(ring)) {
		uint32_t part = pipe_ring_slot(ring, ring->tail)->length;
		if (part > bytes)
			part = (uint32_t)bytes;
		slot_consume(ring, part);
		bytes -= part;
	}
}

int64_t pipe_ring_copy(struct pipe_ring *to, const struct pipe_ring *from, uint64_t bytes)
{
	uint64_t done = 0;
	for (uint32_t at = from->tail; at != from->head && done < bytes && !pipe_ring_full(to); at++) {
		const struct pipe_slot *old = pipe_ring_slot(from, at);
		struct pipe_slot slot = { .length = old->length, .flags = old->flags };
		slot.page = page_take(to);
		if (!slot.page)
			return done ? (int64_t)done : -ENOMEM;
		if (slot.length > bytes - done)
			slot.length = (uint16_t)(bytes - done);
		memcpy(slot.page, old->page + old->offset, slot.length);
		slot_push(to, slot);
		done += slot.length;
	}
	return (int64_t)done;
}
