/* SPDX-License-Identifier: MIT */
/*
 * Tests of routes that change the guest's memory, and of the busy word that they take for it.
 */
#include "structure/bytes.h"
#include "test/route_fixture.h"
#include "test/test.h"

#define SPACE_PLACE ROUTE_FIXTURE_BLOCKS
#define BUFFER ROUTE_FIXTURE_BUFFER
#define BREAK_START 0x2000000ull
#define HEAP_TAG 9u
#define FORWARDED ROUTE_FIXTURE_FORWARDED

static struct route_fixture space_make(struct route_space **space)
{
	struct route_fixture f = route_fixture_make();
	if (!f.table || store(f.domain->aspace, SPACE_PLACE, 0)) {
		f.table = NULL;
		return f;
	}
	*space = aspace_byte(f.domain->aspace, SPACE_PLACE, PROT_BIT_WRITE, 0);
	**space = (struct route_space){ .break_start = BREAK_START, .break_end = BREAK_START };
	f.thread->record->route_space = SPACE_PLACE;
	return f;
}

static int64_t map(struct route_fixture *f, uint64_t address, uint64_t bytes, uint64_t prot, uint64_t offset)
{
	return route_fixture_call4(f, ROUTE_MAP, (const uint64_t[4]){ address, bytes, prot, offset });
}

KERNEL_TEST(route_map_goes_where_the_space_says)
{
	struct route_space *space;
	struct route_fixture f = space_make(&space);
	TEST_CHECK(f.table);
	struct aspace *guest = f.thread->guest_aspace;
	space->anonymous_high = 0x40000000;
	TEST_CHECK(map(&f, 0, PAGE_SIZE + 1, RW, 0) == 0x40000000 - 2 * (int64_t)PAGE_SIZE && !space->busy);
	TEST_CHECK(map(&f, 0, 1, 0, 0) == 0x40000000 - 3 * (int64_t)PAGE_SIZE);
	struct region_info region = query(guest, 0x40000000 - PAGE_SIZE);
	TEST_CHECK(region.end == 0x40000000 && region.prot == RW && !region.tag);
	TEST_CHECK(!store(guest, 0x40000000 - 8, 3));
	space->anonymous_high = 0;
	TEST_CHECK(map(&f, 0, PAGE_SIZE, RW, 0) == (int64_t)(DEFAULT_HIGH - PAGE_SIZE));
	uint64_t regions = guest->region_count;
	TEST_CHECK(map(&f, 0, 0, RW, 0) == FORWARDED && map(&f, 0, ~0ull, RW, 0) == FORWARDED);
	TEST_CHECK(map(&f, 0, USER_LIMIT, RW, 0) == FORWARDED && map(&f, 8, 8, RW, 0) == FORWARDED);
	TEST_CHECK(map(&f, 0, 8, RW, 1) == FORWARDED && map(&f, 0, 8, 8, 0) == FORWARDED);
	guest->limits[LIMIT_MAPPED] = guest->mapped << PAGE_SHIFT;
	TEST_CHECK(map(&f, 0, PAGE_SIZE, RW, 0) == FORWARDED && guest->region_count == regions &&
		   !space->busy);
	route_fixture_end(&f);
}

KERNEL_TEST(route_unmap_and_protect_ranges)
{
	struct route_space *space;
	struct route_fixture f = space_make(&space);
	TEST_CHECK(f.table);
	struct aspace *guest = f.thread->guest_aspace;
	TEST_CHECK(!store(guest, BUFFER, 5) && !store(guest, BUFFER + PAGE_SIZE, 6));
	TEST_CHECK(route_fixture_call(&f, ROUTE_PROTECT, BUFFER, 100, PROT_BIT_READ) == 0);
	TEST_CHECK(store(guest, BUFFER, 7) == STATUS_BAD_ADDRESS && !store(guest, BUFFER + PAGE_SIZE, 8));
	TEST_CHECK(load(guest, BUFFER) == 5);
	TEST_CHECK(route_fixture_call(&f, ROUTE_UNMAP, BUFFER + PAGE_SIZE, 1, 0) == 0 && !space->busy);
	TEST_CHECK(load(guest, BUFFER + PAGE_SIZE) == ~0ull && load(guest, BUFFER) == 5);
	/* A gap ends a change of rights; the personality says how. */
	TEST_CHECK(route_fixture_call(&f, ROUTE_PROTECT, BUFFER, 3 * PAGE_SIZE, RW) == FORWARDED);
	const uint64_t wrong[][2] = {
		{ BUFFER + 1, 8 }, { BUFFER, 0 }, { BUFFER, ~0ull }, { USER_LIMIT, 8 }, { BUFFER, USER_LIMIT }
	};
	for (unsigned i = 0; i < 5; i++) {
		TEST_CHECK(route_fixture_call(&f, ROUTE_UNMAP, wrong[i][0], wrong[i][1], 0) == FORWARDED);
		TEST_CHECK(route_fixture_call(&f, ROUTE_PROTECT, wrong[i][0], wrong[i][1], 0) == FORWARDED);
	}
	TEST_CHECK(route_fixture_call(&f, ROUTE_PROTECT, BUFFER, 8, 0x40) == FORWARDED);
	TEST_CHECK(load(guest, BUFFER) == 5);
	route_fixture_end(&f);
}

/* What a call leaves for the way out of the kernel is not put off: here an object that nobody holds any more. */
KERNEL_TEST(route_that_ends_an_object_leaves_attentively)
{
	struct route_space *space;
	struct route_fixture f = space_make(&space);
	TEST_CHECK(f.table);
	struct memory_object *object = memory_object_create(&root_account, 1, 0);
	TEST_CHECK(!map_at(f.thread->guest_aspace, 0x40000000, 1, object, MAP_FLAG_SHARED));
	object_put(&object->object);
	TEST_CHECK(route_fixture_call(&f, ROUTE_UNMAP, BUFFER, 1, 0) == 0 && f.at_once);
	TEST_CHECK(route_fixture_call(&f, ROUTE_UNMAP, 0x40000000, 1, 0) == 0 && !f.at_once);
	route_fixture_end(&f);
}

static int64_t move_break(struct route_fixture *f, uint64_t end)
{
	return route_fixture_call(f, ROUTE_BREAK, end, HEAP_TAG, 0);
}

KERNEL_TEST(route_break_moves_both_ways)
{
	struct route_space *space;
	struct route_fixture f = space_make(&space);
	TEST_CHECK(f.table);
	struct aspace *guest = f.thread->guest_aspace;
	TEST_CHECK(move_break(&f, 0) == BREAK_START && move_break(&f, BREAK_START - 1) == BREAK_START);
	TEST_CHECK(move_break(&f, BREAK_START + 10) == BREAK_START + 10 &&
		   space->break_end == BREAK_START + 10);
	TEST_CHECK(query(guest, BREAK_START).tag == HEAP_TAG && query(guest, BREAK_START).prot == RW);
	TEST_CHECK(!store(guest, BREAK_START, 1) && store(guest, BREAK_START + PAGE_SIZE, 1));
	TEST_CHECK(move_break(&f, BREAK_START + PAGE_SIZE) == (int64_t)(BREAK_START + PAGE_SIZE));
	TEST_CHECK(move_break(&f, BREAK_START + 3 * PAGE_SIZE) == (int64_t)(BREAK_START + 3 * PAGE_SIZE));
	TEST_CHECK(query(guest, BREAK_START).end == BREAK_START + 3 * PAGE_SIZE &&
		   load(guest, BREAK_START) == 1);
	TEST_CHECK(move_break(&f, BREAK_START) == BREAK_START && load(guest, BREAK_START) == ~0ull);
	/* What is in the way, what is no address, and a limit that the personality counts. */
	TEST_CHECK(!map_at(guest, BREAK_START + PAGE_SIZE, 1, NULL, 0));
	TEST_CHECK(move_break(&f, BREAK_START + PAGE_SIZE + 1) == FORWARDED &&
		   space->break_end == BREAK_START);
	TEST_CHECK(move_break(&f, USER_LIMIT) == FORWARDED && move_break(&f, ~0ull) == FORWARDED);
	guest->limits[LIMIT_DATA] = 1ull << 40;
	TEST_CHECK(move_break(&f, BREAK_START + 1) == FORWARDED && !space->busy);
	TEST_CHECK(move_break(&f, 0) == BREAK_START);
	space->break_end = BREAK_START - 5 * PAGE_SIZE;
	guest->limits[LIMIT_DATA] = UINT64_MAX;
	TEST_CHECK(move_break(&f, BREAK_START + 1) == FORWARDED);
	route_fixture_end(&f);
}

KERNEL_TEST(route_space_held_or_absent_forwards)
{
	struct route_space *space;
	struct route_fixture f = space_make(&space);
	TEST_CHECK(f.table);
	const uint64_t places[] = { SPACE_PLACE, SPACE_PLACE, SPACE_PLACE + 8, 0x5000000, 0 };
	for (unsigned i = 0; i < 5; i++) {
		space->busy = i < 2 ? i + 1 : 0;
		f.thread->record->route_space = places[i];
		TEST_CHECK(map(&f, 0, PAGE_SIZE, RW, 0) == FORWARDED);
		TEST_CHECK(move_break(&f, BREAK_START + 1) == FORWARDED && space->break_end == BREAK_START);
		TEST_CHECK(move_break(&f, 0) == (i < 2 ? (int64_t)BREAK_START : FORWARDED));
		TEST_CHECK(route_fixture_call(&f, ROUTE_UNMAP, BUFFER, 8, 0) == FORWARDED);
		TEST_CHECK(route_fixture_call(&f, ROUTE_PROTECT, BUFFER, 8, 0) == FORWARDED);
		TEST_CHECK(space->busy == (i < 2 ? i + 1 : 0));
	}
	TEST_CHECK(query(f.thread->guest_aspace, BUFFER).prot == RW);
	route_fixture_end(&f);
}

/* Who waits for the word while the kernel has it is woken. */
KERNEL_TEST(route_busy_word_wakes_its_waiter)
{
	struct route_space *space;
	struct route_fixture f = space_make(&space);
	TEST_CHECK(f.table);
	struct thread *waiter = fixture_thread(f.domain, 1, false);
	TEST_CHECK(route_take(&space->busy) && space->busy == 1 && !route_take(&space->busy));
	space->busy = 2;
	fixture_run(waiter);
	struct fixture_call wait = { CALL_word_wait, { SPACE_PLACE, 2, WAIT_ANY, DEADLINE_NEVER } };
	TEST_CHECK(fixture_call(waiter, wait) == STATUS_PENDING && waiter->wait == WAIT_WORD);
	route_release(f.thread, SPACE_PLACE, &space->busy);
	TEST_CHECK(!space->busy && waiter->wait == WAIT_NONE && waiter->frame.rax == STATUS_OK);
	route_fixture_end(&f);
}
