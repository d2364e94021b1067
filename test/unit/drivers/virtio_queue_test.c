/* SPDX-License-Identifier: MIT */
/*
 * A virtqueue with a device at its other end: one that behaves, in random order and against a model, and ones that lie about
 * indices, lengths and counts, and scribble over the whole shared memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "virtio/queue.h"

#define SIZE 16
#define PHYSICAL 0x7000000ull

static _Alignas(4096) uint8_t memory[4096];
static struct virtio_queue queue;
static uint16_t seen; /* available entries that the device took */

static void start(void)
{
	memset(memory, 0, sizeof memory);
	seen = 0;
	assert_int_equal(virtio_queue_start(&queue, memory, PHYSICAL, SIZE), STATUS_OK);
}

static uint16_t word(size_t offset)
{
	uint16_t value;

	memcpy(&value, memory + offset, sizeof value);
	return value;
}

static void set_used_index(uint16_t index)
{
	memcpy(memory + virtio_queue_used_offset(SIZE) + 2, &index, sizeof index);
}

static uint16_t used_index(void)
{
	return word(virtio_queue_used_offset(SIZE) + 2);
}

/* The device answers: an entry, then the index. */
static void answer(uint32_t head, uint32_t length)
{
	uint16_t index = used_index();
	size_t entry = virtio_queue_used_offset(SIZE) + 4 + (size_t)(index % SIZE) * 8;

	memcpy(memory + entry, &head, 4);
	memcpy(memory + entry + 4, &length, 4);
	set_used_index((uint16_t)(index + 1));
}

/* The device takes the next request's first descriptor. */
static uint16_t next_head(void)
{
	size_t ring = virtio_queue_available_offset(SIZE);

	assert_int_not_equal(word(ring + 2), seen);
	return word(ring + 4 + (size_t)(seen++ % SIZE) * 2);
}

/* Walks a chain as a device does; answers its bytes to write. */
static uint32_t chain_bytes(uint16_t head, unsigned *descriptors)
{
	uint32_t writable = 0;

	for (*descriptors = 1;; (*descriptors)++) {
		uint8_t *place = memory + (size_t)head * 16;
		uint32_t bytes;
		uint16_t flags;

		assert_in_range(head, 0, SIZE - 1);
		memcpy(&bytes, place + 8, 4);
		memcpy(&flags, place + 12, 2);
		writable += (flags & 2) ? bytes : 0;
		if (!(flags & 1))
			return writable;
		memcpy(&head, place + 14, 2);
	}
}

static void one_request_goes_round(void **state)
{
	const struct virtio_piece pieces[] = { { PHYSICAL + 0x1000, 16 }, { PHYSICAL + 0x2000, 512 } };
	uint32_t cookie, bytes;
	unsigned descriptors;
	uint16_t head;

	(void)state;
	start();
	assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_NOT_FOUND);
	assert_int_equal(virtio_queue_add(&queue, pieces, 2, 1, 77), STATUS_OK);
	assert_true(virtio_queue_wants_notice(&queue));
	head = next_head();
	assert_int_equal(chain_bytes(head, &descriptors), 512);
	assert_int_equal(descriptors, 2);
	answer(head, 512);
	assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_OK);
	assert_int_equal(cookie, 77);
	assert_int_equal(bytes, 512);
	assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_NOT_FOUND);
	memory[virtio_queue_used_offset(SIZE)] = 1;
	assert_false(virtio_queue_wants_notice(&queue));
}

static void sizes_and_requests_are_checked(void **state)
{
	const struct virtio_piece empty = { PHYSICAL, 0 };
	struct virtio_piece pieces[SIZE + 1];

	(void)state;
	assert_int_equal(virtio_queue_start(&queue, memory, 0, 0), STATUS_INVALID);
	assert_int_equal(virtio_queue_start(&queue, memory, 0, 12), STATUS_INVALID);
	assert_int_equal(virtio_queue_start(&queue, memory, 0, 512), STATUS_INVALID);
	assert_in_range(virtio_queue_bytes(SIZE), SIZE * 26 + 12, sizeof memory);
	start();
	for (int i = 0; i <= SIZE; i++)
		pieces[i] = (struct virtio_piece){ PHYSICAL, 1 };
	assert_int_equal(virtio_queue_add(&queue, &empty, 1, 0, 0), STATUS_INVALID);
	assert_int_equal(virtio_queue_add(&queue, pieces, 0, 0, 0), STATUS_INVALID);
	assert_int_equal(virtio_queue_add(&queue, pieces, 1, 2, 0), STATUS_INVALID);
	assert_int_equal(virtio_queue_add(&queue, pieces, SIZE + 1, 0, 0), STATUS_BUSY);
	assert_int_equal(virtio_queue_add(&queue, pieces, SIZE, 0, 0), STATUS_OK);
	assert_int_equal(virtio_queue_add(&queue, pieces, 1, 0, 0), STATUS_BUSY);
	pieces[0].bytes = pieces[1].bytes = UINT32_MAX;
	start();
	assert_int_equal(virtio_queue_add(&queue, pieces, 2, 0, 0), STATUS_INVALID);
}

/* Random requests, answered in random order, past the wrap of all indices. */
static void requests_and_answers_agree(void **state)
{
	struct {
		uint16_t head;
		uint32_t cookie, writable, answered;
	} pending[SIZE], *one;
	unsigned count = 0, descriptors;
	uint32_t cookie, bytes;

	(void)state;
	srand(7);
	start();
	for (uint32_t round = 0; round < 150000; round++) {
		uint16_t pieces_count = (uint16_t)(1 + rand() % 4), readable = (uint16_t)(rand() % 3);
		struct virtio_piece pieces[4];

		for (int i = 0; i < 4; i++)
			pieces[i] = (struct virtio_piece){ PHYSICAL + 0x1000u * (unsigned)i,
							   1 + (uint32_t)rand() % 999 };
		readable = readable > pieces_count ? pieces_count : readable;
		if (virtio_queue_add(&queue, pieces, pieces_count, readable, round) == STATUS_OK) {
			one = &pending[count++];
			one->head = next_head();
			one->cookie = round;
			one->writable = chain_bytes(one->head, &descriptors);
			assert_int_equal(descriptors, pieces_count);
		}
		if (count == 0 || rand() % 2)
			continue;
		one = &pending[(unsigned)rand() % count];
		one->answered = one->writable == 0 ? 0 : (uint32_t)rand() % (one->writable + 1);
		answer(one->head, one->answered);
		assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_OK);
		assert_int_equal(cookie, one->cookie);
		assert_int_equal(bytes, one->answered);
		*one = pending[--count];
	}
	while (count-- > 0)
		answer(pending[count].head, 0);
	while (virtio_queue_take(&queue, &cookie, &bytes) == STATUS_OK)
		;
	assert_int_equal(queue.free_count, SIZE);
	assert_int_equal(queue.in_flight, 0);
}

static void give_two(uint16_t heads[2])
{
	const struct virtio_piece pieces[] = { { PHYSICAL, 100 }, { PHYSICAL, 100 } };

	start();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(virtio_queue_add(&queue, pieces, 2, 0, 1), STATUS_OK);
		heads[i] = next_head();
	}
}

static void expect_broken(void)
{
	const struct virtio_piece piece = { PHYSICAL, 1 };
	uint32_t cookie, bytes;

	assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_CORRUPT);
	assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_CORRUPT);
	assert_int_equal(virtio_queue_add(&queue, &piece, 1, 0, 0), STATUS_CORRUPT);
}

static void lies_break_the_queue(void **state)
{
	uint16_t heads[2];
	uint32_t cookie, bytes;

	(void)state;
	give_two(heads); /* no such descriptor */
	answer(SIZE, 1);
	expect_broken();
	give_two(heads);
	answer(UINT32_MAX, 1);
	expect_broken();
	give_two(heads); /* the middle of a chain, and a free one */
	answer((uint32_t)heads[0] + 1, 1);
	expect_broken();
	give_two(heads);
	answer(SIZE - 1, 1);
	expect_broken();
	give_two(heads); /* more than it was given */
	answer(heads[1], 201);
	expect_broken();
	give_two(heads); /* twice */
	answer(heads[1], 200);
	answer(heads[1], 200);
	assert_int_equal(virtio_queue_take(&queue, &cookie, &bytes), STATUS_OK);
	expect_broken();
	give_two(heads); /* more answers than requests; an index that goes back */
	set_used_index(3);
	expect_broken();
	give_two(heads);
	set_used_index(UINT16_MAX);
	expect_broken();
	start(); /* an answer to nothing */
	answer(0, 0);
	expect_broken();
}

/* A device may write anywhere in the shared memory at any time. Memory errors are the sanitizers' to find; an answer that is
   taken must be one that was outstanding, within its length. */
static void scribbling_harms_nothing(void **state)
{
	const struct virtio_piece pieces[] = { { PHYSICAL, 64 }, { PHYSICAL, 64 }, { PHYSICAL, 64 } };
	uint32_t cookie, bytes, taken = 0;

	(void)state;
	srand(99);
	for (int round = 0; round < 3000; round++) {
		start();
		for (int step = 0; step < 60 && !queue.broken; step++) {
			(void)!virtio_queue_add(&queue, pieces, (uint16_t)(1 + rand() % 3), 1, 5);
			for (int i = rand() % 4; i > 0; i--)
				memory[(unsigned)rand() % virtio_queue_bytes(SIZE)] = (uint8_t)(rand() % 20);
			if (virtio_queue_take(&queue, &cookie, &bytes) != STATUS_OK)
				continue;
			assert_int_equal(cookie, 5);
			assert_in_range(bytes, 0, 128);
			taken++;
		}
		assert_in_range(queue.free_count, 0, SIZE);
	}
	assert_in_range(taken, 1, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_request_goes_round),
		cmocka_unit_test(sizes_and_requests_are_checked),
		cmocka_unit_test(requests_and_answers_agree),
		cmocka_unit_test(lies_break_the_queue),
		cmocka_unit_test(scribbling_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
