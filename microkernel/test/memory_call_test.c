/* SPDX-License-Identifier: MIT */
/*
 * Tests of the memory calls as a thread makes them: rights of handles, guest copies in pieces and their restart; and of the
 * memory system under accounts that run out at every point.
 */
#include "test/test.h"

#include "abi/blocks.h"
#include "ipc/endpoint.h"
#include "structure/bytes.h"
#include "test/fixture.h"
#include "test/memory_fixture.h"

#define GUEST 0x40000000ull
#define BLOCK (FIXTURE_DATA + PAGES(4)) /* of the domain: arguments */
#define OWN (FIXTURE_DATA + PAGES(6))   /* and bytes */

struct guest {
	struct domain *domain;
	struct thread *thread;
	struct aspace *own, *space;
};

static bool guest_start(struct guest *guest)
{
	*guest = (struct guest){ .domain = fixture_domain() };
	guest->thread = guest->domain ? fixture_thread(guest->domain, 0, true) : NULL;
	guest->space = guest->thread ? guest->thread->guest_aspace : NULL;
	guest->own = guest->domain ? guest->domain->aspace : NULL;
	return guest->space && !map_at(guest->space, GUEST, 4, NULL, 0);
}

static int64_t call_map(struct guest *guest, uint64_t handle, uint32_t prot, uint32_t flags)
{
	struct map_request request = {
		.length = PAGES(1), .object = { (uint32_t)handle }, .prot = prot, .flags = flags
	};
	if (copy_out(guest->own, (uaddr_t){ BLOCK }, &request, sizeof request))
		return STATUS_BAD_ADDRESS;
	struct fixture_call call = { CALL_aspace_map, { HANDLE_SELF_ASPACE.value, BLOCK } };
	return fixture_call(guest->thread, call);
}

KERNEL_TEST(memory_call_map_rights)
{
	struct guest guest;
	struct memory_object *object = memory_object_create(&root_account, 1, 0);
	TEST_CHECK(object && guest_start(&guest));
	uint64_t reads = fixture_give(guest.domain, object, RIGHT_READ, 0);
	uint64_t all = fixture_give(guest.domain, object, RIGHT_ALL, 0);
	uint64_t none = fixture_give(guest.domain, object, RIGHT_MANAGE, 0);
	TEST_CHECK(!call_map(&guest, reads, PROT_BIT_READ, MAP_FLAG_SHARED));
	uint64_t place = guest.thread->frame.rdx;
	TEST_CHECK(protect_whole(guest.own, place, PAGES(1), RW) == STATUS_DENIED);
	TEST_CHECK(call_map(&guest, reads, RW, MAP_FLAG_SHARED) == STATUS_DENIED);
	TEST_CHECK(call_map(&guest, reads, PROT_BIT_EXEC, 0) == STATUS_DENIED);
	TEST_CHECK(!call_map(&guest, reads, RW, 0) && !call_map(&guest, all, RW, MAP_FLAG_SHARED));
	TEST_CHECK(call_map(&guest, none, PROT_BIT_READ, 0) == STATUS_DENIED);
	TEST_CHECK(call_map(&guest, all + 99, PROT_BIT_READ, 0) == STATUS_BAD_HANDLE);
	TEST_CHECK(call_map(&guest, all, 8, 0) == STATUS_DENIED &&
		   call_map(&guest, 0, 8, 0) == STATUS_INVALID);
	fixture_end(guest.domain);
	object_put(&object->object);
}

static int64_t call_copy(struct guest *guest, const struct copy_piece *pieces, uint32_t count, uint32_t flags)
{
	if (copy_out(guest->own, (uaddr_t){ BLOCK }, pieces, count * sizeof *pieces))
		return STATUS_BAD_ADDRESS;
	return fixture_call(guest->thread,
			    (struct fixture_call){ CALL_guest_copy, { 0, BLOCK, count, flags } });
}

KERNEL_TEST(memory_call_guest_copy_pieces)
{
	struct guest guest;
	struct copy_piece pieces[10];
	TEST_CHECK(guest_start(&guest));
	for (unsigned i = 0; i < 10; i++) {
		pieces[i] = (struct copy_piece){ GUEST + 1000 * i, OWN + 16 * i, 16 };
		TEST_CHECK(!store(guest.own, OWN + 16 * i, i + 1) &&
			   !store(guest.own, OWN + 16 * i + 8, i + 2));
	}
	TEST_CHECK(!call_copy(&guest, pieces, 10, COPY_TO_GUEST) && guest.thread->frame.rdx == 160);
	TEST_CHECK(load(guest.space, GUEST + 9000) == 10 && load(guest.space, GUEST + 4008) == 6);
	pieces[3].guest = GUEST + PAGES(4) - 4;
	TEST_CHECK(!call_copy(&guest, pieces, 10, 0) &&
		   guest.thread->frame.rdx == 52); /* short, where it failed */
	pieces[0].guest = GUEST - 8;
	TEST_CHECK(call_copy(&guest, pieces, 10, 0) == STATUS_BAD_ADDRESS);
	pieces[0].length = UINT64_MAX;
	TEST_CHECK(call_copy(&guest, pieces, 1, 0) == STATUS_BAD_ADDRESS);
	TEST_CHECK(call_copy(&guest, pieces, 1, 0x80) == STATUS_INVALID);
	TEST_CHECK(call_copy(&guest, pieces, 1, COPY_FORCE) == STATUS_INVALID);
	struct fixture_call many = { CALL_guest_copy, { 0, BLOCK, COPY_PIECES_MAX + 1, 0 } };
	TEST_CHECK(fixture_call(guest.thread, many) == STATUS_INVALID);
	fixture_end(guest.domain);
}

static int64_t call_copy_piece(struct guest *guest, const struct copy_piece *piece, uint32_t flags)
{
	return fixture_call(guest->thread,
			    (struct fixture_call){ CALL_guest_copy_piece,
						   { 0, piece->guest, piece->own, piece->length, flags } });
}

/* The quick way takes what is there, leaves the frame alone when it does not, and the usual way then does the same. */
KERNEL_TEST(memory_call_guest_copy_piece)
{
	struct guest guest;
	struct copy_piece piece = { GUEST + 8, OWN + 16, 8 };
	TEST_CHECK(guest_start(&guest) && !store(guest.own, OWN + 16, 77));
	struct trap_frame *frame = &guest.thread->frame;
	*frame = (struct trap_frame){
		.rax = CALL_guest_copy_piece, .rsi = GUEST + 8, .rdx = OWN + 16, .r10 = 8, .r8 = COPY_TO_GUEST
	};
	TEST_CHECK(!copy_at_once(guest.thread) && frame->rdx == OWN + 16 && frame->r10 == 8);
	TEST_CHECK(!call_copy_piece(&guest, &piece, COPY_TO_GUEST) && frame->rdx == 8);
	TEST_CHECK(load(guest.space, GUEST + 8) == 77 && !store(guest.own, OWN + 16, 78));
	*frame = (struct trap_frame){
		.rax = CALL_guest_copy_piece, .rsi = GUEST + 8, .rdx = OWN + 16, .r10 = 8, .r8 = COPY_TO_GUEST
	};
	TEST_CHECK(copy_at_once(guest.thread) && !frame->rax && frame->rdx == 8);
	TEST_CHECK(load(guest.space, GUEST + 8) == 78);
	*frame = (struct trap_frame){
		.rax = CALL_guest_copy_piece, .rsi = GUEST + PAGES(1) - 4, .rdx = OWN + 16, .r10 = 8, .r8 = 1
	};
	TEST_CHECK(!copy_at_once(guest.thread) && !store(guest.space, GUEST + PAGES(1), 9));
	TEST_CHECK(copy_at_once(guest.thread) && load(guest.space, GUEST + PAGES(1) - 8) == 78ull << 32);
	TEST_CHECK(load(guest.space, GUEST + PAGES(1)) == 0);
	piece = (struct copy_piece){ GUEST - 8, OWN, 8 };
	TEST_CHECK(call_copy_piece(&guest, &piece, 0) == STATUS_BAD_ADDRESS);
	piece = (struct copy_piece){ GUEST + PAGES(4) - 4, OWN, 8 };
	TEST_CHECK(!call_copy_piece(&guest, &piece, 0) && frame->rdx == 4);
	piece.own = UINT64_MAX - 2;
	TEST_CHECK(call_copy_piece(&guest, &piece, 0) == STATUS_BAD_ADDRESS);
	TEST_CHECK(call_copy_piece(&guest, &piece, 0x80) == STATUS_INVALID);
	fixture_end(guest.domain);
}

/* The tables that look-ups remember are forgotten with their pages, and with their space. */
KERNEL_TEST(memory_page_byte_forgets)
{
	struct aspace *space = aspace_create(&root_account), *next;
	TEST_CHECK(space && !map_at(space, GUEST, 1, NULL, 0) && !store(space, GUEST, 1));
	uint64_t root = space->root;
	TEST_CHECK(page_byte(root, GUEST, PTE_WRITE) && !page_byte(root, GUEST + PAGES(1), 0));
	TEST_CHECK(!page_byte(root, USER_LIMIT, 0) && !page_byte(root, UINT64_MAX, 0));
	TEST_CHECK(!aspace_unmap(space, GUEST, PAGES(1)) && !page_byte(root, GUEST, 0));
	TEST_CHECK(!map_at(space, GUEST, 1, NULL, 0) && !store(space, GUEST, 1));
	TEST_CHECK(page_byte(root, GUEST, PTE_WRITE));
	object_put(&space->object);
	while (!object_reap_some())
		;
	next = aspace_create(&root_account);
	TEST_CHECK(next && !page_byte(next->root, GUEST, 0));
	object_put(&next->object);
}

/* A string without a NUL within what was asked for is not taken in part by the quick way, nor one that goes on. */
KERNEL_TEST(memory_call_guest_string_at_once)
{
	struct guest guest;
	TEST_CHECK(guest_start(&guest) && !store(guest.space, GUEST, 0x0061616161616161) &&
		   !store(guest.own, OWN, UINT64_MAX));
	struct trap_frame *frame = &guest.thread->frame;
	*frame = (struct trap_frame){ .rax = CALL_guest_copy_string, .rdi = GUEST, .rsi = OWN, .rdx = 7 };
	TEST_CHECK(!copy_at_once(guest.thread) && frame->rdx == 7 && load(guest.own, OWN) >> 56 == 0xff);
	frame->rsi = OWN + PAGES(1) - 7;
	frame->rdx = 64;
	TEST_CHECK(!copy_at_once(guest.thread) && frame->rdx == 64);
	frame->rsi = OWN;
	TEST_CHECK(copy_at_once(guest.thread) && !frame->rax && frame->rdx == 7);
	TEST_CHECK(load(guest.own, OWN) == 0x0061616161616161);
	fixture_end(guest.domain);
}

/* The second of two pieces waits for a pager: the first is not done again. */
KERNEL_TEST(memory_call_guest_copy_restarts)
{
	struct guest guest;
	struct notification *told = notification_create(&root_account);
	struct memory_object *source = memory_object_create(&root_account, 1, 0);
	struct page_range range = { .count = 1 };
	uint64_t done = 0;
	TEST_CHECK(told && source && guest_start(&guest) && !object_store(source, 0, 55));
	struct memory_object *object = memory_object_create_paged(&root_account, 1, told, 1, 0);
	TEST_CHECK(object && !map_at(guest.space, GUEST + PAGES(8), 1, object, 0) &&
		   !store(guest.space, GUEST, 1));
	const struct copy_piece pieces[2] = { { GUEST, OWN, 8 }, { GUEST + PAGES(8), OWN + 8, 8 } };
	TEST_CHECK(call_copy(&guest, pieces, 2, COPY_NOFAULT) == 0 && guest.thread->frame.rdx == 8);
	TEST_CHECK(call_copy(&guest, pieces, 2, 0) == STATUS_PENDING && guest.thread->progress == 8);
	TEST_CHECK(load(guest.own, OWN) == 1 && !store(guest.own, OWN, 2));
	TEST_CHECK(!object_supply(object, source, &range, 0, &done) &&
		   guest.thread->state == THREAD_IS_READY);
	TEST_CHECK(!call_copy(&guest, pieces, 2, 0) && guest.thread->frame.rdx == 16);
	TEST_CHECK(load(guest.own, OWN) == 2 && load(guest.own, OWN + 8) == 55 &&
		   guest.thread->progress == 0);
	fixture_end(guest.domain);
	object_put(&object->object);
	object_put(&source->object);
	object_put(&told->object);
}

KERNEL_TEST(memory_call_guest_copy_object)
{
	struct guest guest;
	struct memory_object *object = memory_object_create(&root_account, 2, 0);
	TEST_CHECK(object && guest_start(&guest) && !store(guest.space, GUEST, 0x1122334455667788));
	uint64_t handle = fixture_give(guest.domain, object, RIGHT_WRITE, 0);
	const struct copy_piece piece = { GUEST, PAGES(2) - 4, 8 };
	TEST_CHECK(!copy_out(guest.own, (uaddr_t){ BLOCK }, &piece, sizeof piece));
	struct fixture_call call = { CALL_guest_copy_object, { handle, BLOCK, 1, 0 } };
	TEST_CHECK(!fixture_call(guest.thread, call) && guest.thread->frame.rdx == 4); /* short at its end */
	TEST_CHECK(object_load(object, PAGES(2) - 8) == 0x5566778800000000);
	call.words[3] = COPY_TO_GUEST;
	TEST_CHECK(fixture_call(guest.thread, call) == STATUS_DENIED);
	fixture_end(guest.domain);
	object_put(&object->object);
}

/* Map, write, fork, move, share; any step may be refused. Everything goes back whatever happened. */
static void exercise(struct account *account)
{
	uint64_t place, done = 0;
	struct aspace *space = aspace_create(account), *child = NULL;
	struct memory_object *a = memory_object_create(account, 8, 0),
			     *b = memory_object_create(account, 8, 0);
	struct page_range range = { .count = 8 };
	struct remap_request move = { .address = GUEST,
				      .length = PAGES(4),
				      .new_length = PAGES(8),
				      .new_address = GUEST << 4,
				      .flags = REMAP_MAY_MOVE | REMAP_FIXED };
	status_code_t status = space && a && b ? STATUS_OK : STATUS_NO_MEMORY;
	for (uint64_t page = 0; !status && page < 4; page++)
		status = object_store(a, PAGES(2 * page), page);
	if (!status)
		status = map_at(space, GUEST, 4, NULL, 0) | map_at(space, GUEST << 2, 8, b, MAP_FLAG_SHARED);
	for (uint64_t page = 0; !status && page < 4; page++)
		status = store(space, GUEST + PAGES(page), page);
	if (!status)
		status = fork_whole(space, account, &child) | object_share(b, a, &range, &done);
	if (!status)
		status = store(child, GUEST, 1) | store(space, GUEST << 2, 1) |
			 remap_whole(space, &move, &place);
	if (child)
		object_put(&child->object);
	if (space)
		object_put(&space->object);
	if (a)
		object_put(&a->object);
	if (b)
		object_put(&b->object);
	object_reap();
}

KERNEL_TEST(memory_accounts_that_run_out)
{
	bool enough = false;
	for (uint64_t most = 0; most < 64; most++) {
		status_code_t status;
		struct account_limits limits = { .frames = most, .objects = 8 };
		struct account *account = account_create(&root_account, &limits, &status);
		TEST_CHECK(account);
		exercise(account);
		TEST_CHECK(account->frames == 0 && account->objects == 0);
		TEST_CHECK(account->object.references == 1 && !(enough && account->refusals));
		enough = !account->refusals;
		object_put(&account->object);
		object_reap();
	}
	TEST_CHECK(enough);
}

static int64_t call_seek(struct guest *guest, uint64_t handle, uint64_t page, uint64_t hole)
{
	struct fixture_call call = { CALL_object_seek, { handle, page, hole } };
	int64_t status = fixture_call(guest->thread, call);
	return status ? status : (int64_t)guest->thread->frame.rdx;
}

KERNEL_TEST(memory_call_object_seek)
{
	struct guest guest;
	struct memory_object *object = memory_object_create(&root_account, 1ull << 30, 0);
	TEST_CHECK(object && guest_start(&guest));
	uint64_t handle = fixture_give(guest.domain, object, RIGHT_READ, 0);
	TEST_CHECK(call_seek(&guest, handle, 0, 0) == STATUS_OUT_OF_RANGE);
	TEST_CHECK(call_seek(&guest, handle, 5, 1) == 5);
	TEST_CHECK(!object_store(object, PAGES(7), 1) && !object_store(object, PAGES(8), 1));
	TEST_CHECK(!object_store(object, PAGES((1ull << 30) - 1), 1));
	TEST_CHECK(call_seek(&guest, handle, 0, 0) == 7 && call_seek(&guest, handle, 8, 0) == 8);
	TEST_CHECK(call_seek(&guest, handle, 9, 0) == (1ll << 30) - 1);
	TEST_CHECK(call_seek(&guest, handle, 7, 1) == 9 && call_seek(&guest, handle, 9, 1) == 9);
	TEST_CHECK(call_seek(&guest, handle, (1ull << 30) - 1, 1) == STATUS_OUT_OF_RANGE);
	TEST_CHECK(call_seek(&guest, handle, 1ull << 30, 0) == STATUS_OUT_OF_RANGE);
	TEST_CHECK(call_seek(&guest, handle, 0, 2) == STATUS_INVALID);
	TEST_CHECK(call_seek(&guest, fixture_give(guest.domain, object, RIGHT_WRITE, 0), 0, 0) ==
		   STATUS_DENIED);
	fixture_end(guest.domain);
	object_put(&object->object);
}
