/* SPDX-License-Identifier: MIT */
/*
 * Tests of copies: every short length across page ends, long ones, strings, bad addresses, forced writes.
 */
#include "test/test.h"

#include "structure/bytes.h"
#include "test/memory_fixture.h"

#define BASE 0x10000000ull
#define LENGTHS 65u

static uint8_t pattern(uint64_t i)
{
	return (uint8_t)(i * 7 + 3);
}

KERNEL_TEST(memory_copy_lengths_and_page_ends)
{
	struct aspace *space = aspace_create(&root_account);
	uint8_t out[LENGTHS + 2], in[LENGTHS + 2];
	TEST_CHECK(space && !map_at(space, BASE, 4, NULL, 0));
	for (uint64_t i = 0; i < sizeof out; i++)
		out[i] = pattern(i);
	for (uint64_t start = BASE + PAGE_SIZE - 66; start < BASE + PAGE_SIZE + 2; start++) {
		for (size_t length = 0; length < LENGTHS; length++) {
			memset(in, 0xee, sizeof in);
			TEST_CHECK(!copy_out(space, (uaddr_t){ start }, out + 1, length));
			TEST_CHECK(!copy_in(space, in + 1, (uaddr_t){ start }, length));
			TEST_CHECK(!memcmp(in + 1, out + 1, length) && in[0] == 0xee &&
				   in[length + 1] == 0xee);
		}
	}
	object_put(&space->object);
}

KERNEL_TEST(memory_copy_between_spaces_and_objects)
{
	struct aspace *a = aspace_create(&root_account), *b = aspace_create(&root_account);
	struct memory_object *object = memory_object_create(&root_account, 8, 0);
	TEST_CHECK(a && b && object && !map_at(a, BASE, 8, NULL, 0) && !map_at(b, BASE, 4, NULL, 0));
	for (uint64_t at = 0; at < PAGES(8); at += 8)
		TEST_CHECK(!store(a, BASE + at, at));
	struct copy_side from = copy_side_space(a, BASE + 24), to = copy_side_object(object, 4096 - 16);
	uint64_t done = 0;
	TEST_CHECK(!copy_run(&to, &from, PAGES(4), &done) && done == PAGES(4));
	TEST_CHECK(object_load(object, 4096 - 16) == 24 &&
		   object_load(object, 4096 - 16 + PAGES(3)) == 24 + PAGES(3));
	TEST_CHECK(object_load(object, 0) == 0 && object->resident == 5);
	from = to;
	to = copy_side_space(b, BASE + PAGES(1));
	done = 0; /* three pages are there, then the mapping ends */
	TEST_CHECK(copy_run(&to, &from, PAGES(4), &done) == STATUS_BAD_ADDRESS && done == PAGES(3));
	TEST_CHECK(load(b, BASE + PAGES(2)) == 24 + PAGES(1));
	from = copy_side_object(object, PAGES(8) - 8);
	done = 0;
	TEST_CHECK(copy_run(&to, &from, 16, &done) == STATUS_OUT_OF_RANGE && done == 8);
	object_put(&a->object);
	object_put(&b->object);
	object_put(&object->object);
}

KERNEL_TEST(memory_copy_within_one_object)
{
	struct aspace *space = aspace_create(&root_account);
	struct memory_object *a = memory_object_create(&root_account, 1, 0);
	struct memory_object *b = memory_object_create(&root_account, 1, 0);
	struct page_range range = { .count = 1 };
	uint64_t done = 0;
	TEST_CHECK(space && a && b && !object_store(a, 0, 1) && !object_store(a, 8, 2));
	TEST_CHECK(!object_share(b, a, &range, &done) && !map_at(space, BASE, 1, b, MAP_FLAG_SHARED));
	/* Source and destination are the same page, which is replaced when it is first written. */
	struct copy_side from = copy_side_space(space, BASE), to = copy_side_object(b, 16);
	done = 0;
	TEST_CHECK(!copy_run(&to, &from, 16, &done));
	TEST_CHECK(load(space, BASE + 16) == 1 && load(space, BASE + 24) == 2 && object_load(a, 16) == 0);
	object_put(&space->object);
	object_put(&a->object);
	object_put(&b->object);
}

KERNEL_TEST(memory_copy_strings)
{
	struct aspace *space = aspace_create(&root_account);
	char text[300];
	uint64_t length;
	TEST_CHECK(space && !map_at(space, BASE, 2, NULL, 0));
	struct copy_side to = copy_side_kernel(text);
	for (uint64_t bytes = 0; bytes < 200; bytes++) {
		uint64_t place = BASE + PAGE_SIZE - 100;
		memset(text, 'x', sizeof text);
		text[bytes] = 0;
		TEST_CHECK(!copy_out(space, (uaddr_t){ place }, text, bytes + 1));
		struct copy_side from = copy_side_space(space, place);
		TEST_CHECK(!copy_string(&to, &from, sizeof text, &length) && length == bytes && !text[bytes]);
		TEST_CHECK(copy_string(&to, &from, bytes, &length) == STATUS_TOO_BIG);
	}
	memset(text, 'x', sizeof text);
	TEST_CHECK(!copy_out(space, (uaddr_t){ BASE + PAGES(2) - 50 }, text, 50));
	struct copy_side end = copy_side_space(space, BASE + PAGES(2) - 50);
	TEST_CHECK(copy_string(&to, &end, sizeof text, &length) == STATUS_BAD_ADDRESS);
	object_put(&space->object);
}

KERNEL_TEST(memory_copy_addresses_that_are_none)
{
	struct aspace *space = aspace_create(&root_account);
	static const uint64_t bad[] = { 0,
					1,
					USER_LIMIT - 4,
					USER_LIMIT,
					0x800000000000ull,
					DIRECT_MAP_BASE,
					KERNEL_BASE,
					UINT64_MAX - 3,
					UINT64_MAX };
	uint64_t word = 5;
	TEST_CHECK(space && !map_at(space, USER_LIMIT - PAGES(1), 1, NULL, 0));
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		TEST_CHECK(copy_in(space, &word, (uaddr_t){ bad[i] }, sizeof word) == STATUS_BAD_ADDRESS);
		TEST_CHECK(copy_out(space, (uaddr_t){ bad[i] }, &word, sizeof word) == STATUS_BAD_ADDRESS);
	}
	TEST_CHECK(!store(space, USER_LIMIT - 8, 9) && load(space, USER_LIMIT - 8) == 9);
	object_put(&space->object);
}

KERNEL_TEST(memory_copy_forced_writes_stay_private)
{
	struct aspace *space = aspace_create(&root_account);
	struct memory_object *object = memory_object_create(&root_account, 1, 0);
	uint64_t word = 9, done = 0;
	TEST_CHECK(space && object && !object_store(object, 0, 1) && !map_at(space, BASE, 1, object, 0));
	TEST_CHECK(!protect_whole(space, BASE, PAGES(1), PROT_BIT_READ | PROT_BIT_EXEC) &&
		   load(space, BASE) == 1);
	struct copy_side from = copy_side_kernel(&word);
	struct copy_side to = { .aspace = space, .address = BASE, .flags = TOUCH_FORCE };
	TEST_CHECK(!copy_run(&to, &from, sizeof word, &done));
	TEST_CHECK(load(space, BASE) == 9 && object_load(object, 0) == 1);
	TEST_CHECK(store(space, BASE, 2) == STATUS_BAD_ADDRESS);
	TEST_CHECK(!map_at(space, BASE, 1, object, MAP_FLAG_SHARED));
	TEST_CHECK(!protect_whole(space, BASE, PAGES(1), PROT_BIT_READ));
	done = 0;
	TEST_CHECK(copy_run(&to, &from, sizeof word, &done) == STATUS_BAD_ADDRESS);
	object_put(&space->object);
	object_put(&object->object);
}

KERNEL_TEST(memory_compare_exchange)
{
	struct aspace *space = aspace_create(&root_account);
	uint32_t old;
	TEST_CHECK(space && !map_at(space, BASE, 1, NULL, 0));
	TEST_CHECK(!copy_compare_exchange(space, BASE + 4, 0, 7, &old) && old == 0);
	TEST_CHECK(!copy_compare_exchange(space, BASE + 4, 0, 8, &old) && old == 7);
	TEST_CHECK(load(space, BASE) == 7ull << 32);
	TEST_CHECK(copy_compare_exchange(space, BASE + 2, 0, 8, &old) == STATUS_INVALID);
	TEST_CHECK(copy_compare_exchange(space, BASE + PAGES(1), 0, 8, &old) == STATUS_BAD_ADDRESS);
	object_put(&space->object);
}
