/* SPDX-License-Identifier: MIT */
/*
 * The arena: pieces of all sizes are zeroed, apart from each other, and used again; what was left is found again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include "abi/types.h"
#include "vfs/store.h"

#define ARENA_PAGES 4096u
#define PIECES 500u
#define ROUNDS 100000u

struct piece {
	uint8_t *memory;
	size_t bytes;
	uint8_t mark;
};

static uint8_t *arena;
static uint64_t released;

static void release(uint64_t page, uint64_t count)
{
	memset(arena + page * PAGE_SIZE, 0, count * PAGE_SIZE);
	mprotect(arena + page * PAGE_SIZE, count * PAGE_SIZE, PROT_NONE);
	released += count;
}

static bool refuse;

/* What was not committed, or was released, cannot be touched. */
static bool commit(uint64_t page, uint64_t count)
{
	return !refuse && !mprotect(arena + page * PAGE_SIZE, count * PAGE_SIZE, PROT_READ | PROT_WRITE);
}

static int start(void **state)
{
	(void)state;
	arena = mmap(NULL, ARENA_PAGES * PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(arena != MAP_FAILED);
	assert_true(store_start(arena, ARENA_PAGES, release, commit));
	return 0;
}

static int stop(void **state)
{
	(void)state;
	munmap(arena, ARENA_PAGES * PAGE_SIZE);
	return 0;
}

static uint32_t below(uint32_t limit)
{
	static uint64_t seed = 5;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((seed >> 33) % limit);
}

static void check_bytes(const struct piece *piece, uint8_t expected)
{
	for (size_t i = 0; i < piece->bytes; i++)
		assert_int_equal(piece->memory[i], expected);
}

static void pieces_are_zeroed_and_apart(void **state)
{
	static struct piece pieces[PIECES];

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct piece *piece = &pieces[below(PIECES)];

		if (piece->memory) {
			check_bytes(piece, piece->mark);
			store_free(piece->memory, piece->bytes);
			piece->memory = NULL;
			continue;
		}
		piece->bytes = below(50) ? 1 + below(600) : 1 + below(40000);
		piece->memory = store_allocate(piece->bytes);
		piece->mark = (uint8_t)(1 + below(255));
		assert_non_null(piece->memory);
		assert_true((uintptr_t)piece->memory % 16 == 0);
		check_bytes(piece, 0);
		memset(piece->memory, piece->mark, piece->bytes);
	}
	for (unsigned i = 0; i < PIECES; i++)
		store_free(pieces[i].memory, pieces[i].bytes);
}

static void a_full_arena_says_so_and_recovers(void **state)
{
	void *pieces[ARENA_PAGES];
	size_t count = 0;

	(void)state;
	while ((pieces[count] = store_allocate(PAGE_SIZE)))
		count++;
	assert_int_equal(count, ARENA_PAGES - 1);
	assert_null(store_allocate(1));
	store_free(pieces[--count], PAGE_SIZE);
	pieces[count] = store_allocate(100);
	assert_non_null(pieces[count]);
	store_free(pieces[count], 100);
	while (count--)
		store_free(pieces[count], PAGE_SIZE);
	assert_non_null(store_allocate(1));
	assert_null(store_allocate((size_t)1 << 50));
}

static void pages_of_small_pieces_become_free(void **state)
{
	enum { SMALL = 64 * ARENA_PAGES };
	void **pieces = calloc(SMALL, sizeof *pieces);
	size_t count = 0;

	(void)state;
	assert_non_null(pieces);
	while (count < SMALL && (pieces[count] = store_allocate(100)))
		count++;
	assert_true(count > 30 * ARENA_PAGES && count < SMALL);
	while (count)
		store_free(pieces[--count], 100);
	while ((pieces[count] = store_allocate(PAGE_SIZE)))
		count++;
	assert_int_equal(count, ARENA_PAGES - 1);
	free(pieces);
}

static void large_pieces_are_given_back(void **state)
{
	uint64_t before = released;
	uint8_t *piece = store_allocate(64 * PAGE_SIZE);

	(void)state;
	assert_non_null(piece);
	memset(piece, 1, 64 * PAGE_SIZE);
	store_free(piece, 64 * PAGE_SIZE);
	assert_int_equal(released - before, 63);
	assert_ptr_equal(store_allocate(63 * PAGE_SIZE), piece);
}

static void an_arena_that_cannot_grow_answers_null(void **state)
{
	uint8_t *piece = store_allocate(64 * PAGE_SIZE), *other;
	uint32_t more = 0;

	(void)state;
	assert_non_null(piece);
	store_free(piece, 64 * PAGE_SIZE);
	refuse = true;
	while (store_allocate(64 * PAGE_SIZE))
		more++;
	assert_true(more < 3); /* what was committed ahead */
	assert_null(store_allocate(128 * PAGE_SIZE));
	refuse = false;
	other = store_allocate(64 * PAGE_SIZE);
	assert_ptr_equal(other, piece);
	store_free(other, 64 * PAGE_SIZE);
}

static void what_was_left_is_found(void **state)
{
	char *kept = store_allocate(40);

	(void)state;
	assert_null(*store_root());
	strcpy(kept, "kept");
	*store_root() = kept;
	assert_true(store_start(arena, ARENA_PAGES, release, commit));
	assert_string_equal(*store_root(), "kept");
	assert_ptr_not_equal(store_allocate(40), kept);
	assert_false(store_start(arena, ARENA_PAGES / 2, release, commit));
	arena[0] ^= 1;
	assert_false(store_start(arena, ARENA_PAGES, release, commit));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pieces_are_zeroed_and_apart, start, stop),
		cmocka_unit_test_setup_teardown(a_full_arena_says_so_and_recovers, start, stop),
		cmocka_unit_test_setup_teardown(pages_of_small_pieces_become_free, start, stop),
		cmocka_unit_test_setup_teardown(large_pieces_are_given_back, start, stop),
		cmocka_unit_test_setup_teardown(an_arena_that_cannot_grow_answers_null, start, stop),
		cmocka_unit_test_setup_teardown(what_was_left_is_found, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
