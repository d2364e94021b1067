/* SPDX-License-Identifier: MIT */
/*
 * Tests of preemption points: long calls stop and go on, hold their space meanwhile, and leave nothing when their thread ends.
 */
#include "test/test.h"

#include "abi/blocks.h"
#include "call/call.h"
#include "test/fixture.h"
#include "test/memory_fixture.h"

#define GUEST 0x40000000ull
#define MANY 6000u /* pages: more than one call does at once */
#define BLOCK (FIXTURE_DATA + PAGES(12))

/* Two threads of a domain that work on one guest space, which has MANY pages. */
struct pair {
	struct domain *domain;
	struct thread *one, *other;
	struct aspace *space;
	uint64_t handle;
};

static bool pair_start(struct pair *pair)
{
	*pair = (struct pair){ .domain = fixture_domain() };
	pair->one = pair->domain ? fixture_thread(pair->domain, 0, true) : NULL;
	pair->other = pair->one ? fixture_thread(pair->domain, 1, true) : NULL;
	pair->space = pair->other ? pair->one->guest_aspace : NULL;
	if (!pair->space || map_at(pair->space, GUEST, MANY, NULL, 0))
		return false;
	pair->handle = fixture_give(pair->domain, pair->space, RIGHT_ALL, 0);
	for (uint64_t page = 0; page < MANY; page++)
		if (store(pair->space, GUEST + PAGES(page), page))
			return false;
	return pair->handle != 0;
}

/* As the kernel's exit does for a thread that stopped. */
static bool go_on(struct thread *thread)
{
	if (!thread->restart || thread->state != THREAD_IS_RUNNING)
		return false;
	thread->restart = false;
	call_dispatch(thread);
	return true;
}

static unsigned finish(struct thread *thread)
{
	unsigned steps = 1;
	fixture_run(thread);
	while (go_on(thread))
		steps++;
	return steps;
}

/* A call of the other thread that changes the space waits while the one's call is halfway. */
static bool other_waits(struct pair *pair)
{
	struct fixture_call unmap = { CALL_aspace_unmap, { pair->handle, GUEST << 2, PAGES(1) } };
	return pair->space->holder == pair->one && fixture_call(pair->other, unmap) == STATUS_PENDING &&
	       pair->other->wait == WAIT_SPACE;
}

KERNEL_TEST(work_unmap_stops_and_goes_on)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair));
	struct fixture_call unmap = { CALL_aspace_unmap, { pair.handle, GUEST, PAGES(MANY) } };
	(void)fixture_call(pair.one, unmap);
	TEST_CHECK(pair.one->restart && pair.space->resident > 1000 && pair.space->resident < MANY);
	TEST_CHECK(other_waits(&pair));
	TEST_CHECK(finish(pair.one) >= 2 && pair.one->frame.rax == STATUS_OK);
	TEST_CHECK(pair.space->resident == 0 && pair.space->mapped == 0 && !pair.space->holder);
	TEST_CHECK(pair.other->state == THREAD_IS_READY);
	fixture_end(pair.domain);
}

KERNEL_TEST(work_fork_stops_and_goes_on)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair));
	uint64_t account = fixture_give(pair.domain, &root_account, RIGHT_ALL, 0);
	struct fixture_call fork = { CALL_aspace_fork, { pair.handle, account } };
	(void)fixture_call(pair.one, fork);
	TEST_CHECK(pair.one->restart && pair.one->fork && pair.one->fork->private < MANY);
	TEST_CHECK(other_waits(&pair) && aspace_enter(pair.space, false) == STATUS_WOULD_BLOCK);
	TEST_CHECK(finish(pair.one) >= 2 && pair.one->frame.rax == STATUS_OK && !pair.one->fork);
	status_code_t status;
	handle_t handle = { (uint32_t)pair.one->frame.rdx };
	struct aspace *child = (struct aspace *)handle_lookup(pair.domain, handle, KIND_ASPACE, RIGHT_ALL,
							      &status);
	TEST_CHECK(child && child->private == MANY && pair.other->state == THREAD_IS_READY);
	for (uint64_t page = 0; page < MANY; page++)
		TEST_CHECK(load(child, GUEST + PAGES(page)) == page);
	TEST_CHECK(!store(pair.space, GUEST, 77) && load(child, GUEST) == 0);
	fixture_end(pair.domain);
}

KERNEL_TEST(work_holder_that_ends_lets_go)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair));
	uint64_t account = fixture_give(pair.domain, &root_account, RIGHT_ALL, 0);
	struct fixture_call fork = { CALL_aspace_fork, { pair.handle, account } };
	(void)fixture_call(pair.one, fork);
	TEST_CHECK(pair.one->restart && other_waits(&pair));
	thread_end(pair.one);
	TEST_CHECK(!pair.space->holder && pair.other->state == THREAD_IS_READY);
	fixture_end(pair.domain);
}

KERNEL_TEST(work_copies_stop_and_go_on)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair));
	TEST_CHECK(!map_at(pair.domain->aspace, GUEST, 300, NULL, 0));
	struct copy_piece pieces[2] = { { GUEST, GUEST, PAGES(200) },
					{ GUEST + PAGES(200), GUEST + PAGES(200), PAGES(100) } };
	TEST_CHECK(!copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, pieces, sizeof pieces));
	struct fixture_call copy = { CALL_guest_copy, { 0, BLOCK, 2, 0 } };
	(void)fixture_call(pair.one, copy);
	TEST_CHECK(pair.one->restart && pair.one->progress && pair.one->progress <= PAGES(64));
	TEST_CHECK(finish(pair.one) >= 4 && pair.one->frame.rdx == PAGES(300));
	for (uint64_t page = 0; page < 300; page++)
		TEST_CHECK(load(pair.domain->aspace, GUEST + PAGES(page)) == page);
	struct fixture_call fill = { CALL_aspace_advise,
				     { pair.handle, GUEST << 2, PAGES(300), ADVICE_POPULATE_WRITE } };
	TEST_CHECK(!map_at(pair.space, GUEST << 2, 300, NULL, 0));
	(void)fixture_call(pair.one, fill);
	TEST_CHECK(pair.one->restart && finish(pair.one) >= 4 && pair.space->private == MANY + 300);
	fixture_end(pair.domain);
}

KERNEL_TEST(work_ends_and_cuts_stop_and_go_on)
{
	struct pair pair;
	struct memory_object *object = memory_object_create(&root_account, 2 * MANY, 0);
	TEST_CHECK(object && pair_start(&pair));
	for (uint64_t page = 0; page < 2 * MANY; page++)
		TEST_CHECK(!object_store(object, PAGES(page), page));
	uint64_t handle = fixture_give(pair.domain, object, RIGHT_ALL, 0);
	struct fixture_call cut = { CALL_object_resize, { handle, MANY } };
	(void)fixture_call(pair.one, cut);
	TEST_CHECK(pair.one->restart && object->pages == MANY && object->resident > MANY);
	TEST_CHECK(!memory_object_resize(object, 2 * MANY) && object->resident == MANY);
	object->pages = MANY;
	TEST_CHECK(finish(pair.one) == 2 && object->pages == MANY && object->resident == MANY);
	object_put(&object->object);
	struct domain *domain = pair.domain;
	domain_end(domain, DOMAIN_KILLED, 0);
	object_put(&domain->object);
	TEST_CHECK(!object_reap_some());
	unsigned steps = 1;
	while (!object_reap_some())
		steps++;
	TEST_CHECK(steps >= 2);
}
