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

/* A store that tries again as long as the kernel finds something to evict. */
static status_code_t store_evicting(struct stage *stage, struct aspace *space, uint64_t address)
{
	for (;;) {
		fixture_run(stage->thread);
		status_code_t status = store(space, address, address);
		if (status != STATUS_PENDING || !stage->thread->restart)
			return status;
		stage->thread->restart = false;
	}
}

/* A paged object and a space that maps it, at an account of their own. Its page 2 is dirty, 4 shared with `other`, 39 locked. */
struct cache {
	struct stage stage;
	struct account *account, *poor;
	struct memory_object *object, *other;
	struct aspace *space;
};

static bool cache_set(struct cache *cache)
{
	struct account_limits limits = { .frames = UINT64_MAX, .objects = 100 };
	struct page_range all = { 0, 0, 40 }, fourth = { 0, 4, 1 };
	struct map_request last = { .address = BASE << 1,
				    .length = PAGES(1),
				    .prot = RW,
				    .offset = PAGES(39),
				    .flags = MAP_FLAG_FIXED | MAP_FLAG_SHARED | MAP_FLAG_LOCKED };
	status_code_t status;
	uint64_t done = 0, shared = 0, place;
	*cache = (struct cache){ .account = account_create(&root_account, &limits, &status) };
	cache->poor = account_create(&root_account, &limits, &status);
	if (!stage_set(&cache->stage) || !cache->account || !cache->poor)
		return false;
	cache->object = memory_object_create_paged(cache->account, 40, cache->stage.told, BITS, 5);
	cache->other = memory_object_create(cache->account, 1, 0);
	cache->space = aspace_create(cache->account);
	return !object_supply(cache->object, cache->stage.source, &all, SUPPLY_WRITABLE, &done) &&
	       !object_share(cache->other, cache->object, &fourth, &shared) &&
	       !map_at(cache->space, BASE, 40, cache->object, MAP_FLAG_SHARED) &&
	       !store(cache->space, BASE + PAGES(2), 22) && load(cache->space, BASE) == 1 &&
	       !aspace_map(cache->space, &last, cache->object, &place) &&
	       !map_at(cache->space, BASE << 2, 200, NULL, 0) && !store(cache->space, BASE << 2, 1);
}

static void cache_end(struct cache *cache)
{
	object_put(&cache->space->object);
	object_put(&cache->other->object);
	object_put(&cache->object->object);
	stage_end(&cache->stage);
	object_put(&cache->account->object);
	object_put(&cache->poor->object);
}

KERNEL_TEST(memory_evicts_clean_pages_of_pagers)
{
	struct cache cache;
	TEST_CHECK(cache_set(&cache));
	struct memory_object *object = cache.object;
	uint64_t page = 1, place = BASE << 2;
	uint32_t reason;
	cache.account->limits.frames = cache.account->frames + 1;
	while (!store_evicting(&cache.stage, cache.space, place + PAGES(page)))
		page++;
	/* One page was left, 37 were evicted. */
	TEST_CHECK(page == 39 && object->resident == 3 && object->dirty == 1);
	TEST_CHECK(object_slot(object, 2) && object_slot(object, 4) && object_slot(object, 39));
	TEST_CHECK(load(cache.space, BASE + PAGES(2)) == 22 && object_load(cache.other, 0) == 5);
	TEST_CHECK(!aspace_byte(cache.space, BASE, PROT_BIT_READ, 0));
	cache.account->limits.frames = UINT64_MAX;
	fixture_run(cache.stage.thread);
	TEST_CHECK(aspace_touch(cache.space, BASE, PROT_BIT_READ, 0, &reason) == STATUS_PENDING);
	TEST_CHECK(cache.stage.thread->wait == WAIT_PAGE && requests(&cache.stage) == 1);
	TEST_CHECK(cache.stage.requests[0].cookie == 5 && cache.stage.requests[0].page == 0);
	cache_end(&cache);
}

/* What an account is refused is not taken from others. */
KERNEL_TEST(memory_evicts_only_what_helps)
{
	struct cache cache;
	TEST_CHECK(cache_set(&cache));
	struct aspace *space = aspace_create(cache.poor);
	TEST_CHECK(space && !map_at(space, BASE, 8, NULL, 0) && !store(space, BASE, 1));
	cache.poor->limits.frames = cache.poor->frames;
	TEST_CHECK(store_evicting(&cache.stage, space, BASE + PAGES(1)) == STATUS_NO_MEMORY);
	TEST_CHECK(cache.object->resident == 40);
	object_put(&space->object);
	cache_end(&cache);
}

KERNEL_TEST(memory_pager_limits_dirty_pages)
{
	struct stage stage;
	uint64_t slot, page = 0, count = 1;
	TEST_CHECK(stage_set(&stage) && !supply(&stage, 0, 40, true, SUPPLY_WRITABLE));
	TEST_CHECK(pager_limit(stage.told, 0, 0, 8) == STATUS_INVALID &&
		   pager_limit(stage.told, 5, 4, 8) == STATUS_INVALID);
	uint64_t told = fixture_give(stage.domain, stage.told, RIGHT_READ, 0);
	TEST_CHECK(!fixture_call(stage.thread, (struct fixture_call){ CALL_pager_limit, { told, 2, 4, 8 } }));
	stage.told->bits = 0;
	TEST_CHECK(!write_object(&stage, 0, PAGES(2)) && !stage.told->bits);
	TEST_CHECK(!write_object(&stage, PAGES(2), PAGES(2)) && stage.told->bits == 8);
	TEST_CHECK(write_object(&stage, PAGES(4), 8) == STATUS_PENDING && stage.thread->wait == WAIT_PAGE);
	TEST_CHECK(object_page(stage.object, 5, PAGE_FOR_WRITE | PAGE_NOWAIT, &slot) == STATUS_WOULD_BLOCK);
	TEST_CHECK(!pager_collect_dirty(stage.object, &page, &count) && count == 1);
	TEST_CHECK(stage.thread->state == THREAD_IS_WAITING && stage.object->dirty == 4);
	TEST_CHECK(!pager_clean(stage.object, 0, 1) && stage.thread->state == THREAD_IS_READY);
	TEST_CHECK(!write_object(&stage, PAGES(4), 8) && stage.told->dirty == 4);
	TEST_CHECK(!write_object(&stage, PAGES(4), 8) && stage.told->dirty == 4); /* dirty already */
	TEST_CHECK(write_object(&stage, PAGES(5), 8) == STATUS_PENDING);
	thread_kick(stage.thread, KICK_KILL);
	TEST_CHECK((int64_t)stage.thread->frame.rax == STATUS_KILLED);
	TEST_CHECK(write_object(&stage, PAGES(5), 8) == STATUS_PENDING);
	TEST_CHECK(!pager_limit(stage.told, 9, 9, 8) && stage.thread->state == THREAD_IS_READY);
	TEST_CHECK(!memory_object_resize(stage.object, 2) && stage.told->dirty == 1);
	stage_end(&stage);
}
