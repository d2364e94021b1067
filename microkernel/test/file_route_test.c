/* SPDX-License-Identifier: MIT */
/*
 * Tests of routes on files: transfers, positions, times, images, and what must be forwarded with nothing changed.
 *
 * The domain's page of blocks holds, as the personality's memory would, an open file, an inode, an image and a group.
 */
#include "arch/x86_64/cpu.h"
#include "memory/memory.h"
#include "structure/bytes.h"
#include "test/route_fixture.h"
#include "test/test.h"

#define FORWARDED ROUTE_FIXTURE_FORWARDED
#define BUFFER ROUTE_FIXTURE_BUFFER
#define OBJECT_PAGES 8u

struct file_page {
	struct route_inode inode;
	struct route_image image;
	struct route_group group;
	struct route_file file;
};

struct file_fixture {
	struct route_fixture route;
	struct memory_object *object;
	struct file_page *page; /* through the direct map */
	struct aspace *space;   /* the guest's */
};

/* Descriptor 0: a file of 5000 bytes, readable and writable, of which 3 pages may be written. */
static struct file_fixture make(void)
{
	struct file_fixture f = { .route = route_fixture_make() };
	struct descriptor_row row = { .kind = DESCRIPTOR_FILE, .flags = DESCRIPTOR_READ | DESCRIPTOR_WRITE };
	f.object = memory_object_create(&root_account, OBJECT_PAGES, 0);
	f.space = f.route.thread->guest_aspace;
	if (store(f.route.domain->aspace, ROUTE_FIXTURE_BLOCKS, 0))
		return f;
	f.page = aspace_byte(f.route.domain->aspace, ROUTE_FIXTURE_BLOCKS, PROT_BIT_WRITE, 0);
	f.page->inode.size = 5000;
	f.page->inode.writable_end = 3 * PAGE_SIZE;
	f.page->inode.image = ROUTE_FIXTURE_BLOCKS + offsetof(struct file_page, image);
	f.page->inode.accessed.seconds = INT64_MAX / 2;
	f.page->image.valid = 1;
	f.page->image.bytes = 16;
	f.page->group.file_size_limit = UINT64_MAX;
	f.route.thread->record->route_group = ROUTE_FIXTURE_BLOCKS + offsetof(struct file_page, group);
	row.object.value = (uint32_t)fixture_give(f.route.domain, f.object, RIGHT_ALL, 0);
	row.file = ROUTE_FIXTURE_BLOCKS + offsetof(struct file_page, file);
	row.block = ROUTE_FIXTURE_BLOCKS + offsetof(struct file_page, inode);
	int64_t status = route_fixture_set(&f.route, 0, &row);
	if (status)
		f.page = NULL;
	return f;
}

static void end(struct file_fixture *f)
{
	object_put(&f->object->object);
	route_fixture_end(&f->route);
}

static int64_t read_at(struct file_fixture *f, uint64_t address, uint64_t bytes, uint64_t offset)
{
	return route_fixture_call4(&f->route, ROUTE_READ_AT,
				   (const uint64_t[4]){ 0, address, bytes, offset });
}

static int64_t write_at(struct file_fixture *f, uint64_t address, uint64_t bytes, uint64_t offset)
{
	return route_fixture_call4(&f->route, ROUTE_WRITE_AT,
				   (const uint64_t[4]){ 0, address, bytes, offset });
}

static int64_t operate(struct file_fixture *f, enum route_operation operation, uint64_t first,
		       uint64_t second)
{
	return route_fixture_call(&f->route, operation, 0, first, second);
}

KERNEL_TEST(route_file_reads_to_its_end)
{
	struct file_fixture f = make();
	TEST_CHECK(f.page && !object_store(f.object, 4992, 77));
	TEST_CHECK(read_at(&f, BUFFER, 8, 4992) == 8 && load(f.space, BUFFER) == 77);
	TEST_CHECK(!store(f.space, BUFFER, ~0ull));
	TEST_CHECK(read_at(&f, BUFFER, 100, 4996) == 4 && load(f.space, BUFFER) == ~0ull << 32);
	TEST_CHECK(read_at(&f, BUFFER, 8, 5000) == 0 && read_at(&f, BUFFER, 8, 1 << 30) == 0);
	TEST_CHECK(read_at(&f, BUFFER, 8, 1ull << 63) == FORWARDED &&
		   read_at(&f, BUFFER, 8, ~0ull) == FORWARDED);
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 4990) == 4990 && f.page->file.position == 4990);
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 4990) == 10 && f.page->file.position == 5000);
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 4990) == 0 && f.page->file.position == 5000);
	TEST_CHECK(!f.page->file.busy && !f.page->inode.dirty && f.page->image.valid);
	end(&f);
}

KERNEL_TEST(route_file_crosses_pages)
{
	struct file_fixture f = make();
	for (uint64_t at = 0; at < 2 * PAGE_SIZE; at += 8)
		TEST_CHECK(!store(f.space, BUFFER + 4 + at, at));
	TEST_CHECK(write_at(&f, BUFFER + 4, 2 * PAGE_SIZE, 12) == 2 * PAGE_SIZE);
	TEST_CHECK(f.page->inode.size == 2 * PAGE_SIZE + 12 && object_load(f.object, 12 + 4096) == 4096);
	TEST_CHECK(read_at(&f, BUFFER + 3 * PAGE_SIZE - 1, 2 * PAGE_SIZE, 12) == 2 * PAGE_SIZE);
	for (uint64_t at = 0; at < 2 * PAGE_SIZE; at += 8)
		TEST_CHECK(load(f.space, BUFFER + 3 * PAGE_SIZE - 1 + at) == at);
	end(&f);
}

KERNEL_TEST(route_file_write_publishes)
{
	struct file_fixture f = make();
	const struct route_inode *inode = &f.page->inode;
	int64_t now = clock_realtime_ns() / 1000000000;
	TEST_CHECK(write_at(&f, BUFFER, 0, 9000) == 0 && inode->size == 5000 && f.page->image.valid);
	TEST_CHECK(write_at(&f, BUFFER, 8, 100) == 8 && inode->size == 5000);
	TEST_CHECK(inode->modified.seconds >= now && inode->changed.seconds == inode->modified.seconds);
	TEST_CHECK(inode->dirty == (ROUTE_DIRTY_GROWN | ROUTE_DIRTY_MODIFIED | ROUTE_DIRTY_CHANGED));
	TEST_CHECK(inode->outdated == 1 && !f.page->image.valid && !inode->busy && !inode->attributes_busy);
	TEST_CHECK(operate(&f, ROUTE_WRITE, BUFFER, 8) == 8 && f.page->file.position == 8);
	f.page->file.flags = ROUTE_FILE_APPEND;
	TEST_CHECK(operate(&f, ROUTE_WRITE, BUFFER, 8) == 8 && f.page->file.position == 5008);
	TEST_CHECK(write_at(&f, BUFFER, 8, 0) == 8 && inode->size == 5016 && f.page->file.position == 5008);
	end(&f);
}

KERNEL_TEST(route_file_write_stays_below_its_limits)
{
	struct file_fixture f = make();
	uint64_t limit = 3 * PAGE_SIZE;
	TEST_CHECK(write_at(&f, BUFFER, 8, limit - 8) == 8 && f.page->inode.size == limit);
	TEST_CHECK(write_at(&f, BUFFER, 8, limit - 7) == FORWARDED && f.page->inode.size == limit);
	TEST_CHECK(write_at(&f, BUFFER, 8, limit + 1) == FORWARDED);
	TEST_CHECK(write_at(&f, BUFFER, 8, INT64_MAX - 4) == FORWARDED);
	f.page->group.file_size_limit = 4096;
	TEST_CHECK(write_at(&f, BUFFER, 8, 4088) == 8 && write_at(&f, BUFFER, 8, 4089) == FORWARDED);
	f.route.thread->record->route_group = 0;
	TEST_CHECK(write_at(&f, BUFFER, 8, 0) == FORWARDED);
	end(&f);
}

KERNEL_TEST(route_file_forwards_what_is_busy)
{
	struct file_fixture f = make();
	f.page->file.busy = 1;
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 8) == FORWARDED &&
		   operate(&f, ROUTE_SEEK, 0, 0) == FORWARDED);
	TEST_CHECK(read_at(&f, BUFFER, 8, 0) == 8 && f.page->file.busy == 1);
	f.page->file.busy = 0;
	f.page->inode.busy = 2;
	TEST_CHECK(operate(&f, ROUTE_WRITE, BUFFER, 8) == FORWARDED && !f.page->file.busy);
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 8) == 8 && f.page->inode.busy == 2);
	f.page->inode.busy = 0;
	f.page->inode.attributes_busy = 1;
	TEST_CHECK(operate(&f, ROUTE_WRITE, BUFFER, 8) == FORWARDED && !f.page->inode.busy &&
		   !f.page->file.busy);
	TEST_CHECK(operate(&f, ROUTE_IMAGE, BUFFER, 0) == FORWARDED);
	f.page->inode.accessed.seconds = 0;
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 8) == FORWARDED && f.page->file.position == 8);
	f.page->inode.attributes_busy = 0;
	f.page->inode.flags = ROUTE_INODE_FORWARD_WRITE;
	TEST_CHECK(operate(&f, ROUTE_WRITE, BUFFER, 8) == FORWARDED &&
		   operate(&f, ROUTE_READ, BUFFER, 8) == 8);
	f.page->file.flags = ROUTE_FILE_FORWARD;
	TEST_CHECK(operate(&f, ROUTE_READ, BUFFER, 8) == FORWARDED);
	end(&f);
}

KERNEL_TEST(route_file_forwards_a_bad_buffer)
{
	struct file_fixture f = make();
	uint64_t last = BUFFER + ROUTE_FIXTURE_PAGES * PAGE_SIZE - 8;
	TEST_CHECK(!object_store(f.object, 0, 5) && !store(f.space, last, 9));
	TEST_CHECK(write_at(&f, last, 16, 0) == FORWARDED && object_load(f.object, 0) == 5);
	TEST_CHECK(read_at(&f, last, 16, 0) == FORWARDED && load(f.space, last) == 9);
	TEST_CHECK(write_at(&f, 0, 8, 0) == FORWARDED && write_at(&f, USER_LIMIT, 8, 0) == FORWARDED);
	TEST_CHECK(!protect_whole(f.space, BUFFER, PAGE_SIZE, PROT_BIT_READ));
	TEST_CHECK(read_at(&f, BUFFER, 8, 0) == FORWARDED && write_at(&f, BUFFER, 8, 0) == 8);
	TEST_CHECK(f.page->file.position == 0);
	end(&f);
}

/* The buffer is a mapping of what is written or read. */
KERNEL_TEST(route_file_to_and_from_its_own_mapping)
{
	struct file_fixture f = make();
	uint64_t at = BUFFER + PAGES(100);
	TEST_CHECK(!map_at(f.space, at, 4, f.object, MAP_FLAG_SHARED));
	TEST_CHECK(!object_store(f.object, PAGE_SIZE, 6));
	TEST_CHECK(write_at(&f, at + PAGE_SIZE, 8, 0) == 8 && object_load(f.object, 0) == 6);
	TEST_CHECK(read_at(&f, at + 2 * PAGE_SIZE, 8, 0) == 8 && object_load(f.object, PAGES(2)) == 6);
	TEST_CHECK(write_at(&f, at, PAGES(2), 8) == PAGES(2) && object_load(f.object, 8) == 6);
	end(&f);
}

KERNEL_TEST(route_file_vectors)
{
	struct file_fixture f = make();
	uint64_t array = BUFFER + PAGE_SIZE - 8; /* itself across two pages */
	const struct route_buffer buffers[3] = { { BUFFER + PAGES(4), 8 },
						 { 0, 0 },
						 { BUFFER + PAGES(5) - 4, 8 } };
	struct copy_side to = copy_side_space(f.space, array), from = copy_side_kernel(buffers);
	uint64_t done = 0;
	TEST_CHECK(!copy_run(&to, &from, sizeof buffers, &done));
	TEST_CHECK(!store(f.space, BUFFER + PAGES(4), 1) && !store(f.space, BUFFER + PAGES(5) - 4, 2));
	TEST_CHECK(operate(&f, ROUTE_WRITE_VECTOR, array, 3) == 16 && object_load(f.object, 8) == 2);
	TEST_CHECK(f.page->file.position == 16 && operate(&f, ROUTE_SEEK, 8, ROUTE_SEEK_START) == 8);
	TEST_CHECK(operate(&f, ROUTE_READ_VECTOR, array, 1) == 8 && load(f.space, BUFFER + PAGES(4)) == 2);
	TEST_CHECK(operate(&f, ROUTE_READ_VECTOR, array, 0) == 0);
	TEST_CHECK(operate(&f, ROUTE_READ_VECTOR, array, 9) == FORWARDED);
	TEST_CHECK(operate(&f, ROUTE_READ_VECTOR, 64, 1) == FORWARDED);
	TEST_CHECK(!store(f.space, array + 8, ~0ull));
	TEST_CHECK(operate(&f, ROUTE_READ_VECTOR, array, 2) == FORWARDED && f.page->file.position == 16);
	end(&f);
}

KERNEL_TEST(route_file_positions)
{
	struct file_fixture f = make();
	TEST_CHECK(operate(&f, ROUTE_SEEK, 10, ROUTE_SEEK_START) == 10);
	TEST_CHECK(operate(&f, ROUTE_SEEK, (uint64_t)-4, ROUTE_SEEK_POSITION) == 6);
	TEST_CHECK(operate(&f, ROUTE_SEEK, (uint64_t)-5000, ROUTE_SEEK_END) == 0);
	TEST_CHECK(operate(&f, ROUTE_SEEK, 1, ROUTE_SEEK_END) == 5001 && f.page->file.position == 5001);
	TEST_CHECK(operate(&f, ROUTE_SEEK, (uint64_t)-1, ROUTE_SEEK_START) == FORWARDED);
	TEST_CHECK(operate(&f, ROUTE_SEEK, INT64_MAX, ROUTE_SEEK_POSITION) == FORWARDED);
	TEST_CHECK(f.page->file.position == 5001 && !f.page->file.busy);
	end(&f);
}

KERNEL_TEST(route_file_time_of_access)
{
	struct file_fixture f = make();
	struct route_inode *inode = &f.page->inode;
	int64_t now = clock_realtime_ns() / 1000000000;
	inode->modified.seconds = inode->accessed.seconds = now;
	f.page->file.flags = ROUTE_FILE_NO_ACCESSED;
	TEST_CHECK(read_at(&f, BUFFER, 8, 0) == 8 && !inode->dirty && inode->accessed.nanoseconds == 0);
	f.page->file.flags = 0;
	TEST_CHECK(read_at(&f, BUFFER, 0, 0) == 0 && read_at(&f, BUFFER, 8, 5000) == 0 && !inode->dirty);
	TEST_CHECK(read_at(&f, BUFFER, 8, 0) == 8 && inode->dirty == ROUTE_DIRTY_ACCESSED);
	TEST_CHECK(!f.page->image.valid && !inode->outdated && !inode->attributes_busy);
	inode->dirty = 0;
	inode->modified.seconds = inode->accessed.seconds - 2;
	TEST_CHECK(read_at(&f, BUFFER, 8, 0) == 8 && !inode->dirty);
	inode->modified.seconds = 0;
	inode->accessed.seconds -= 86401;
	TEST_CHECK(read_at(&f, BUFFER, 8, 0) == 8 && inode->dirty == ROUTE_DIRTY_ACCESSED);
	TEST_CHECK(inode->accessed.seconds >= now);
	end(&f);
}

KERNEL_TEST(route_file_image)
{
	struct file_fixture f = make();
	memset(f.page->image.data, 0x5a, ROUTE_IMAGE_BYTES);
	TEST_CHECK(operate(&f, ROUTE_IMAGE, BUFFER + PAGE_SIZE - 8, 0) == 0);
	TEST_CHECK(load(f.space, BUFFER + PAGE_SIZE) == 0x5a5a5a5a5a5a5a5aull);
	TEST_CHECK(load(f.space, BUFFER + PAGE_SIZE + 8) == 0);
	TEST_CHECK(operate(&f, ROUTE_IMAGE, 0, 0) == FORWARDED);
	f.page->inode.outdated = 1;
	TEST_CHECK(operate(&f, ROUTE_IMAGE, BUFFER, 0) == FORWARDED);
	f.page->inode.outdated = 0;
	f.page->image.bytes = UINT32_MAX;
	TEST_CHECK(operate(&f, ROUTE_IMAGE, BUFFER, 0) == 0 &&
		   load(f.space, BUFFER + ROUTE_IMAGE_BYTES) == 0);
	f.page->image.valid = 0;
	TEST_CHECK(operate(&f, ROUTE_IMAGE, BUFFER, 0) == FORWARDED);
	f.page->image.valid = 1;
	f.page->inode.image += 8;
	TEST_CHECK(operate(&f, ROUTE_IMAGE, BUFFER, 0) == FORWARDED && !f.page->inode.attributes_busy);
	end(&f);
}

/* Blocks that are not there, or pages of the object that only a pager has. */
KERNEL_TEST(route_file_without_blocks_or_pages)
{
	struct file_fixture f = make();
	struct descriptor_row row = descriptor_find(f.route.thread, 0)->row;
	row.object.value = (uint32_t)fixture_give(f.route.domain, f.object, RIGHT_ALL, 0);
	row.block = 0x7000;
	TEST_CHECK(!route_fixture_set(&f.route, 1, &row));
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 1, BUFFER, 8) == FORWARDED);
	row.block = ROUTE_FIXTURE_BLOCKS + 64;
	TEST_CHECK(!route_fixture_set(&f.route, 2, &row));
	TEST_CHECK(route_fixture_call(&f.route, ROUTE_READ, 2, BUFFER, 8) == FORWARDED);
	f.page->inode.size = f.page->inode.writable_end = PAGES(OBJECT_PAGES + 2);
	TEST_CHECK(read_at(&f, BUFFER, 8, PAGES(OBJECT_PAGES)) == FORWARDED);
	TEST_CHECK(write_at(&f, BUFFER, 8, PAGES(OBJECT_PAGES) - 4) == FORWARDED);
	TEST_CHECK(read_at(&f, BUFFER, PAGES(2), PAGES(1)) == (int64_t)PAGES(2) &&
		   load(f.space, BUFFER) == 0);
	end(&f);
}
