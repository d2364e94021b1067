/* SPDX-License-Identifier: MIT */
/*
 * Tests of frames, the heap, faults, copy-on-write and fork.
 */
#include "test/test.h"

#include "abi/guest.h"
#include "structure/bytes.h"
#include "test/memory_fixture.h"

#define BASE 0x10000000ull

KERNEL_TEST(memory_frames_return)
{
	static struct frame *kept[64];
	uint64_t before = frame_counts().free, charged = root_account.frames;
	for (unsigned i = 0; i < 64; i++)
		TEST_CHECK((kept[i] = frame_allocate(i & 1 ? &root_account : NULL)));
	TEST_CHECK(frame_counts().free == before - 64 && root_account.frames == charged + 32);
	struct frame *run = frame_allocate_run(37, &root_account);
	TEST_CHECK(run && frame_counts().free == before - 101);
	for (unsigned i = 0; i < 37; i++)
		frame_put(run + i);
	for (unsigned i = 0; i < 64; i++)
		frame_put(kept[i]);
	TEST_CHECK(frame_counts().free == before && root_account.frames == charged);
	TEST_CHECK(!frame_allocate_run(1ull << 40, NULL));
}

KERNEL_TEST(memory_account_refuses_frames)
{
	status_code_t status;
	struct account_limits limits = { .frames = 8, .objects = 10 };
	struct account *small = account_create(&root_account, &limits, &status);
	TEST_CHECK(small);
	struct aspace *space = aspace_create(small);
	uint32_t reason;
	TEST_CHECK(space && !map_at(space, BASE, 16, NULL, 0));
	uint64_t page = 0;
	while (page < 16 && !aspace_touch(space, BASE + PAGES(page), PROT_BIT_WRITE, 0, &reason))
		page++;
	TEST_CHECK(page >= 2 && page <= 7 && reason == FAULT_NO_MEMORY && small->frames == 8);
	TEST_CHECK(!aspace_unmap(space, BASE, PAGES(16)) &&
		   small->frames == 2); /* the top table and a page of heap */
	object_put(&space->object);
	object_put(&small->object);
}

KERNEL_TEST(memory_heap_blocks)
{
	static void *blocks[200];
	for (size_t bytes = 1; bytes < 9000; bytes += bytes / 3 + 1) {
		for (unsigned i = 0; i<200; i += bytes> 1000 ? 20 : 1) {
			unsigned char *block = blocks[i] = kernel_allocate(bytes, NULL);
			TEST_CHECK(block && !block[0] && !block[bytes - 1]);
			TEST_CHECK(bytes % 64 || (uintptr_t)block % 64 == 0);
			memset(block, (int)i, bytes);
		}
		for (unsigned i = 0; i<200; i += bytes> 1000 ? 20 : 1) {
			TEST_CHECK(((unsigned char *)blocks[i])[bytes - 1] == (unsigned char)i);
			kernel_free(blocks[i], bytes, NULL);
		}
	}
}

KERNEL_TEST(memory_anonymous_pages)
{
	struct aspace *space = aspace_create(&root_account);
	uint32_t reason;
	TEST_CHECK(space && !map_at(space, BASE, 64, NULL, 0));
	TEST_CHECK(load(space, BASE + 8) == 0 && space->private == 0 && space->resident == 0);
	TEST_CHECK(!store(space, BASE + 8, 42) && load(space, BASE + 8) == 42 && space->private == 1);
	TEST_CHECK(!aspace_touch(space, BASE, PROT_BIT_WRITE, 0, &reason)); /* spurious */
	for (uint64_t page = 1; page < 64; page++)
		TEST_CHECK(!store(space, BASE + PAGES(page), page));
	for (uint64_t page = 1; page < 64; page++)
		TEST_CHECK(load(space, BASE + PAGES(page)) == page);
	TEST_CHECK(space->private == 64 && space->minor_faults < 40);
	TEST_CHECK(aspace_touch(space, BASE, PROT_BIT_EXEC, 0, &reason) == STATUS_BAD_ADDRESS &&
		   reason == FAULT_ACCESS);
	TEST_CHECK(aspace_touch(space, BASE - 1, PROT_BIT_READ, 0, &reason) == STATUS_BAD_ADDRESS &&
		   reason == FAULT_NO_REGION);
	uint64_t progress = 0;
	TEST_CHECK(!aspace_advise(space, BASE, PAGES(64), ADVICE_DISCARD, &progress) && space->resident == 0);
	TEST_CHECK(load(space, BASE + PAGES(63)) == 0);
	object_put(&space->object);
}

KERNEL_TEST(memory_fork_isolates)
{
	struct aspace *parent = aspace_create(&root_account), *child;
	TEST_CHECK(parent && !map_at(parent, BASE, 4, NULL, 0));
	TEST_CHECK(!map_at(parent, BASE + PAGES(8), 2, NULL, MAP_FLAG_SHARED));
	TEST_CHECK(!store(parent, BASE, 1) && !store(parent, BASE + PAGES(2), 3) &&
		   !store(parent, BASE + PAGES(8), 8));
	uint64_t before = frame_counts().free;
	TEST_CHECK(!fork_whole(parent, &root_account, &child));
	TEST_CHECK(before - frame_counts().free <= 8 && child->private == parent->private);
	TEST_CHECK(!store(parent, BASE, 11) && load(child, BASE) == 1 && load(parent, BASE) == 11);
	TEST_CHECK(!store(child, BASE + PAGES(2), 33) && load(parent, BASE + PAGES(2)) == 3);
	TEST_CHECK(!store(child, BASE + PAGES(1), 2) && load(parent, BASE + PAGES(1)) == 0);
	TEST_CHECK(!store(child, BASE + PAGES(8), 88) && load(parent, BASE + PAGES(8)) == 88);
	object_put(&parent->object);
	object_reap();
	TEST_CHECK(load(child, BASE) == 1 && !store(child, BASE, 111) && load(child, BASE) == 111);
	object_put(&child->object);
}

KERNEL_TEST(memory_fork_flags_and_pins)
{
	struct aspace *parent = aspace_create(&root_account), *child;
	struct frame *frame;
	void *bytes;
	TEST_CHECK(parent && !map_at(parent, BASE, 1, NULL, MAP_FLAG_WIPE_ON_FORK));
	TEST_CHECK(!map_at(parent, BASE + PAGES(4), 1, NULL, MAP_FLAG_NO_FORK));
	TEST_CHECK(!map_at(parent, BASE + PAGES(8), 1, NULL, 0));
	TEST_CHECK(!store(parent, BASE, 1) && !store(parent, BASE + PAGES(4), 2) &&
		   !store(parent, BASE + PAGES(8), 3));
	TEST_CHECK(!aspace_pin(parent, (uaddr_t){ BASE + PAGES(8) }, &frame, &bytes));
	TEST_CHECK(!fork_whole(parent, &root_account, &child));
	TEST_CHECK(load(child, BASE) == 0 && load(child, BASE + PAGES(4)) == ~0ull &&
		   load(child, BASE + PAGES(8)) == 3);
	TEST_CHECK(!store(parent, BASE + PAGES(8), 4) && *(uint64_t *)bytes == 4);
	TEST_CHECK(load(child, BASE + PAGES(8)) == 3);
	TEST_CHECK(!aspace_unmap(parent, BASE + PAGES(8), PAGES(1)) && *(uint64_t *)bytes == 4);
	frame_unpin(frame);
	object_put(&parent->object);
	object_put(&child->object);
}

KERNEL_TEST(memory_private_copy_of_an_object)
{
	struct aspace *space = aspace_create(&root_account);
	struct memory_object *object = memory_object_create(&root_account, 4, 0);
	uint32_t reason;
	TEST_CHECK(space && object && !object_store(object, 0, 5) && !object_store(object, PAGES(1), 6));
	TEST_CHECK(!map_at(space, BASE, 6, object, 0) && load(space, BASE) == 5);
	TEST_CHECK(!object_store(object, 0, 50) && load(space, BASE) == 50); /* not copied yet: seen */
	TEST_CHECK(!store(space, BASE, 500) && object_load(object, 0) == 50 && load(space, BASE) == 500);
	TEST_CHECK(!object_store(object, 8, 51) && load(space, BASE + 8) == 0);
	TEST_CHECK(load(space, BASE + PAGES(1)) == 6);
	TEST_CHECK(aspace_touch(space, BASE + PAGES(4), PROT_BIT_READ, 0, &reason) == STATUS_OUT_OF_RANGE);
	TEST_CHECK(reason == FAULT_BEYOND_END);
	TEST_CHECK(!memory_object_resize(object, 0) && space->resident == 0);
	TEST_CHECK(load(space, BASE) == ~0ull && object_load(object, 0) == ~0ull);
	object_put(&space->object);
	object_put(&object->object);
}

KERNEL_TEST(memory_share_copies_on_write)
{
	struct aspace *space = aspace_create(&root_account);
	struct memory_object *a = memory_object_create(&root_account, 4, 0);
	struct memory_object *b = memory_object_create(&root_account, 8, 0);
	struct page_range range = { .page = 2, .source_page = 1, .count = 3 };
	uint64_t done = 0;
	TEST_CHECK(space && a && b && !map_at(space, BASE, 4, a, MAP_FLAG_SHARED));
	TEST_CHECK(!map_at(space, BASE + PAGES(16), 8, b, MAP_FLAG_SHARED));
	TEST_CHECK(!store(space, BASE + PAGES(1), 1) && !store(space, BASE + PAGES(2), 2));
	TEST_CHECK(!store(space, BASE + PAGES(20), 99)); /* replaced by the share */
	TEST_CHECK(!object_share(b, a, &range, &done) && done == 3 && b->resident == 2);
	TEST_CHECK(load(space, BASE + PAGES(18)) == 1 && load(space, BASE + PAGES(20)) == 0);
	TEST_CHECK(!store(space, BASE + PAGES(1), 10) && load(space, BASE + PAGES(18)) == 1);
	TEST_CHECK(!store(space, BASE + PAGES(19), 20) && load(space, BASE + PAGES(2)) == 2);
	TEST_CHECK(object_load(a, PAGES(2)) == 2 && object_load(b, PAGES(3)) == 20);
	TEST_CHECK(object_share(a, a, &range, &done) == STATUS_NOT_SUPPORTED);
	range.page = 7;
	TEST_CHECK(object_share(b, a, &range, &done) == STATUS_OUT_OF_RANGE);
	object_put(&space->object);
	object_put(&a->object);
	object_put(&b->object);
}

/* Pages of the boot module are used in place and survive every holder. */
KERNEL_TEST(memory_object_over_is_never_written)
{
	struct frame *frame = frame_allocate_zeroed(NULL);
	TEST_CHECK(frame);
	uint64_t *words = frame_data(frame);
	words[0] = 77;
	struct aspace *space = aspace_create(&root_account);
	struct memory_object *over = memory_object_over(frame_address(frame), 1, &root_account);
	TEST_CHECK(space && over && !map_at(space, BASE, 1, over, MAP_FLAG_SHARED));
	TEST_CHECK(load(space, BASE) == 77 && !store(space, BASE, 78));
	TEST_CHECK(words[0] == 77 && load(space, BASE) == 78);
	object_put(&space->object);
	object_put(&over->object);
	object_reap();
	TEST_CHECK(frame->references == 1);
	frame_put(frame);
}

KERNEL_TEST(memory_object_index_is_sparse)
{
	struct memory_object *object = memory_object_create(&root_account, OBJECT_PAGES_MAX, 0);
	TEST_CHECK(object);
	for (unsigned bit = 0; bit < 40; bit++)
		TEST_CHECK(!object_store(object, PAGES(1ull << bit), bit));
	uint64_t page = 0, count = 0;
	for (; object_next_slot(object, &page, OBJECT_PAGES_MAX); page++, count++)
		TEST_CHECK(page == 1ull << count && object_load(object, PAGES(page)) == count);
	TEST_CHECK(count == 40 && object->resident == 40);
	TEST_CHECK(object_load(object, PAGES(3)) == 0 && object->resident == 40);
	TEST_CHECK(!memory_object_discard(object, 0, OBJECT_PAGES_MAX) && object->resident == 0 &&
		   !object->index);
	object_put(&object->object);
}

KERNEL_TEST(memory_contiguous_object)
{
	struct memory_object *object = memory_object_create(&root_account, 5, OBJECT_CONTIGUOUS);
	struct memory_object *other = memory_object_create(&root_account, 5, 0);
	struct page_range range = { .count = 5 };
	uint64_t done = 0;
	TEST_CHECK(object && other);
	for (uint64_t page = 1; page < 5; page++)
		TEST_CHECK((object_slot(object, page) - object_slot(object, 0)) == PAGES(page));
	TEST_CHECK(!object_store(object, PAGES(4), 4) && !object_share(other, object, &range, &done));
	TEST_CHECK(object_load(other, PAGES(4)) == 4 && !object_store(object, PAGES(4), 5));
	TEST_CHECK(object_load(other, PAGES(4)) == 4);
	TEST_CHECK(memory_object_resize(object, 1) == STATUS_NOT_SUPPORTED);
	object_put(&object->object);
	object_put(&other->object);
}
