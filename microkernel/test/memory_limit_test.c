/* SPDX-License-Identifier: MIT */
/*
 * Tests of memory that runs out: who is charged for what, who is left what, threads that wait for frames, and operations that
 * are refused halfway.
 */
#include "test/test.h"

#include "abi/blocks.h"
#include "ipc/endpoint.h"
#include "test/fixture.h"
#include "test/memory_fixture.h"

#define GUEST 0x40000000ull
#define OWN (FIXTURE_DATA + PAGES(6))
#define BLOCK (FIXTURE_DATA + PAGES(4))

static struct account *limited(uint64_t most, uint64_t spared)
{
	struct account_limits limits = { .frames = most, .objects = 1000, .spared = spared };
	status_code_t status;
	return account_create(&root_account, &limits, &status);
}

KERNEL_TEST(account_pays_for_its_heap)
{
	struct account *account = limited(4, 0);
	struct endpoint *endpoints[256];
	unsigned count = 0;
	TEST_CHECK(account);
	while (count < 256 && (endpoints[count] = endpoint_create(account)))
		count++;
	TEST_CHECK(count > 64 && count < 256 && account->frames == 4);
	TEST_CHECK(account->heap_bytes <= 4 * PAGE_SIZE && account->refusals == 1);
	while (count--)
		object_put(&endpoints[count]->object);
	object_reap();
	TEST_CHECK(account->frames == 0 && account->heap_bytes == 0);
	object_put(&account->object);
}

KERNEL_TEST(account_spares_frames_for_others)
{
	uint64_t left = root_account.limits.frames - root_account.frames;
	struct account *modest = limited(UINT64_MAX, 100), *plain = limited(UINT64_MAX, 0);
	TEST_CHECK(modest && plain);
	TEST_CHECK(account_charge_frames(modest, left - 110) && !account_charge_frames(modest, 20));
	TEST_CHECK(account_charge_frames(plain, 20) && !account_charge_frames(modest, 1));
	account_uncharge_frames(plain, 20);
	account_uncharge_frames(modest, left - 110);
	object_put(&modest->object);
	object_put(&plain->object);
}

/* A thread whose guest has so many frames left and a region of 8 pages at GUEST. */
struct poor {
	struct domain *domain;
	struct thread *thread;
	struct account *account;
	struct notification *shortage;
};

static bool poor_start(struct poor *poor, uint64_t left)
{
	*poor = (struct poor){ .domain = fixture_domain(), .account = limited(UINT64_MAX, 0) };
	poor->shortage = notification_create(&root_account);
	poor->thread = poor->domain ? fixture_thread(poor->domain, 0, true) : NULL;
	struct aspace *space = poor->account ? aspace_create(poor->account) : NULL;
	if (!poor->thread || !poor->shortage || !space || map_at(space, GUEST, 8, NULL, 0) ||
	    store(space, GUEST, 1))
		return false;
	thread_set_guest_space(poor->thread, space);
	object_put(&space->object);
	poor->account->limits.frames = poor->account->frames + left;
	return true;
}

static void poor_end(struct poor *poor)
{
	fixture_end(poor->domain);
	object_put(&poor->account->object);
	object_put(&poor->shortage->object);
}

static int64_t copy_eight_pages(struct poor *poor)
{
	struct copy_piece pieces[8];
	for (unsigned i = 0; i < 8; i++)
		pieces[i] = (struct copy_piece){ GUEST + PAGES(i), OWN, 8 };
	if (copy_out(poor->domain->aspace, (uaddr_t){ BLOCK }, pieces, sizeof pieces))
		return STATUS_BAD_ADDRESS;
	return fixture_call(poor->thread,
			    (struct fixture_call){ CALL_guest_copy, { 0, BLOCK, 8, COPY_TO_GUEST } });
}

KERNEL_TEST(memory_shortage_fails_where_nobody_watches)
{
	struct poor poor;
	TEST_CHECK(poor_start(&poor, 2));
	TEST_CHECK(copy_eight_pages(&poor) == 0 && poor.thread->frame.rdx < 64);
	TEST_CHECK(poor.account->refusals > 0);
	poor_end(&poor);
}

KERNEL_TEST(memory_shortage_parks_signals_and_goes_on)
{
	struct poor poor;
	TEST_CHECK(poor_start(&poor, 2));
	uint64_t handle = fixture_give(poor.domain, poor.shortage, RIGHT_WRITE, 0);
	struct fixture_call watch = { CALL_domain_watch_memory, { HANDLE_SELF_DOMAIN.value, handle, 4 } };
	TEST_CHECK(fixture_call(poor.thread, watch) == STATUS_OK);
	TEST_CHECK(account_charge_frames(poor.account, 1));
	TEST_CHECK(copy_eight_pages(&poor) == STATUS_PENDING && poor.thread->wait == WAIT_MEMORY);
	TEST_CHECK(poor.shortage->bits == 4 && poor.thread->progress > 0 && poor.thread->progress < 64);
	account_uncharge_frames(poor.account, 1);
	TEST_CHECK(poor.thread->state == THREAD_IS_READY && poor.thread->restart);
	TEST_CHECK(copy_eight_pages(&poor) == STATUS_PENDING && poor.thread->wait == WAIT_MEMORY);
	poor.account->limits.frames = UINT64_MAX;
	thread_memory_freed();
	fixture_run(poor.thread);
	TEST_CHECK(!copy_eight_pages(&poor) && poor.thread->frame.rdx == 64);
	poor_end(&poor);
}

KERNEL_TEST(memory_shortage_ends_by_a_kill_and_with_the_domain)
{
	struct poor poor;
	TEST_CHECK(poor_start(&poor, 1));
	domain_watch_memory(poor.domain, poor.shortage, 1);
	TEST_CHECK(copy_eight_pages(&poor) == STATUS_PENDING);
	thread_kick(poor.thread, KICK_SIGNAL);
	TEST_CHECK(poor.thread->state == THREAD_IS_WAITING);
	thread_kick(poor.thread, KICK_KILL);
	TEST_CHECK(poor.thread->state == THREAD_IS_READY && (int64_t)poor.thread->frame.rax == STATUS_KILLED);
	poor.thread->kicked = 0;
	TEST_CHECK(copy_eight_pages(&poor) == STATUS_PENDING && poor.thread->wait == WAIT_MEMORY);
	poor_end(&poor);
	thread_memory_freed(); /* the ended thread is in no queue */
}

/* A move to where a table is missing, refused: both sides are as they were. */
KERNEL_TEST(memory_remap_refused_leaves_nothing)
{
	struct account *account = limited(UINT64_MAX, 0);
	struct aspace *space = aspace_create(account);
	uint64_t place = 0, far = GUEST << 8;
	struct remap_request request = { .address = GUEST + PAGES(511),
					 .length = PAGES(2),
					 .new_length = PAGES(2),
					 .new_address = far + PAGES(511),
					 .flags = REMAP_MAY_MOVE | REMAP_FIXED };
	TEST_CHECK(space && !map_at(space, GUEST, 1024, NULL, 0));
	TEST_CHECK(!store(space, request.address, 7) && !store(space, request.address + PAGES(1), 8));
	TEST_CHECK(!regions_cut(space, request.address, request.address + PAGES(2)));
	uint64_t before = account->frames;
	status_code_t status;
	uint64_t refused = 0;
	for (;; refused++) {
		account->limits.frames = before + refused;
		status = remap_whole(space, &request, &place);
		if (status != STATUS_NO_MEMORY)
			break;
		TEST_CHECK(load(space, request.address) == 7 && load(space, request.address + PAGES(1)) == 8);
		TEST_CHECK(account->frames == before && space->mapped == 1024);
		TEST_CHECK(region_range_free(space, far, far + PAGES(1024)));
	}
	TEST_CHECK(!status && refused >= 3 && load(space, place) == 7); /* a directory and two tables */
	TEST_CHECK(load(space, place + PAGES(1)) == 8 && space->mapped == 1024);
	object_put(&space->object);
	object_put(&account->object);
}
