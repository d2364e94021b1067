/* SPDX-License-Identifier: MIT */
/*
 * Free physical memory in blocks of 2^order frames.
 *
 * Blocks are aligned to their size. A freed block joins its buddy while that is free too. The lists run through the
 * descriptors by frame number; frame 0 is never free, so 0 ends a list. Descriptors inside a free block have no FRAME_FREE:
 * only the first one says so, with the order.
 */
#include "memory/frame.h"

static uint32_t heads[FRAME_ORDERS];

static void block_insert(uint64_t number, unsigned order)
{
	struct frame *frame = &frames[number];
	frame->flags = FRAME_FREE;
	frame->order = (uint8_t)order;
	frame->previous = 0;
	frame->next = heads[order];
	if (frame->next)
		frames[frame->next].previous = (uint32_t)number;
	heads[order] = (uint32_t)number;
}

static void block_remove(uint64_t number)
{
	struct frame *frame = &frames[number];
	if (frame->next)
		frames[frame->next].previous = frame->previous;
	if (frame->previous)
		frames[frame->previous].next = frame->next;
	else
		heads[frame->order] = frame->next;
	frame->flags = 0;
	frame->next = frame->previous = 0;
}

static bool block_is_free(uint64_t number, unsigned order)
{
	return number < frame_limit && (frames[number].flags & FRAME_FREE) && frames[number].order == order;
}

static void block_release(uint64_t number, unsigned order)
{
	while (order + 1 < FRAME_ORDERS && block_is_free(number ^ (1ull << order), order)) {
		block_remove(number ^ (1ull << order));
		number &= ~(1ull << order);
		order++;
	}
	block_insert(number, order);
}

void buddy_release(uint64_t first, uint64_t count)
{
	while (count) {
		unsigned order = 0;
		while (order + 1 < FRAME_ORDERS && !(first >> order & 1) && 2ull << order <= count)
			order++;
		block_release(first, order);
		first += 1ull << order;
		count -= 1ull << order;
	}
}

uint64_t buddy_take(unsigned order)
{
	unsigned found = order;
	while (found < FRAME_ORDERS && !heads[found])
		found++;
	if (found >= FRAME_ORDERS)
		return 0;
	uint64_t number = heads[found];
	block_remove(number);
	while (found > order) {
		found--;
		block_insert(number + (1ull << found), found);
	}
	return number;
}
