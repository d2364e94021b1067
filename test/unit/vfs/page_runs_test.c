/* SPDX-License-Identifier: MIT */
/*
 * Sets of pages, against a bitmap.
 */
#include <string.h>
#include "harness.h"
#include "vfs/page_runs.h"

#define PAGES 200u
#define ROUNDS 20000u

static void compare(const struct page_runs *set, const bool *expected)
{
	uint64_t pages = 0, end = 0;

	for (uint32_t i = 0; i < PAGES; i++) {
		assert_int_equal(page_runs_missing(set, i, i + 1), !expected[i]);
		pages += expected[i];
		if (expected[i])
			end = i + 1;
	}
	assert_int_equal(set->pages, pages);
	assert_int_equal(page_runs_end(set), end);
	for (uint32_t i = 1; i < set->count; i++)
		assert_true(set->runs[i - 1].end < set->runs[i].start);
}

static void runs_equal_a_bitmap(void **state)
{
	struct page_runs set = { 0 };
	bool expected[PAGES] = { false };
	uint64_t seed = 1;

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		uint32_t start = random_below(&seed, PAGES),
			 end = start + random_below(&seed, PAGES - start + 1);
		bool add = random_below(&seed, 2);

		assert_int_equal(page_runs_prepare(&set), STATUS_OK);
		if (add)
			page_runs_add(&set, start, end);
		else
			page_runs_cut(&set, start, end);
		memset(expected + start, add, end - start);
		compare(&set, expected);
	}
	page_runs_free(&set);
	assert_int_equal(store_live(), 0);
}

static void prefix_is_the_run_at_zero(void **state)
{
	struct page_runs set = { 0 };

	(void)state;
	assert_int_equal(page_runs_prefix(&set), 0);
	assert_int_equal(page_runs_prepare(&set), STATUS_OK);
	page_runs_add(&set, 5, 9);
	assert_int_equal(page_runs_prefix(&set), 0);
	assert_int_equal(page_runs_prepare(&set), STATUS_OK);
	page_runs_add(&set, 0, 5);
	assert_int_equal(page_runs_prefix(&set), 9);
	page_runs_cut(&set, 3, UINT64_MAX);
	assert_int_equal(page_runs_prefix(&set), 3);
	page_runs_free(&set);
}

static void without_memory_nothing_changes(void **state)
{
	struct page_runs set = { 0 };

	(void)state;
	store_fail_at(1);
	assert_int_equal(page_runs_prepare(&set), STATUS_NO_MEMORY);
	assert_int_equal(set.capacity, 0);
	assert_int_equal(page_runs_prepare(&set), STATUS_OK);
	page_runs_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_equal_a_bitmap),
		cmocka_unit_test(prefix_is_the_run_at_zero),
		cmocka_unit_test(without_memory_nothing_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
