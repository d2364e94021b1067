/* SPDX-License-Identifier: MIT */
/*
 * Tests of preemption points: long calls stop and go on, hold their space meanwhile, and leave nothing when their thread ends.
 */
#include "test/test.h"

#include "abi/blocks.h"
#include "call/call.h"
#include "ipc/endpoint.h"
#include "route/descriptor.h"
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

/* The call stops at least `stops` times and then succeeds. */
static bool stops(struct pair *pair, struct fixture_call call, unsigned stops)
{
	(void)fixture_call(pair->one, call);
	return pair->one->restart && finish(pair->one) > stops && pair->one->frame.rax == STATUS_OK &&
	       !pair->space->holder && !pair->one->progress && !pair->one->place;
}

static bool words_are_there(struct pair *pair, uint64_t address)
{
	for (uint64_t page = 0; page < MANY; page++)
		if (load(pair->space, address + PAGES(page)) != page)
			return false;
	return true;
}

KERNEL_TEST(work_protect_stops_and_goes_on)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair));
	struct fixture_call protect = { CALL_aspace_protect,
					{ pair.handle, GUEST, PAGES(MANY), PROT_BIT_READ } };
	(void)fixture_call(pair.one, protect);
	uint64_t last = GUEST + PAGES(MANY - 1);
	TEST_CHECK(pair.one->restart && other_waits(&pair));
	TEST_CHECK(!aspace_byte(pair.space, GUEST, PROT_BIT_WRITE, 0) &&
		   aspace_byte(pair.space, last, PROT_BIT_WRITE, 0));
	TEST_CHECK(finish(pair.one) >= 2 && pair.one->frame.rax == STATUS_OK && !pair.space->holder);
	TEST_CHECK(!aspace_byte(pair.space, last, PROT_BIT_WRITE, 0) && pair.space->region_count == 1);
	protect.words[3] = RW;
	TEST_CHECK(!aspace_set_limit(pair.space, LIMIT_DATA, PAGES(MANY)) && stops(&pair, protect, 1));
	TEST_CHECK(!store(pair.space, last, 5) && load(pair.space, GUEST) == 0);
	protect.words[2] = PAGES(MANY + 1); /* what lies before a gap is done */
	protect.words[3] = PROT_BIT_READ;
	(void)fixture_call(pair.one, protect);
	TEST_CHECK(pair.one->restart && finish(pair.one) >= 2);
	TEST_CHECK((int64_t)pair.one->frame.rax == STATUS_NO_MEMORY &&
		   !aspace_byte(pair.space, last, PROT_BIT_WRITE, 0));
	fixture_end(pair.domain);
}

KERNEL_TEST(work_discard_stops_and_remembers_a_gap)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair) && !aspace_unmap(pair.space, GUEST + PAGES(2), PAGES(1)));
	struct fixture_call discard = { CALL_aspace_advise,
					{ pair.handle, GUEST, PAGES(MANY), ADVICE_DISCARD } };
	(void)fixture_call(pair.one, discard);
	TEST_CHECK(pair.one->restart && pair.space->private && other_waits(&pair));
	TEST_CHECK(finish(pair.one) >= 2 && (int64_t)pair.one->frame.rax == STATUS_NO_MEMORY);
	TEST_CHECK(!pair.space->private && !pair.space->holder && load(pair.space, GUEST) == 0);
	fixture_end(pair.domain);
}

KERNEL_TEST(work_mapping_and_locking_populate_bit_by_bit)
{
	struct pair pair;
	TEST_CHECK(pair_start(&pair));
	struct map_request request = { .length = PAGES(300), .prot = RW, .flags = MAP_FLAG_POPULATE };
	TEST_CHECK(!copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, &request, sizeof request));
	uint64_t mapped = pair.space->mapped;
	TEST_CHECK(stops(&pair, (struct fixture_call){ CALL_aspace_map, { pair.handle, BLOCK } }, 3));
	uint64_t place = pair.one->frame.rdx;
	TEST_CHECK(pair.space->mapped == mapped + 300 && query(pair.space, place).private_pages >= 300);
	TEST_CHECK(!map_at(pair.space, GUEST << 2, 300, NULL, 0));
	struct fixture_call lock = { CALL_aspace_advise,
				     { pair.handle, GUEST << 2, PAGES(300), ADVICE_LOCK } };
	TEST_CHECK(stops(&pair, lock, 3) && pair.space->locked == 300);
	TEST_CHECK(query(pair.space, GUEST << 2).private_pages == 300);
	struct remap_request grow = { .address = GUEST << 2, .length = PAGES(300), .new_length = PAGES(600) };
	TEST_CHECK(!copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, &grow, sizeof grow));
	TEST_CHECK(stops(&pair, (struct fixture_call){ CALL_aspace_remap, { pair.handle, BLOCK } }, 3));
	TEST_CHECK(pair.one->frame.rdx == GUEST << 2 && query(pair.space, GUEST << 2).private_pages == 600);
	fixture_end(pair.domain);
}

KERNEL_TEST(work_remap_moves_bit_by_bit)
{
	struct pair pair;
	uint64_t to = GUEST << 4;
	TEST_CHECK(pair_start(&pair));
	struct remap_request move = { .address = GUEST,
				      .length = PAGES(MANY),
				      .new_length = PAGES(MANY),
				      .new_address = to,
				      .flags = REMAP_MAY_MOVE | REMAP_FIXED };
	TEST_CHECK(!copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, &move, sizeof move));
	struct fixture_call remap = { CALL_aspace_remap, { pair.handle, BLOCK } };
	(void)fixture_call(pair.one, remap);
	TEST_CHECK(pair.one->restart && other_waits(&pair));
	TEST_CHECK(finish(pair.one) >= 3 && pair.one->frame.rax == STATUS_OK && pair.one->frame.rdx == to);
	TEST_CHECK(pair.space->mapped == MANY && pair.space->private == MANY && words_are_there(&pair, to));
	/* A request that changes while the call goes on does no harm. */
	move.address = to;
	move.new_address = GUEST;
	TEST_CHECK(!copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, &move, sizeof move));
	(void)fixture_call(pair.one, remap);
	move.new_length = USER_LIMIT;
	move.flags = REMAP_MAY_MOVE;
	TEST_CHECK(pair.one->restart &&
		   !copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, &move, sizeof move));
	(void)finish(pair.one);
	TEST_CHECK((int64_t)pair.one->frame.rax == STATUS_INVALID && !pair.space->holder);
	TEST_CHECK(pair.space->private == MANY);
	fixture_end(pair.domain);
}

/* Of pages that are mapped, shared and copied. */
KERNEL_TEST(work_cuts_of_mapped_objects)
{
	struct pair pair;
	struct memory_object *object = memory_object_create(&root_account, MANY, 0);
	TEST_CHECK(object && pair_start(&pair));
	TEST_CHECK(!map_at(pair.space, GUEST << 2, MANY, object, MAP_FLAG_SHARED));
	TEST_CHECK(!map_at(pair.space, GUEST << 3, MANY, object, 0));
	for (uint64_t page = 0; page < MANY; page++)
		TEST_CHECK(!store(pair.space, (GUEST << 2) + PAGES(page), page) &&
			   !store(pair.space, (GUEST << 3) + PAGES(page), page));
	uint64_t handle = fixture_give(pair.domain, object, RIGHT_ALL, 0);
	struct object_range_request range = { .object = { (uint32_t)handle }, .page = 8, .count = MANY };
	TEST_CHECK(!copy_out(pair.domain->aspace, (uaddr_t){ BLOCK }, &range, sizeof range));
	TEST_CHECK(stops(&pair, (struct fixture_call){ CALL_object_discard, { BLOCK } }, 2));
	TEST_CHECK(object->resident == 8 && load(pair.space, (GUEST << 2) + PAGES(9)) == 0);
	TEST_CHECK(load(pair.space, (GUEST << 3) + PAGES(9)) == 9 && pair.space->private == 2 * MANY);
	TEST_CHECK(stops(&pair, (struct fixture_call){ CALL_object_resize, { handle, 4 } }, 1));
	TEST_CHECK(object->resident == 4 && load(pair.space, (GUEST << 3) + PAGES(9)) == ~0ull);
	TEST_CHECK(load(pair.space, (GUEST << 2) + PAGES(3)) == 3 && pair.space->private == MANY + 4);
	object_put(&object->object);
	fixture_end(pair.domain);
}

/* Threads that are to end do not run on meanwhile; watchers are told last. */
KERNEL_TEST(work_a_domain_with_many_handles_ends_bit_by_bit)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, false);
	struct notification *told = notification_create(&root_account);
	TEST_CHECK(thread && told && !domain_watch(domain, told, 1));
	while (domain->handles.used < 3000)
		TEST_CHECK(fixture_give(domain, &told->object, RIGHT_READ, 0));
	domain_end(domain, DOMAIN_KILLED, 0);
	TEST_CHECK(!object_reap_some() && list_empty(&domain->threads) && !fixture_next());
	TEST_CHECK(domain->handles.used > 1000 && !told->bits && !domain_watch(domain, told, 2));
	object_reap();
	TEST_CHECK(told->bits == 3 && told->object.references == 1 && !domain->aspace);
	object_put(&told->object);
	fixture_end(domain);
}

KERNEL_TEST(work_a_descriptor_table_ends_bit_by_bit)
{
	struct notification *told = notification_create(&root_account);
	struct domain *domain = fixture_domain();
	struct descriptors *table = descriptors_create(domain, &root_account, told, 1);
	struct descriptor_row row = { .kind = DESCRIPTOR_NULL, .flags = DESCRIPTOR_READ };
	TEST_CHECK(table);
	for (uint32_t number = 0; number < 2000; number++)
		TEST_CHECK(!descriptor_set(table, number, &row, NULL));
	uint64_t objects = root_account.objects;
	object_put(&table->object);
	TEST_CHECK(!object_reap_some() && objects - root_account.objects > 200);
	TEST_CHECK(objects - root_account.objects < 2000);
	object_reap();
	TEST_CHECK(objects - root_account.objects == 2001 && told->object.references == 1);
	object_put(&told->object);
	fixture_end(domain);
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
