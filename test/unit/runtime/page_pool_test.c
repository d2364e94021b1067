/* SPDX-License-Identifier: MIT */
/*
 * The page pool: simple cases, and a long random run against a plain array that says who owns each page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "runtime/page_pool.h"

static struct page_pool pool;
static uint8_t owned[PAGE_POOL_PAGES];

static void start(void)
{
	memset(&pool, 0, sizeof pool);
	memset(owned, 0, sizeof owned);
}

static void freed_pages_are_dirty_and_come_again(void **state)
{
	(void)state;
	start();
	assert_int_equal(page_pool_take(&pool, 3), 0);
	assert_int_equal(page_pool_take(&pool, 2), 3);
	assert_false(page_pool_is_dirty(&pool, 1));
	page_pool_give(&pool, 1, 2);
	assert_true(page_pool_is_dirty(&pool, 1));
	assert_int_equal(page_pool_take(&pool, 3), 5);
	assert_int_equal(page_pool_take(&pool, 2), 1);
	page_pool_cleared(&pool, 1, 2);
	assert_false(page_pool_is_dirty(&pool, 2));
}

static void full_pool_answers_none(void **state)
{
	(void)state;
	start();
	assert_int_equal(page_pool_take(&pool, PAGE_POOL_PAGES + 1), PAGE_POOL_NONE);
	assert_int_equal(page_pool_take(&pool, 0), PAGE_POOL_NONE);
	assert_int_equal(page_pool_take(&pool, PAGE_POOL_PAGES), 0);
	assert_int_equal(page_pool_take(&pool, 1), PAGE_POOL_NONE);
	page_pool_give(&pool, PAGE_POOL_PAGES - 1, 100);
	assert_int_equal(page_pool_take(&pool, 1), PAGE_POOL_PAGES - 1);
}

static void retired_pages_never_come_back(void **state)
{
	(void)state;
	start();
	assert_int_equal(page_pool_take(&pool, 4), 0);
	page_pool_retire(&pool, 1, 1);
	page_pool_give(&pool, 0, 4);
	assert_int_equal(page_pool_take(&pool, 2), 2);
	assert_int_equal(page_pool_take(&pool, 1), 0);
	assert_int_equal(page_pool_take(&pool, 1), 4);
}

static void take_some(uint32_t count)
{
	uint32_t first = page_pool_take(&pool, count);

	if (first == PAGE_POOL_NONE)
		return;
	assert_true(first + count <= PAGE_POOL_PAGES);
	for (uint32_t page = first; page < first + count; page++) {
		assert_int_equal(owned[page], 0);
		owned[page] = 1;
	}
}

static void give_some(uint32_t first, uint32_t count)
{
	page_pool_give(&pool, first, count);
	for (uint32_t page = first; page < first + count && page < PAGE_POOL_PAGES; page++)
		owned[page] = 0;
}

static void no_page_is_given_twice(void **state)
{
	(void)state;
	start();
	srand(3);
	for (int i = 0; i < 20000; i++) {
		if (rand() % 3 != 0)
			take_some(1 + (uint32_t)rand() % 40);
		else
			give_some((uint32_t)rand() % PAGE_POOL_PAGES, 1 + (uint32_t)rand() % 60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(freed_pages_are_dirty_and_come_again),
		cmocka_unit_test(full_pool_answers_none),
		cmocka_unit_test(retired_pages_never_come_back),
		cmocka_unit_test(no_page_is_given_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
