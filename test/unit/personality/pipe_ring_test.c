/* SPDX-License-Identifier: MIT */
/*
 * A pipe's ring of slots against a plain queue of bytes: what fits, what merges, packets, faults, growing and copying.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>
#include "core/slab.h"
#include "stream/pipe_ring.h"

#define QUEUE_BYTES (1u << 20)

static size_t pages_out;
static uint64_t fault_after = UINT64_MAX; /* bytes that guest copies still move */

void *slab_allocate(size_t bytes)
{
	pages_out += bytes == PIPE_PAGE;
	return calloc(1, bytes);
}

void slab_free(void *block, size_t bytes)
{
	pages_out -= block && bytes == PIPE_PAGE;
	free(block);
}

static int64_t move(struct guest_iter *iter, void *to, const void *from, uint64_t bytes)
{
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	if (bytes > fault_after)
		bytes = fault_after;
	if (!bytes && iter->remaining)
		return -EFAULT;
	memcpy(to, from, bytes);
	iter->offset += bytes;
	iter->remaining -= bytes;
	return (int64_t)bytes;
}

int64_t iter_from_guest(struct guest_iter *iter, void *destination, uint64_t bytes)
{
	return move(iter, destination, (uint8_t *)iter->kernel + iter->offset, bytes);
}

int64_t iter_to_guest(struct guest_iter *iter, const void *source, uint64_t bytes)
{
	return move(iter, (uint8_t *)iter->kernel + iter->offset, source, bytes);
}

static struct guest_iter iter_of(void *buffer, uint64_t bytes)
{
	return (struct guest_iter){ .kernel = buffer, .remaining = bytes };
}

/* As pipe_write does it without waiting: bytes, 0: full. */
static int64_t ring_put(struct pipe_ring *ring, void *data, uint64_t bytes, bool packet)
{
	struct guest_iter iter = iter_of(data, bytes);
	int64_t done = 0;
	while (iter.remaining && pipe_ring_accepts(ring, iter.remaining, packet)) {
		int64_t moved = pipe_ring_write(ring, &iter, packet);
		if (moved < 0)
			return done ? done : moved;
		done += moved;
	}
	return done;
}

static int64_t ring_get(struct pipe_ring *ring, void *data, uint64_t bytes)
{
	struct guest_iter iter = iter_of(data, bytes);
	int64_t done = 0;
	bool packet = false;
	while (iter.remaining && !packet && !pipe_ring_empty(ring)) {
		int64_t moved = pipe_ring_read(ring, &iter, &packet);
		if (moved < 0)
			return done ? done : moved;
		done += moved;
	}
	return done;
}

static void bytes_come_out_as_they_went_in(void **state)
{
	static uint8_t in[QUEUE_BYTES], out[QUEUE_BYTES], block[70000];
	struct pipe_ring ring;
	size_t written = 0, taken = 0;
	unsigned seed = 7;
	(void)state;
	assert_true(pipe_ring_init(&ring, 16));
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)rand_r(&seed);
	while (taken < sizeof(in)) {
		size_t want = (size_t)rand_r(&seed) % (rand_r(&seed) % 3 ? 300 : sizeof(block)) + 1;
		int64_t moved;
		if (want > sizeof(in) - written)
			want = sizeof(in) - written;
		moved = want ? ring_put(&ring, in + written, want, false) : 0;
		assert_true(moved == (int64_t)want || want > PIPE_PAGE || moved == 0);
		written += (size_t)moved;
		assert_int_equal(pipe_ring_bytes(&ring), written - taken);
		want = (size_t)rand_r(&seed) % 20000;
		moved = ring_get(&ring, block, want);
		assert_int_equal(moved, want < written - taken ? want : written - taken);
		memcpy(out + taken, block, (size_t)moved);
		taken += (size_t)moved;
	}
	assert_memory_equal(in, out, sizeof(in));
	pipe_ring_destroy(&ring);
	assert_int_equal(pages_out, 0);
}

static void small_writes_share_a_page_only_when_they_fit_whole(void **state)
{
	uint8_t block[PIPE_PAGE] = { 0 };
	struct pipe_ring ring;
	(void)state;
	assert_true(pipe_ring_init(&ring, 2));
	assert_int_equal(ring_put(&ring, block, 4000, false), 4000);
	assert_int_equal(ring_put(&ring, block, 96, false), 96);
	assert_int_equal(pipe_ring_used(&ring), 1);
	assert_int_equal(ring_put(&ring, block, 4000, false), 4000);
	assert_int_equal(ring_put(&ring, block, 97, false), 0);
	assert_int_equal(ring_put(&ring, block, 96, false), 96);
	assert_true(pipe_ring_full(&ring));
	assert_int_equal(ring_get(&ring, block, 4095), 4095);
	assert_true(pipe_ring_full(&ring));
	pipe_ring_destroy(&ring);
	assert_int_equal(pages_out, 0);
}

static void a_packet_is_read_alone_and_its_rest_is_lost(void **state)
{
	uint8_t block[PIPE_PAGE] = { 0 };
	struct pipe_ring ring;
	(void)state;
	assert_true(pipe_ring_init(&ring, 4));
	assert_int_equal(ring_put(&ring, "packet", 6, true), 6);
	assert_int_equal(ring_put(&ring, "plain", 5, false), 5);
	assert_int_equal(pipe_ring_used(&ring), 2);
	assert_int_equal(ring_get(&ring, block, 3), 3);
	assert_memory_equal(block, "pac", 3);
	assert_int_equal(ring_get(&ring, block, sizeof(block)), 5);
	assert_memory_equal(block, "plain", 5);
	pipe_ring_destroy(&ring);
	assert_int_equal(pages_out, 0);
}

static void a_fault_leaves_nothing_of_its_part(void **state)
{
	uint8_t block[2 * PIPE_PAGE] = { 0 };
	struct pipe_ring ring;
	(void)state;
	assert_true(pipe_ring_init(&ring, 4));
	fault_after = 10;
	assert_int_equal(ring_put(&ring, block, 20, false), -EFAULT);
	assert_true(pipe_ring_empty(&ring));
	fault_after = UINT64_MAX;
	assert_int_equal(ring_put(&ring, block, 100, false), 100);
	fault_after = 10;
	assert_int_equal(ring_put(&ring, block, 20, false), -EFAULT);
	assert_int_equal(pipe_ring_bytes(&ring), 100);
	fault_after = UINT64_MAX;
	pipe_ring_destroy(&ring);
	assert_int_equal(pages_out, 0);
}

static void the_ring_grows_shrinks_and_is_copied(void **state)
{
	static uint8_t in[5 * PIPE_PAGE], out[5 * PIPE_PAGE];
	struct pipe_ring ring, copy;
	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)(i * 7 + i / 256);
	assert_true(pipe_ring_init(&ring, 4) && pipe_ring_init(&copy, 2));
	assert_int_equal(ring_put(&ring, in, 3 * PIPE_PAGE, false), 3 * PIPE_PAGE);
	assert_int_equal(ring_get(&ring, out, PIPE_PAGE), PIPE_PAGE);
	assert_int_equal(ring_put(&ring, in + 3 * PIPE_PAGE, 2 * PIPE_PAGE, false), 2 * PIPE_PAGE);
	assert_int_equal(pipe_ring_resize(&ring, 2), -EBUSY);
	assert_int_equal(pipe_ring_resize(&ring, 8), 0);
	assert_int_equal(pipe_ring_copy(&copy, &ring, PIPE_PAGE + 5), PIPE_PAGE + 5);
	assert_int_equal(ring_get(&copy, out, sizeof(out)), PIPE_PAGE + 5);
	assert_memory_equal(out, in + PIPE_PAGE, PIPE_PAGE + 5);
	pipe_ring_drop(&ring, PIPE_PAGE + 5);
	assert_int_equal(pipe_ring_resize(&ring, 4), 0);
	assert_int_equal(ring_get(&ring, out, sizeof(out)), 3 * PIPE_PAGE - 5);
	assert_memory_equal(out, in + 2 * PIPE_PAGE + 5, 3 * PIPE_PAGE - 5);
	pipe_ring_destroy(&ring);
	pipe_ring_destroy(&copy);
	assert_int_equal(pages_out, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_out_as_they_went_in),
		cmocka_unit_test(small_writes_share_a_page_only_when_they_fit_whole),
		cmocka_unit_test(a_packet_is_read_alone_and_its_rest_is_lost),
		cmocka_unit_test(a_fault_leaves_nothing_of_its_part),
		cmocka_unit_test(the_ring_grows_shrinks_and_is_copied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
