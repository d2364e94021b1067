/* SPDX-License-Identifier: MIT */
/*
 * Physical memory: free frames in blocks of 2^order, frames in use, and who is charged for them.
 *
 * Blocks are aligned to their size. A freed block joins its buddy while that is free too. The lists run through the
 * descriptors by frame number; frame 0 is never free, so 0 ends a list. Descriptors inside a free block have no FRAME_FREE:
 * only the first one says so, with the order. Blocks need not be freed as they were taken: any run of frames may be.
 *
 * Single frames come from a small stack of recently freed ones, so that warm frames are used again; runs come from the
 * buddy lists. Every frame in use is charged to one account, which it keeps alive, or to the kernel.
 */
#include "debug/log.h"
#include "memory/frame.h"
#include "object/object.h"
#include "structure/bytes.h"

struct frame *frames;
uint64_t frame_limit;
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

static void buddy_release(uint64_t first, uint64_t count)
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

/* The first frame's number; 0: none. */
static uint64_t buddy_take(unsigned order)
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

#define WARM_MAX 256u

static struct frame_counts counts;
static uint32_t warm[WARM_MAX];
static unsigned warm_count;

void frames_init(struct frame *array, uint64_t count)
{
	memset(array, 0, count * sizeof *array);
	for (uint64_t i = 0; i < count; i++) {
		array[i].flags = FRAME_RESERVED;
		array[i].references = 1;
	}
	frames = array;
	frame_limit = count;
}

void frames_add(uint64_t first, uint64_t count)
{
	for (uint64_t i = first; i < first + count; i++) {
		frames[i].flags = 0;
		frames[i].references = 0;
	}
	counts.total += count;
	counts.free += count;
	buddy_release(first, count);
}

struct frame_counts frame_counts(void)
{
	return counts;
}

static bool charge(struct account *account, uint64_t count)
{
	if (!account) {
		counts.kernel += count;
		return true;
	}
	if (!account_charge_frames(account, count))
		return false;
	account->object.references += (uint32_t)count;
	return true;
}

static void uncharge(struct account *account, uint64_t count)
{
	if (!account) {
		counts.kernel -= count;
		return;
	}
	account_uncharge_frames(account, count);
	while (count--)
		object_put(&account->object);
}

static struct frame *frame_start(uint64_t number, struct account *account)
{
	struct frame *frame = &frames[number];
	frame->references = 1;
	frame->pins = 0;
	frame->account = account;
	return frame;
}

struct frame *frame_allocate(struct account *account)
{
	if (!charge(account, 1))
		return NULL;
	uint64_t number = warm_count ? warm[--warm_count] : buddy_take(0);
	if (!number) {
		account_no_frames();
		uncharge(account, 1);
		return NULL;
	}
	counts.free--;
	return frame_start(number, account);
}

struct frame *frame_allocate_zeroed(struct account *account)
{
	struct frame *frame = frame_allocate(account);
	if (frame)
		page_clear(frame_data(frame));
	return frame;
}

struct frame *frame_allocate_copy(struct account *account, const void *page)
{
	struct frame *frame = frame_allocate(account);
	if (frame)
		page_copy(frame_data(frame), page);
	return frame;
}

static unsigned order_for(uint64_t count)
{
	unsigned order = 0;
	while (1ull << order < count)
		order++;
	return order;
}

/* Blocks are powers of two: what is beyond `count` goes back. */
static uint64_t take_run(uint64_t count)
{
	unsigned order = order_for(count);
	uint64_t number = order < FRAME_ORDERS ? buddy_take(order) : 0;
	if (!number && order < FRAME_ORDERS) {
		while (warm_count)
			buddy_release(warm[--warm_count], 1);
		number = buddy_take(order);
	}
	if (number)
		buddy_release(number + count, (1ull << order) - count);
	return number;
}

struct frame *frame_allocate_run(uint64_t count, struct account *account)
{
	if (!count || count > 1ull << (FRAME_ORDERS - 1) || !charge(account, count))
		return NULL;
	uint64_t number = take_run(count);
	if (!number) {
		uncharge(account, count);
		return NULL;
	}
	counts.free -= count;
	for (uint64_t i = 0; i < count; i++)
		frame_start(number + i, account);
	return &frames[number];
}

void frame_get(struct frame *frame)
{
	frame->references++;
}

bool frame_drop(struct frame *frame)
{
	kernel_assert(frame->references);
	return --frame->references == 0;
}

void frame_free(struct frame *frame)
{
	struct account *account = frame->account;
	frame->account = NULL;
	frame->references = 0;
	frame->used = 0;
	counts.free++;
	if (warm_count == WARM_MAX)
		buddy_release(warm[--warm_count], 1);
	warm[warm_count++] = (uint32_t)frame_number(frame);
	uncharge(account, 1);
}

void frame_put(struct frame *frame)
{
	if (frame_drop(frame))
		frame_free(frame);
}

bool frame_recharge(struct frame *frame, struct account *account)
{
	if (frame->account == account)
		return true;
	if (!charge(account, 1))
		return false;
	uncharge(frame->account, 1);
	frame->account = account;
	return true;
}

void frame_pin(struct frame *frame)
{
	frame_get(frame);
	frame->pins++;
}

void frame_unpin(struct frame *frame)
{
	kernel_assert(frame->pins);
	frame->pins--;
	frame_put(frame);
}

paddr_t frame_address(const struct frame *frame)
{
	return (paddr_t){ frame_number(frame) << PAGE_SHIFT };
}

void *frame_data(const struct frame *frame)
{
	return direct_map(frame_address(frame));
}
