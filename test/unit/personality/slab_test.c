/* SPDX-License-Identifier: MIT */
/*
 * The arena's allocator over host memory, against a model that remembers what is in every block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "core/errno.h"
#include "core/lock.h"
#include "core/slab.h"

#define PAGES 4096u
#define BLOCKS 2000u

static void *arena_memory;

/* One thread only: the lock is a flag that must be free. */
void lock_init(struct lock *lock, enum lock_rank rank)
{
	*lock = LOCK_INIT((uint16_t)rank);
}

void lock_acquire(struct lock *lock)
{
	assert_int_equal(lock->word, 0);
	lock->word = 1;
}

void lock_release(struct lock *lock)
{
	assert_int_equal(lock->word, 1);
	lock->word = 0;
}

static bool refuse;

/* What was not committed cannot be touched. */
static bool commit(void *place, uint64_t bytes)
{
	return !refuse && !mprotect(place, bytes, PROT_READ | PROT_WRITE);
}

static int make_arena(void **state)
{
	(void)state;
	arena_memory = mmap(NULL, (size_t)PAGES * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arena_memory == MAP_FAILED)
		return -1;
	return slab_init(arena_memory, PAGES, commit);
}

static int drop_arena(void **state)
{
	(void)state;
	munmap(arena_memory, (size_t)PAGES * 4096);
	return 0;
}

static void is_filled_with(const uint8_t *block, size_t bytes, uint8_t value)
{
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(block[i], value);
}

static void blocks_are_zeroed_aligned_and_apart(void **state)
{
	static struct {
		uint8_t *block;
		size_t bytes;
	} blocks[BLOCKS];
	uint64_t before = slab_pages_used();
	(void)state;
	srand(1);
	for (uint32_t step = 0; step < 40 * BLOCKS; step++) {
		uint32_t i = (uint32_t)rand() % BLOCKS;
		if (blocks[i].block) {
			is_filled_with(blocks[i].block, blocks[i].bytes, (uint8_t)(i | 1));
			slab_free(blocks[i].block, blocks[i].bytes);
			blocks[i].block = NULL;
			continue;
		}
		blocks[i].bytes = rand() % 50 ? 1 + (size_t)rand() % 700 : 1 + (size_t)rand() % 20000;
		blocks[i].block = slab_allocate(blocks[i].bytes);
		if (!blocks[i].block)
			continue;
		is_filled_with(blocks[i].block, blocks[i].bytes, 0);
		assert_int_equal((uintptr_t)blocks[i].block % (blocks[i].bytes > 2048 ? 4096 : 32), 0);
		memset(blocks[i].block, (int)(i | 1), blocks[i].bytes);
	}
	for (uint32_t i = 0; i < BLOCKS; i++)
		if (blocks[i].block)
			slab_free(blocks[i].block, blocks[i].bytes);
	assert_int_equal(slab_pages_used(), before);
}

static void an_arena_that_cannot_grow_answers_null(void **state)
{
	static void *blocks[PAGES];
	uint32_t count = 0;
	(void)state;
	refuse = true;
	while ((blocks[count] = slab_allocate(4096)))
		count++;
	assert_true(slab_pages_used() < slab_pages_total());
	assert_null(slab_allocate(32));
	refuse = false;
	assert_non_null(blocks[count] = slab_allocate(4096));
	for (uint32_t i = 0; i <= count; i++)
		slab_free(blocks[i], 4096);
}

static void a_full_arena_answers_null_and_recovers(void **state)
{
	static void *pages[PAGES];
	uint32_t count = 0;
	(void)state;
	while ((pages[count] = slab_allocate(4096)))
		count++;
	assert_int_equal(slab_pages_used(), slab_pages_total());
	assert_null(slab_allocate(32));
	while (count)
		slab_free(pages[--count], 4096);
	void *large = slab_allocate(1 << 22);
	assert_non_null(large);
	slab_free(large, 1 << 22);
	assert_null(slab_allocate(SLAB_BYTES_MAX + 1));
}

static void an_arena_is_found_again(void **state)
{
	uint64_t *kept = slab_allocate(64);
	(void)state;
	*kept = 0x1234;
	assert_int_equal(slab_init(arena_memory, PAGES, commit), 0);
	assert_int_equal(*kept, 0x1234);
	slab_free(kept, 64);
	assert_int_equal(slab_init(arena_memory, PAGES / 2, commit), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_zeroed_aligned_and_apart),
		cmocka_unit_test(an_arena_that_cannot_grow_answers_null),
		cmocka_unit_test(a_full_arena_answers_null_and_recovers),
		cmocka_unit_test(an_arena_is_found_again),
	};
	return cmocka_run_group_tests(tests, make_arena, drop_arena);
}
