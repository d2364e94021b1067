/* SPDX-License-Identifier: MIT */
/*
 * Tests of the pager protocol, with a thread that reads and writes a paged object by calls and a pager played by the test.
 */
#include "test/test.h"

#include "abi/guest.h"
#include "ipc/endpoint.h"
#include "test/fixture.h"
#include "test/memory_fixture.h"

#define BASE 0x10000000ull
#define BUFFER FIXTURE_DATA
#define COOKIE 77u
#define BITS 4u

struct stage {
	struct domain *domain;
	struct thread *thread;
	struct notification *told;
	struct memory_object *object, *source;
	uint64_t handle;
	struct page_request requests[8];
};

/* A paged object of 40 pages, a source of 40 pages that hold their number plus 1, and a thread. */
static bool stage_set(struct stage *stage)
{
	*stage = (struct stage){ .domain = fixture_domain() };
	stage->thread = stage->domain ? fixture_thread(stage->domain, 0, false) : NULL;
	stage->told = notification_create(&root_account);
	stage->source = memory_object_create(&root_account, 40, 0);
	if (!stage->thread || !stage->told || !stage->source)
		return false;
	stage->object = memory_object_create_paged(&root_account, 40, stage->told, BITS, COOKIE);
	for (uint64_t page = 0; page < 40; page++) {
		if (object_store(stage->source, PAGES(page), page + 1))
			return false;
	}
	if (stage->object)
		stage->handle = fixture_give(stage->domain, stage->object, RIGHT_ALL, 0);
	return stage->handle;
}

static void stage_end(struct stage *stage)
{
	fixture_end(stage->domain);
	object_put(&stage->object->object);
	object_put(&stage->source->object);
	object_put(&stage->told->object);
	object_reap();
}

static int64_t read_object(struct stage *stage, uint64_t offset, uint64_t bytes)
{
	return fixture_call(stage->thread, (struct fixture_call){ CALL_object_read,
								  { stage->handle, offset, BUFFER, bytes } });
}

static int64_t write_object(struct stage *stage, uint64_t offset, uint64_t bytes)
{
	return fixture_call(stage->thread, (struct fixture_call){ CALL_object_write,
								  { stage->handle, offset, BUFFER, bytes } });
}

static status_code_t supply(struct stage *stage, uint64_t page, uint64_t count, bool source, uint32_t flags)
{
	struct page_range range = { page, page, count };
	uint64_t done = 0;
	return object_supply(stage->object, source ? stage->source : NULL, &range, flags, &done);
}

static uint32_t requests(struct stage *stage)
{
	return pager_requests(stage->told, stage->requests, 8);
}

KERNEL_TEST(memory_pager_supplies)
{
	struct stage stage;
	TEST_CHECK(stage_set(&stage));
	TEST_CHECK(read_object(&stage, 0, PAGES(2)) == STATUS_PENDING);
	TEST_CHECK(stage.thread->wait == WAIT_PAGE && (stage.told->bits & BITS));
	TEST_CHECK(requests(&stage) == 1 && stage.requests[0].cookie == COOKIE);
	TEST_CHECK(stage.requests[0].page == 0 && stage.requests[0].count == 16 &&
		   stage.requests[0].kind == REQUEST_PAGE);
	TEST_CHECK(requests(&stage) == 0);
	pager_restart(stage.told);
	TEST_CHECK(requests(&stage) == 1);
	TEST_CHECK(!supply(&stage, 0, 1, true, 0) && stage.thread->state == THREAD_IS_READY);
	TEST_CHECK(stage.source->resident == 39 &&
		   requests(&stage) == 0); /* moved; what is left is asked anew */
	TEST_CHECK(read_object(&stage, 0, PAGES(2)) == STATUS_PENDING && stage.thread->progress == PAGES(1));
	TEST_CHECK(requests(&stage) == 1 && stage.requests[0].page == 1);
	TEST_CHECK(!supply(&stage, 1, 16, true, SUPPLY_WRITABLE));
	TEST_CHECK(!read_object(&stage, 0, PAGES(2)) && stage.thread->frame.rdx == PAGES(2));
	TEST_CHECK(load(stage.domain->aspace, BUFFER + PAGES(1)) == 2);
	stage_end(&stage);
}

KERNEL_TEST(memory_pager_error_is_told_once)
{
	struct stage stage;
	TEST_CHECK(stage_set(&stage));
	TEST_CHECK(read_object(&stage, PAGES(3), 8) == STATUS_PENDING && requests(&stage) == 1);
	TEST_CHECK(!supply(&stage, 3, 1, false, SUPPLY_ERROR));
	TEST_CHECK(read_object(&stage, PAGES(3), 8) == STATUS_PAGER_ERROR);
	TEST_CHECK(read_object(&stage, PAGES(3), 8) == STATUS_PENDING && requests(&stage) == 1);
	TEST_CHECK(!supply(&stage, 3, 1, true, 0) && !read_object(&stage, PAGES(3), 8));
	TEST_CHECK(load(stage.domain->aspace, BUFFER) == 4);
	stage_end(&stage);
}

KERNEL_TEST(memory_pager_writes_ask_first)
{
	struct stage stage;
	uint64_t page = 0, count = 0;
	TEST_CHECK(stage_set(&stage) && !supply(&stage, 0, 40, true, 0));
	TEST_CHECK(write_object(&stage, PAGES(5), 8) == STATUS_PENDING);
	TEST_CHECK(requests(&stage) == 1 && stage.requests[0].kind == REQUEST_WRITABLE &&
		   stage.requests[0].page == 5);
	TEST_CHECK(!supply(&stage, 5, 1, false, SUPPLY_ERROR));
	TEST_CHECK(write_object(&stage, PAGES(5), 8) == STATUS_PAGER_ERROR && !stage.object->dirty);
	TEST_CHECK(write_object(&stage, PAGES(5), 8) == STATUS_PENDING);
	TEST_CHECK(!supply(&stage, 5, 2, false, SUPPLY_WRITABLE));
	TEST_CHECK(!write_object(&stage, PAGES(5), 8) && stage.object->dirty == 1);
	TEST_CHECK(!write_object(&stage, PAGES(6), 8) && stage.object->dirty == 2);
	TEST_CHECK(!pager_collect_dirty(stage.object, &page, &count) && page == 5 && count == 2);
	page = 0;
	TEST_CHECK(pager_collect_dirty(stage.object, &page, &count) == STATUS_NOT_FOUND);
	TEST_CHECK(!write_object(&stage, PAGES(6), 8)); /* dirty again while it is written */
	TEST_CHECK(!pager_clean(stage.object, 5, 2) && stage.object->dirty == 1);
	page = count = 0;
	TEST_CHECK(!pager_collect_dirty(stage.object, &page, &count) && page == 6 && count == 1);
	TEST_CHECK(!pager_clean(stage.object, 0, 40) && !stage.object->dirty);
	stage_end(&stage);
}

/* Mappings lose the right to write when a page is collected, so the next store is noticed. */
KERNEL_TEST(memory_pager_mapped_pages)
{
	struct stage stage;
	uint64_t page = 0, count = 0;
	uint32_t reason;
	TEST_CHECK(stage_set(&stage) && !supply(&stage, 0, 20, true, SUPPLY_WRITABLE));
	struct aspace *space = stage.domain->aspace;
	TEST_CHECK(!map_at(space, BASE, 40, stage.object, MAP_FLAG_SHARED));
	fixture_run(stage.thread);
	TEST_CHECK(load(space, BASE) == 1 && space->resident >= 16 &&
		   !stage.object->dirty); /* mapped around */
	TEST_CHECK(!store(space, BASE + PAGES(2), 22) && stage.object->dirty == 1);
	TEST_CHECK(!pager_collect_dirty(stage.object, &page, &count) && page == 2 && count == 1);
	TEST_CHECK(!aspace_byte(space, BASE + PAGES(2), PROT_BIT_WRITE, 0));
	TEST_CHECK(!pager_clean(stage.object, 2, 1) && !stage.object->dirty);
	TEST_CHECK(!store(space, BASE + PAGES(2), 23) && stage.object->dirty == 1);
	TEST_CHECK(aspace_touch(space, BASE + PAGES(30), PROT_BIT_READ, 0, &reason) == STATUS_PENDING);
	TEST_CHECK(space->major_faults == 1 && stage.thread->wait == WAIT_PAGE);
	TEST_CHECK(!supply(&stage, 30, 1, false, SUPPLY_ERROR));
	fixture_run(stage.thread);
	TEST_CHECK(aspace_touch(space, BASE + PAGES(30), PROT_BIT_READ, 0, &reason) == STATUS_PAGER_ERROR);
	TEST_CHECK(reason == FAULT_PAGER_ERROR);
	TEST_CHECK(!memory_object_resize(stage.object, 2) && load(space, BASE + PAGES(2)) == ~0ull);
	TEST_CHECK(!stage.object->dirty && load(space, BASE + PAGES(1)) == 2);
	stage_end(&stage);
}

/* A waiter is killed, or its object shrinks: nothing stays queued. */
KERNEL_TEST(memory_pager_waiters_leave)
{
	struct stage stage;
	TEST_CHECK(stage_set(&stage));
	TEST_CHECK(read_object(&stage, PAGES(9), 8) == STATUS_PENDING && !list_empty(&stage.object->waiters));
	TEST_CHECK(!memory_object_resize(stage.object, 4) && list_empty(&stage.object->waiters));
	TEST_CHECK(!read_object(&stage, PAGES(9), 8) && stage.thread->frame.rdx == 0);
	TEST_CHECK(read_object(&stage, PAGES(1), 8) == STATUS_PENDING && requests(&stage) == 1);
	fixture_end(stage.domain);
	TEST_CHECK(list_empty(&stage.object->waiters));
	object_put(&stage.object->object);
	object_put(&stage.source->object);
	object_put(&stage.told->object);
	object_reap();
}
