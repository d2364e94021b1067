/* SPDX-License-Identifier: MIT */
/*
 * Contents of files: reserving, accounting to the page, truncation, holes, fallocate, seeking.
 */
#include <string.h>
#include "harness.h"

#define PAGE ((uint64_t)PAGE_SIZE)

static struct vfs_inode_ref root, file;

static int start(void **state)
{
	(void)state;
	vfs_start(NULL, 0);
	root = mounted("size=64k"); /* 16 pages */
	file = make(root, "f", MODE_REGULAR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	return 0;
}

static uint64_t pages_free(void)
{
	return status_of(root).blocks_free;
}

static status_t allocate(struct vfs_inode_ref inode, uint32_t flags, uint64_t offset, uint64_t length)
{
	struct vfs_allocate_request request = {
		.inode = inode, .flags = flags, .offset = offset, .length = length, .now = { 5555, 0, 0 }
	};
	struct vfs_allocate_reply reply;

	return allocate_op(&vfs, &request, &reply);
}

static status_t seek(struct vfs_inode_ref inode, uint32_t what, uint64_t offset, uint64_t *found)
{
	struct vfs_seek_request request = { inode, what, offset };
	struct vfs_seek_reply reply = { 0 };
	status_code_t status = seek_op(&vfs, &request, &reply);

	*found = reply.offset;
	return status;
}

static void written_bytes_are_counted_in_pages(void **state)
{
	char back[6];

	(void)state;
	assert_int_equal(write_try(file, 10, "hello", 6), STATUS_OK);
	assert_int_equal(attributes_of(file).size, 16);
	assert_int_equal(attributes_of(file).blocks, 8);
	read_back(file, 10, back, 6);
	assert_string_equal(back, "hello");
	assert_int_equal(pages_free(), 15);
	assert_int_equal(unlink_try(root, "f", 0, NULL), STATUS_OK);
	assert_int_equal(pages_free(), 16);
}

static void the_last_page_can_be_written_and_no_more(void **state)
{
	uint8_t page[PAGE_SIZE] = { 1 };

	(void)state;
	for (uint64_t i = 0; i < 16; i++)
		assert_int_equal(write_try(file, i * PAGE, page, PAGE), STATUS_OK);
	assert_int_equal(write_try(file, 16 * PAGE, page, 1), STATUS_NO_SPACE);
	assert_int_equal(pages_free(), 0);
	assert_int_equal(set_size(file, 15 * PAGE + 1), STATUS_OK);
	assert_int_equal(write_try(file, 15 * PAGE + 1, page, PAGE), STATUS_NO_SPACE);
	assert_int_equal(set_size(file, 15 * PAGE), STATUS_OK);
	assert_int_equal(write_try(make(root, "g", MODE_REGULAR), 0, page, PAGE), STATUS_OK);
	assert_int_equal(pages_free(), 0);
}

static void many_small_files_fill_the_space_exactly(void **state)
{
	struct vfs_inode_ref made = { 0 };
	char name[3] = "a";

	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		name[0] = (char)('A' + i);
		assert_int_equal(write_try(make(root, name, MODE_REGULAR), 0, name, 1), STATUS_OK);
	}
	assert_int_equal(make_try(root, "x", MODE_REGULAR, &made), STATUS_OK);
	assert_int_equal(write_try(made, 0, "x", 1), STATUS_NO_SPACE);
	assert_int_equal(attributes_of(made).size, 0);
}

static void a_long_symlink_takes_a_page(void **state)
{
	struct vfs_inode_ref link;
	char target[200];

	(void)state;
	memset(target, 't', sizeof target);
	target[199] = 0;
	assert_int_equal(symlink_try(root, "l", target, &link), STATUS_OK);
	assert_int_equal(pages_free(), 15);
	assert_int_equal(reserve_try(file, 0, 15 * PAGE, NULL), STATUS_OK);
	assert_int_equal(symlink_try(root, "m", target, &link), STATUS_NO_SPACE);
	assert_int_equal(unlink_try(root, "l", 0, NULL), STATUS_OK);
	assert_int_equal(symlink_try(root, "m", target, &link), STATUS_OK);
}

static void promises_are_ahead_and_can_be_given_back(void **state)
{
	struct vfs_inode_ref big = make(mounted("size=100m"), "b", MODE_REGULAR);
	uint64_t end, asked = 0, written = 0;

	(void)state;
	while (written < 4096) {
		assert_int_equal(reserve_try(big, written * PAGE, (written + 1) * PAGE, &end), STATUS_OK);
		asked++;
		assert_true(end >= (written + 1) * PAGE);
		assert_true(end <= (written + 1 + 256) * PAGE);
		written = end / PAGE;
	}
	assert_true(asked < 40);
	assert_int_equal(set_grown(big, 5 * PAGE), STATUS_OK);
	assert_int_equal(reserve_try(big, 5 * PAGE, 5 * PAGE, &end), STATUS_OK);
	assert_int_equal(end, 5 * PAGE);
	assert_int_equal(attributes_of(big).blocks, 0);
}

static void promises_not_used_are_no_used_space(void **state)
{
	(void)state;
	assert_int_equal(reserve_try(file, 0, 10 * PAGE, NULL), STATUS_OK);
	assert_int_equal(pages_free(), 16);
	assert_int_equal(attributes_of(file).blocks, 0);
	assert_int_equal(reserve_try(make(root, "g", MODE_REGULAR), 0, 7 * PAGE, NULL), STATUS_NO_SPACE);
	assert_int_equal(reserve_try(file, 0, 0, NULL), STATUS_OK);
	assert_int_equal(reserve_try(find(root, "g"), 0, 7 * PAGE, NULL), STATUS_OK);
}

static void sparse_pages_are_charged_alone(void **state)
{
	uint64_t end;

	(void)state;
	assert_int_equal(write_try(file, 1ull << 40, "x", 1), STATUS_OK);
	assert_int_equal(attributes_of(file).size, (1ull << 40) + 1);
	assert_int_equal(attributes_of(file).blocks, 8);
	assert_int_equal(pages_free(), 15);
	assert_int_equal(reserve_try(file, 0, PAGE, &end), STATUS_OK);
	assert_int_equal(end, PAGE);
	assert_int_equal(reserve_try(file, 0, 16 * PAGE, &end), STATUS_NO_SPACE);
	assert_int_equal(reserve_try(file, 0, 15 * PAGE, &end), STATUS_OK);
	assert_int_equal(end, 15 * PAGE);
}

static void truncation_cuts_and_clears(void **state)
{
	uint8_t page[PAGE_SIZE], back[PAGE_SIZE], zeros[PAGE_SIZE] = { 0 };

	(void)state;
	memset(page, 7, sizeof page);
	assert_int_equal(write_try(file, 0, page, PAGE), STATUS_OK);
	assert_int_equal(write_try(file, PAGE, page, PAGE), STATUS_OK);
	assert_int_equal(set_size(file, 100), STATUS_OK);
	assert_int_equal(attributes_of(file).blocks, 8);
	assert_int_equal(pages_free(), 15);
	assert_int_equal(set_size(file, 3 * PAGE), STATUS_OK);
	read_back(file, 0, back, PAGE);
	assert_memory_equal(back, page, 100);
	assert_memory_equal(back + 100, zeros, PAGE - 100);
	read_back(file, PAGE, back, PAGE);
	assert_memory_equal(back, zeros, PAGE);
	assert_int_equal(attributes_of(file).blocks, 8);
	assert_int_equal(set_size(file, 0), STATUS_OK);
	assert_int_equal(pages_free(), 16);
}

/* A size that was never told, because the client kept it to itself, is cut all the same. */
static void truncation_cuts_what_it_was_not_told(void **state)
{
	uint8_t page[PAGE_SIZE] = { 9 }, back[PAGE_SIZE], zeros[PAGE_SIZE] = { 0 };

	(void)state;
	assert_int_equal(write_try(file, 0, page, PAGE), STATUS_OK);
	assert_int_equal(reserve_try(file, PAGE, 2 * PAGE, NULL), STATUS_OK);
	assert_int_equal(vfs.backing->write(1, PAGE, page, PAGE), STATUS_OK);
	assert_int_equal(set_size(file, PAGE), STATUS_OK);
	assert_int_equal(set_size(file, 2 * PAGE), STATUS_OK);
	read_back(file, PAGE, back, PAGE);
	assert_memory_equal(back, zeros, PAGE);
}

static void growing_by_writes_keeps_promises(void **state)
{
	uint64_t end;

	(void)state;
	assert_int_equal(reserve_try(file, 0, 4 * PAGE, NULL), STATUS_OK);
	assert_int_equal(set_grown(file, 10), STATUS_OK);
	assert_int_equal(set_grown(file, 5), STATUS_OK);
	assert_int_equal(attributes_of(file).size, 10);
	assert_int_equal(reserve_try(file, 0, 1, &end), STATUS_OK);
	assert_int_equal(end, 4 * PAGE);
	assert_int_equal(set_size(file, 10), STATUS_OK);
	assert_int_equal(reserve_try(file, 0, 1, &end), STATUS_OK);
	assert_int_equal(end, PAGE);
}

static void sizes_have_a_limit(void **state)
{
	(void)state;
	assert_int_equal(set_size(file, INT64_MAX), STATUS_OK);
	assert_int_equal(attributes_of(file).size, INT64_MAX);
	assert_int_equal(set_size(file, 1ull << 63), STATUS_TOO_BIG);
	assert_int_equal(reserve_try(file, 1ull << 62, (1ull << 62) + 1, NULL), STATUS_TOO_BIG);
	assert_int_equal(reserve_try(file, 1, 1ull << 63, NULL), STATUS_TOO_BIG);
	assert_int_equal(reserve_try(file, 2, 1, NULL), STATUS_INVALID);
	assert_int_equal(reserve_try(root, 0, 1, NULL), STATUS_INVALID);
	assert_int_equal(set_size(root, 0), STATUS_INVALID);
	assert_int_equal(write_try(file, 3 * PAGE, "x", 1), STATUS_OK);
	assert_int_equal(set_size(file, 0), STATUS_OK);
}

static void fallocate_takes_space_and_grows(void **state)
{
	(void)state;
	assert_int_equal(allocate(file, 0, 100, 3 * PAGE), STATUS_OK);
	assert_int_equal(attributes_of(file).size, 100 + 3 * PAGE);
	assert_int_equal(attributes_of(file).blocks, 32);
	assert_int_equal(attributes_of(file).changed.seconds, 5555);
	assert_int_equal(pages_free(), 12);
	assert_int_equal(allocate(file, VFS_ALLOCATE_KEEP_SIZE, 8 * PAGE, PAGE), STATUS_OK);
	assert_int_equal(attributes_of(file).size, 100 + 3 * PAGE);
	assert_int_equal(attributes_of(file).blocks, 40);
	assert_int_equal(reserve_try(file, 0, 0, NULL), STATUS_OK);
	assert_int_equal(attributes_of(file).blocks, 40);
	assert_int_equal(allocate(file, 0, 0, 17 * PAGE), STATUS_NO_SPACE);
	assert_int_equal(allocate(file, 0, 0, 16 * PAGE), STATUS_OK);
	assert_int_equal(set_size(file, 1), STATUS_OK);
	assert_int_equal(attributes_of(file).blocks, 8);
}

static void fallocate_refuses(void **state)
{
	(void)state;
	assert_int_equal(allocate(file, 0, 0, 0), STATUS_INVALID);
	assert_int_equal(allocate(file, 0x100, 0, 1), STATUS_INVALID);
	assert_int_equal(allocate(file, VFS_ALLOCATE_ZERO, 0, 1), STATUS_NOT_SUPPORTED);
	assert_int_equal(allocate(file, 0, INT64_MAX, 1), STATUS_TOO_BIG);
	assert_int_equal(allocate(file, 0, UINT64_MAX, UINT64_MAX), STATUS_TOO_BIG);
	assert_int_equal(allocate(root, 0, 0, 1), STATUS_INVALID);
}

static void holes_are_punched(void **state)
{
	uint8_t data[4 * PAGE_SIZE], back[4 * PAGE_SIZE];

	(void)state;
	memset(data, 3, sizeof data);
	assert_int_equal(write_try(file, 0, data, sizeof data), STATUS_OK);
	assert_int_equal(allocate(file, VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE, 1000, 2 * PAGE),
			 STATUS_OK);
	memset(data + 1000, 0, 2 * PAGE);
	read_back(file, 0, back, sizeof back);
	assert_memory_equal(back, data, sizeof data);
	assert_int_equal(attributes_of(file).size, sizeof data);
	assert_int_equal(attributes_of(file).blocks, 24);
	assert_int_equal(attributes_of(file).modified.seconds, 5555);
	assert_int_equal(allocate(file, VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE, 3 * PAGE + 5, 10),
			 STATUS_OK);
	memset(data + 3 * PAGE + 5, 0, 10);
	assert_int_equal(allocate(file, VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE, 9 * PAGE, 10 * PAGE),
			 STATUS_OK);
	read_back(file, 0, back, sizeof back);
	assert_memory_equal(back, data, sizeof data);
}

static void seeking_finds_data_and_holes(void **state)
{
	uint64_t found;

	(void)state;
	assert_int_equal(seek(file, VFS_SEEK_DATA, 0, &found), STATUS_NOT_FOUND);
	assert_int_equal(set_size(file, 8 * PAGE + 5), STATUS_OK);
	assert_int_equal(seek(file, VFS_SEEK_DATA, 0, &found), STATUS_NOT_FOUND);
	assert_int_equal(seek(file, VFS_SEEK_HOLE, 77, &found), STATUS_OK);
	assert_int_equal(found, 77);
	assert_int_equal(write_try(file, 3 * PAGE, "x", 1), STATUS_OK);
	assert_int_equal(seek(file, VFS_SEEK_DATA, 5, &found), STATUS_OK);
	assert_int_equal(found, 3 * PAGE);
	assert_int_equal(seek(file, VFS_SEEK_DATA, 3 * PAGE + 9, &found), STATUS_OK);
	assert_int_equal(found, 3 * PAGE + 9);
	assert_int_equal(seek(file, VFS_SEEK_HOLE, 3 * PAGE + 9, &found), STATUS_OK);
	assert_int_equal(found, 4 * PAGE);
	assert_int_equal(seek(file, VFS_SEEK_DATA, 4 * PAGE, &found), STATUS_NOT_FOUND);
	assert_int_equal(seek(file, VFS_SEEK_HOLE, 8 * PAGE + 5, &found), STATUS_NOT_FOUND);
	assert_int_equal(write_try(file, 8 * PAGE, "x", 1), STATUS_OK);
	assert_int_equal(seek(file, VFS_SEEK_HOLE, 8 * PAGE, &found), STATUS_OK);
	assert_int_equal(found, 8 * PAGE + 5);
	assert_int_equal(seek(file, 9, 0, &found), STATUS_INVALID);
	assert_int_equal(seek(root, VFS_SEEK_DATA, 0, &found), STATUS_INVALID);
}

static void attributes_are_set_by_mask(void **state)
{
	struct vfs_set_attributes_request request = {
		.inode = file,
		.mask = VFS_SET_MODE | VFS_SET_USER | VFS_SET_GROUP | VFS_SET_ACCESSED | VFS_SET_MODIFIED,
		.attributes = { .mode = MODE_DIRECTORY | 04711,
				.user = 7,
				.group = 8,
				.size = 99,
				.accessed = { 11, 12, 0 },
				.modified = { 13, 14, 0 },
				.changed = { 15, 16, 0 } },
	};
	struct vfs_set_attributes_reply reply;

	(void)state;
	assert_int_equal(set_attributes_op(&vfs, &request, &reply), STATUS_OK);
	assert_int_equal(reply.attributes.mode, MODE_REGULAR | 04711);
	assert_int_equal(reply.attributes.user, 7);
	assert_int_equal(reply.attributes.group, 8);
	assert_int_equal(reply.attributes.size, 0);
	assert_int_equal(reply.attributes.accessed.nanoseconds, 12);
	assert_int_equal(reply.attributes.modified.seconds, 13);
	assert_int_equal(reply.attributes.changed.seconds, 1000);
	request.mask = VFS_SET_CHANGED;
	request.attributes.changed.nanoseconds = 1000000000;
	assert_int_equal(set_attributes_op(&vfs, &request, &reply), STATUS_INVALID);
	request.mask = VFS_SET_SIZE | VFS_SET_GROWN;
	assert_int_equal(set_attributes_op(&vfs, &request, &reply), STATUS_INVALID);
	request.mask = 0x1000;
	assert_int_equal(set_attributes_op(&vfs, &request, &reply), STATUS_INVALID);
	request.mask = VFS_SET_MODE;
	request.attributes.mode = 1u << 17;
	assert_int_equal(set_attributes_op(&vfs, &request, &reply), STATUS_INVALID);
}

static void opening_gives_the_same_object(void **state)
{
	struct vfs_open_object_request request = { .inode = file };
	struct vfs_open_object_reply first, second;

	(void)state;
	assert_int_equal(open_object_op(&vfs, &request, &first), STATUS_OK);
	assert_int_equal(first.writable_end, 0);
	assert_int_equal(write_try(file, 0, "abc", 3), STATUS_OK);
	assert_int_equal(open_object_op(&vfs, &request, &second), STATUS_OK);
	assert_int_equal(first.object.value, second.object.value);
	assert_int_equal(second.size, 3);
	assert_int_equal(second.writable_end, PAGE);
	request.inode = root;
	assert_int_equal(open_object_op(&vfs, &request, &second), STATUS_INVALID);
}

static void opening_reserves_what_is_asked(void **state)
{
	struct vfs_open_object_request request = { .inode = file, .start = PAGE + 1, .end = PAGE + 2 };
	struct vfs_open_object_reply reply;

	(void)state;
	assert_int_equal(open_object_op(&vfs, &request, &reply), STATUS_OK);
	assert_int_equal(reply.writable_end, 0);
	request.start = 0;
	request.end = 1;
	assert_int_equal(open_object_op(&vfs, &request, &reply), STATUS_OK);
	assert_int_equal(reply.writable_end, 2 * PAGE);
	request.start = 2;
	assert_int_equal(open_object_op(&vfs, &request, &reply), STATUS_INVALID);
	request.end = UINT64_MAX;
	assert_int_equal(open_object_op(&vfs, &request, &reply), STATUS_TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_bytes_are_counted_in_pages, start, stop),
		cmocka_unit_test_setup_teardown(the_last_page_can_be_written_and_no_more, start, stop),
		cmocka_unit_test_setup_teardown(many_small_files_fill_the_space_exactly, start, stop),
		cmocka_unit_test_setup_teardown(a_long_symlink_takes_a_page, start, stop),
		cmocka_unit_test_setup_teardown(promises_are_ahead_and_can_be_given_back, start, stop),
		cmocka_unit_test_setup_teardown(promises_not_used_are_no_used_space, start, stop),
		cmocka_unit_test_setup_teardown(sparse_pages_are_charged_alone, start, stop),
		cmocka_unit_test_setup_teardown(truncation_cuts_and_clears, start, stop),
		cmocka_unit_test_setup_teardown(truncation_cuts_what_it_was_not_told, start, stop),
		cmocka_unit_test_setup_teardown(growing_by_writes_keeps_promises, start, stop),
		cmocka_unit_test_setup_teardown(sizes_have_a_limit, start, stop),
		cmocka_unit_test_setup_teardown(fallocate_takes_space_and_grows, start, stop),
		cmocka_unit_test_setup_teardown(fallocate_refuses, start, stop),
		cmocka_unit_test_setup_teardown(holes_are_punched, start, stop),
		cmocka_unit_test_setup_teardown(seeking_finds_data_and_holes, start, stop),
		cmocka_unit_test_setup_teardown(attributes_are_set_by_mask, start, stop),
		cmocka_unit_test_setup_teardown(opening_gives_the_same_object, start, stop),
		cmocka_unit_test_setup_teardown(opening_reserves_what_is_asked, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
