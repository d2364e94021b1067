/* SPDX-License-Identifier: MIT */
/*
 * Tests of regions: mapping, cutting, joining, rights, the search for gaps, limits, moving.
 */
#include "test/test.h"

#include "abi/blocks.h"
#include "abi/guest.h"
#include "test/memory_fixture.h"

#define BASE 0x10000000ull

KERNEL_TEST(memory_map_cuts_and_joins)
{
	struct aspace *space = aspace_create(&root_account);
	TEST_CHECK(space && !map_at(space, BASE, 16, NULL, 0));
	TEST_CHECK(!map_at(space, BASE + PAGES(16), 16, NULL, 0));
	TEST_CHECK(space->region_count == 1 && query(space, BASE).end == BASE + PAGES(32));
	TEST_CHECK(!aspace_unmap(space, BASE + PAGES(4), PAGES(4)));
	TEST_CHECK(space->region_count == 2 && space->mapped == 28);
	TEST_CHECK(query(space, BASE + PAGES(4)).start == BASE + PAGES(8));
	TEST_CHECK(!protect_whole(space, BASE + PAGES(10), PAGES(2), PROT_BIT_READ));
	TEST_CHECK(space->region_count == 4 && space->data == 26);
	TEST_CHECK(store(space, BASE + PAGES(10), 1) == STATUS_BAD_ADDRESS);
	TEST_CHECK(!protect_whole(space, BASE + PAGES(10), PAGES(2), RW));
	TEST_CHECK(space->region_count == 2 && space->data == 28);
	TEST_CHECK(!map_at(space, BASE + PAGES(4), 4, NULL, 0));
	TEST_CHECK(space->region_count == 1 && space->mapped == 32);
	object_put(&space->object);
}

KERNEL_TEST(memory_split_moves_the_offset)
{
	struct aspace *space = aspace_create(&root_account);
	struct memory_object *object = memory_object_create(&root_account, 8, 0);
	TEST_CHECK(space && object && !map_at(space, BASE, 8, object, MAP_FLAG_SHARED));
	for (uint64_t page = 0; page < 8; page++)
		TEST_CHECK(!object_store(object, PAGES(page), page + 100));
	TEST_CHECK(!aspace_unmap(space, BASE + PAGES(2), PAGES(3)));
	TEST_CHECK(query(space, BASE + PAGES(5)).offset == PAGES(5));
	TEST_CHECK(load(space, BASE + PAGES(1)) == 101 && load(space, BASE + PAGES(5)) == 105);
	TEST_CHECK(load(space, BASE + PAGES(2)) == ~0ull);
	object_put(&space->object);
	object_put(&object->object);
}

KERNEL_TEST(memory_tags_keep_regions_apart)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place;
	struct map_request request = {
		.length = PAGES(2), .prot = RW, .flags = MAP_FLAG_FIXED, .address = BASE
	};
	TEST_CHECK(space);
	for (request.tag = 1; request.tag <= 3; request.tag++, request.address += PAGES(2))
		TEST_CHECK(!aspace_map(space, &request, NULL, &place));
	TEST_CHECK(space->region_count == 3);
	TEST_CHECK(!protect_whole(space, BASE + PAGES(1), PAGES(1), PROT_BIT_READ));
	TEST_CHECK(query(space, BASE).tag == 1 && query(space, BASE + PAGES(1)).tag == 1);
	TEST_CHECK(query(space, BASE + PAGES(2)).tag == 2);
	request.tag = 3;
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && space->region_count == 4);
	object_put(&space->object);
}

KERNEL_TEST(memory_protect_respects_the_most_and_gaps)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place;
	struct map_request request = { .address = BASE,
				       .length = PAGES(2),
				       .prot = PROT_BIT_READ,
				       .max_prot = PROT_BIT_READ,
				       .flags = MAP_FLAG_NOREPLACE };
	TEST_CHECK(space && !aspace_map(space, &request, NULL, &place));
	TEST_CHECK(aspace_map(space, &request, NULL, &place) == STATUS_EXISTS);
	TEST_CHECK(protect_whole(space, BASE, PAGES(1), RW) == STATUS_DENIED);
	TEST_CHECK(!map_at(space, BASE + PAGES(4), 2, NULL, 0));
	TEST_CHECK(protect_whole(space, BASE, PAGES(6), 0) == STATUS_NO_MEMORY);
	TEST_CHECK(query(space, BASE).prot == 0 && query(space, BASE + PAGES(4)).prot == RW);
	TEST_CHECK(!store(space, BASE + PAGES(4), 7) && !protect_whole(space, BASE + PAGES(4), PAGES(2), 0));
	TEST_CHECK(load(space, BASE + PAGES(4)) == ~0ull);
	TEST_CHECK(!protect_whole(space, BASE + PAGES(4), PAGES(2), PROT_BIT_READ));
	TEST_CHECK(load(space, BASE + PAGES(4)) == 7);
	object_put(&space->object);
}

/* Every second page of a window taken: single pages fit from the top, longer runs only below. */
KERNEL_TEST(memory_gap_search)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place, low = BASE, high = BASE + PAGES(64);
	struct map_request request = { .length = PAGES(1), .prot = RW, .low = low, .high = high };
	TEST_CHECK(space);
	for (uint64_t page = 32; page < 64; page += 2)
		TEST_CHECK(!map_at(space, low + PAGES(page), 1, NULL, 0));
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && place == low + PAGES(63));
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && place == low + PAGES(61));
	request.length = PAGES(2);
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && place == low + PAGES(30));
	request.length = PAGES(30);
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && place == low);
	request.length = PAGES(2);
	TEST_CHECK(aspace_map(space, &request, NULL, &place) == STATUS_NO_MEMORY);
	request.address = BASE + PAGES(100);
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && place == BASE + PAGES(100));
	object_put(&space->object);
}

/* Pseudo-random maps and unmaps against a plain array of pages. */
KERNEL_TEST(memory_regions_against_a_model)
{
	enum { MODEL_PAGES = 256 };
	static bool model[MODEL_PAGES];
	struct aspace *space = aspace_create(&root_account);
	uint64_t seed = 12345;
	TEST_CHECK(space);
	for (unsigned i = 0; i < MODEL_PAGES; i++)
		model[i] = false;
	for (unsigned step = 0; step < 2000; step++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		uint64_t first = seed >> 40 & 255, count = (seed >> 50 & 31) + 1;
		bool map = seed >> 60 & 1;
		if (first + count > MODEL_PAGES)
			count = MODEL_PAGES - first;
		TEST_CHECK(!(map ? map_at(space, BASE + PAGES(first), count, NULL, 0)
				 : aspace_unmap(space, BASE + PAGES(first), PAGES(count))));
		for (uint64_t page = first; page < first + count; page++)
			model[page] = map;
		uint64_t mapped = 0, probe = seed >> 30 & 255;
		for (unsigned page = 0; page < MODEL_PAGES; page++)
			mapped += model[page];
		TEST_CHECK(space->mapped == mapped && space->data == mapped);
		TEST_CHECK((region_at(space, BASE + PAGES(probe)) != NULL) == model[probe]);
		TEST_CHECK(!model[probe] || !store(space, BASE + PAGES(probe), step));
	}
	TEST_CHECK(!aspace_unmap(space, BASE, PAGES(MODEL_PAGES)));
	TEST_CHECK(!space->mapped && !space->resident && !space->private && !space->region_count);
	object_put(&space->object);
}

KERNEL_TEST(memory_limits)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place;
	struct map_request request = { .length = PAGES(4), .prot = RW };
	TEST_CHECK(space && !aspace_set_limit(space, LIMIT_MAPPED, PAGES(8)));
	TEST_CHECK(!aspace_map(space, &request, NULL, &place) && !aspace_map(space, &request, NULL, &place));
	TEST_CHECK(aspace_map(space, &request, NULL, &place) == STATUS_NO_MEMORY);
	TEST_CHECK(!aspace_set_limit(space, LIMIT_MAPPED, UINT64_MAX) &&
		   !aspace_set_limit(space, LIMIT_DATA, PAGES(10)));
	TEST_CHECK(aspace_map(space, &request, NULL, &place) == STATUS_NO_MEMORY);
	request.prot = PROT_BIT_READ;
	TEST_CHECK(!aspace_map(space, &request, NULL, &place));
	TEST_CHECK(protect_whole(space, place, PAGES(4), RW) == STATUS_NO_MEMORY);
	TEST_CHECK(!aspace_set_limit(space, LIMIT_LOCKED, PAGES(2)));
	uint64_t progress = 0;
	TEST_CHECK(aspace_advise(space, place, PAGES(3), ADVICE_LOCK, &progress) == STATUS_LIMIT);
	TEST_CHECK(!aspace_advise(space, place, PAGES(2), ADVICE_LOCK, &progress) && space->locked == 2);
	TEST_CHECK(!aspace_set_limit(space, LIMIT_REGIONS, space->region_count));
	TEST_CHECK(aspace_map(space, &request, NULL, &place) == STATUS_LIMIT);
	TEST_CHECK(aspace_set_limit(space, LIMIT_COUNT, 0) == STATUS_INVALID);
	object_put(&space->object);
}

KERNEL_TEST(memory_stack_grows_to_its_limit)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place;
	uint32_t reason;
	struct map_request request = { .address = BASE,
				       .length = PAGES(2),
				       .prot = RW,
				       .flags = MAP_FLAG_FIXED | MAP_FLAG_GROWS_DOWN,
				       .grow_limit = BASE - PAGES(600) };
	TEST_CHECK(space && !aspace_map(space, &request, NULL, &place));
	TEST_CHECK(!store(space, BASE - PAGES(5), 9) &&
		   query(space, BASE - PAGES(5)).start == BASE - PAGES(5));
	TEST_CHECK(!store(space, BASE - PAGES(599), 9));
	TEST_CHECK(aspace_touch(space, BASE - PAGES(601), PROT_BIT_WRITE, 0, &reason) == STATUS_BAD_ADDRESS);
	TEST_CHECK(reason == FAULT_NO_REGION);
	TEST_CHECK(!aspace_unmap(space, BASE - PAGES(599), PAGES(598)));
	TEST_CHECK(!map_at(space, BASE - PAGES(400), 1, NULL, 0));
	TEST_CHECK(store(space, BASE - PAGES(300), 1) == STATUS_BAD_ADDRESS); /* within the guard */
	object_put(&space->object);
}

KERNEL_TEST(memory_remap_shrinks_grows_moves)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place;
	struct remap_request request = { .address = BASE, .length = PAGES(4), .new_length = PAGES(2) };
	TEST_CHECK(space && !map_at(space, BASE, 4, NULL, 0));
	for (uint64_t page = 0; page < 4; page++)
		TEST_CHECK(!store(space, BASE + PAGES(page), page + 1));
	TEST_CHECK(!remap_whole(space, &request, &place) && place == BASE && space->mapped == 2);
	request.length = PAGES(2);
	request.new_length = PAGES(8);
	TEST_CHECK(!remap_whole(space, &request, &place) && place == BASE && space->mapped == 8);
	TEST_CHECK(load(space, BASE + PAGES(1)) == 2 && load(space, BASE + PAGES(2)) == 0);
	TEST_CHECK(!map_at(space, BASE + PAGES(9), 1, NULL, 0));
	request.length = PAGES(8);
	request.new_length = PAGES(10);
	TEST_CHECK(remap_whole(space, &request, &place) == STATUS_NO_MEMORY);
	request.flags = REMAP_MAY_MOVE;
	TEST_CHECK(!remap_whole(space, &request, &place) && place != BASE && space->mapped == 11);
	TEST_CHECK(load(space, BASE) == ~0ull && load(space, place) == 1 &&
		   load(space, place + PAGES(1)) == 2);
	TEST_CHECK(space->private == 2 || !store(space, place, 5));
	object_put(&space->object);
}

KERNEL_TEST(memory_remap_fixed_and_keeping)
{
	struct aspace *space = aspace_create(&root_account);
	uint64_t place, to = BASE + PAGES(64);
	struct remap_request request = { .address = BASE,
					 .length = PAGES(4),
					 .new_length = PAGES(4),
					 .new_address = to,
					 .flags = REMAP_MAY_MOVE | REMAP_FIXED };
	TEST_CHECK(space && !map_at(space, BASE, 4, NULL, 0) && !map_at(space, to, 8, NULL, 0));
	TEST_CHECK(!store(space, BASE + PAGES(3), 3) && !store(space, to + PAGES(3), 33));
	TEST_CHECK(!remap_whole(space, &request, &place) && place == to && load(space, to + PAGES(3)) == 3);
	TEST_CHECK(space->mapped == 8 && load(space, BASE) == ~0ull);
	request = (struct remap_request){ .address = to,
					  .length = PAGES(4),
					  .new_length = PAGES(4),
					  .flags = REMAP_MAY_MOVE | REMAP_KEEP_OLD };
	TEST_CHECK(!remap_whole(space, &request, &place) && space->mapped == 12);
	TEST_CHECK(load(space, place + PAGES(3)) == 3 && load(space, to + PAGES(3)) == 0);
	request.flags = REMAP_MAY_MOVE | REMAP_FIXED;
	request.new_address = to + PAGES(1);
	TEST_CHECK(remap_whole(space, &request, &place) == STATUS_INVALID);
	request.address = BASE;
	request.flags = REMAP_MAY_MOVE;
	TEST_CHECK(remap_whole(space, &request, &place) == STATUS_BAD_ADDRESS);
	object_put(&space->object);
}
