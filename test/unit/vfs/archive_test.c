/* SPDX-License-Identifier: MIT */
/*
 * The root file system from boot archives, whole, overriding, hostile and broken.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "harness.h"

#define FLIPS 20000u

static struct newc newc;
static struct vfs_inode_ref root;

static status_t mount_archive(void)
{
	struct vfs_mount_reply reply = { 0 };
	status_code_t status;

	vfs_start(newc.bytes, newc.used);
	status = mount_try("archive", "", &reply);
	root = reply.root;
	return status;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	newc_free(&newc);
	return 0;
}

static void expect_contents(const char *path, const char *text)
{
	char back[100] = "";
	struct vfs_inode_ref file = find_path(root, path);

	assert_int_equal(attributes_of(file).size, strlen(text));
	read_back(file, 0, back, strlen(text));
	assert_string_equal(back, text);
}

static void entries_become_inodes(void **state)
{
	struct vfs_attributes a;

	(void)state;
	newc_add(&newc, &(struct newc_entry){ .name = ".", .mode = 040711, .user = 3, .modified = 66 });
	newc_add(&newc, &(struct newc_entry){
				.name = "etc", .mode = 041777, .user = 1, .group = 2, .modified = 88 });
	newc_file(&newc, "etc/motd", "hello", 5);
	newc_add(&newc, &(struct newc_entry){ .name = "dev", .mode = 040755 });
	newc_add(&newc, &(struct newc_entry){
				.name = "dev/console", .mode = 020600, .node_major = 5, .node_minor = 1 });
	newc_add(&newc, &(struct newc_entry){
				.name = "etc/link", .mode = 0120777, .data = "motd", .data_bytes = 4 });
	newc_add(&newc, &(struct newc_entry){ .name = "fifo", .mode = 010644, .node_major = 9 });
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	a = attributes_of(root);
	assert_int_equal(a.mode, 040711);
	assert_int_equal(a.user, 3);
	assert_int_equal(a.links, 4);
	assert_int_equal(a.modified.seconds, 66);
	a = attributes_of(find_path(root, "etc"));
	assert_int_equal(a.mode, 041777);
	assert_int_equal(a.user, 1);
	assert_int_equal(a.group, 2);
	assert_int_equal(a.modified.seconds, 88);
	a = attributes_of(find_path(root, "etc/motd"));
	assert_int_equal(a.mode, 0100644);
	assert_int_equal(a.blocks, 8);
	assert_int_equal(a.modified.seconds, 77);
	expect_contents("etc/motd", "hello");
	a = attributes_of(find_path(root, "dev/console"));
	assert_int_equal(a.device, 5ull << 32 | 1);
	assert_int_equal(a.mode, 020600);
	assert_int_equal(attributes_of(find_path(root, "etc/link")).size, 4);
	assert_int_equal(attributes_of(find_path(root, "fifo")).device, 0);
	assert_int_equal(status_of(root).type, FILESYSTEM_ARCHIVE);
	assert_int_equal(status_of(root).blocks, MEMORY_PAGES / 2 + 1);
	assert_int_equal(status_of(root).blocks_free, MEMORY_PAGES / 2);
}

static void aligned_pages_are_shared_and_the_rest_copied(void **state)
{
	static uint8_t data[3 * PAGE_SIZE + 10], back[3 * PAGE_SIZE + 10];
	uint64_t before = backing_shared_pages();

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7 + i / 256);
	newc_add(&newc, &(struct newc_entry){ .name = "aligned",
					      .mode = 0100755,
					      .links = 1,
					      .data = data,
					      .data_bytes = sizeof data,
					      .align_data = true });
	newc_file(&newc, "unaligned", data, sizeof data);
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	assert_int_equal(backing_live(), 0);
	read_back(find(root, "aligned"), 0, back, sizeof back);
	assert_memory_equal(back, data, sizeof data);
	assert_int_equal(backing_shared_pages() - before, 3);
	read_back(find(root, "unaligned"), 0, back, sizeof back);
	assert_memory_equal(back, data, sizeof data);
	assert_int_equal(backing_shared_pages() - before, 3);
	assert_int_equal(attributes_of(find(root, "aligned")).blocks, 32);
	assert_int_equal(write_try(find(root, "aligned"), 0, "x", 1), STATUS_OK);
	assert_memory_not_equal(newc.bytes, "x", 1);
}

static void truncation_before_the_first_open(void **state)
{
	char back[5];

	(void)state;
	newc_file(&newc, "a", "0123456789", 10);
	newc_file(&newc, "b", "0123456789", 10);
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	assert_int_equal(set_size(find(root, "a"), 0), STATUS_OK);
	assert_int_equal(backing_live(), 0);
	assert_int_equal(attributes_of(find(root, "a")).blocks, 0);
	assert_int_equal(set_size(find(root, "b"), 3), STATUS_OK);
	assert_int_equal(set_size(find(root, "b"), 5), STATUS_OK);
	read_back(find(root, "b"), 0, back, 5);
	assert_memory_equal(back, "012\0\0", 5);
}

static void hard_links(struct newc *target, const char *data_at)
{
	static const char *const names[] = { "one", "two", "three" };

	for (size_t i = 0; i < 3; i++) {
		bool has_data = strcmp(names[i], data_at) == 0;

		newc_add(target, &(struct newc_entry){ .name = names[i],
						       .inode = 40,
						       .mode = 0100644,
						       .links = 3,
						       .data = has_data ? "linked" : NULL,
						       .data_bytes = has_data ? 6 : 0 });
	}
	newc_end(target);
}

static void expect_hard_links(void)
{
	assert_true(same_inode(find(root, "one"), find(root, "two")));
	assert_true(same_inode(find(root, "one"), find(root, "three")));
	assert_int_equal(attributes_of(find(root, "one")).links, 3);
	expect_contents("two", "linked");
}

static void hard_links_with_data_at_the_last(void **state)
{
	(void)state;
	hard_links(&newc, "three");
	assert_int_equal(mount_archive(), STATUS_OK);
	expect_hard_links();
}

static void hard_links_with_data_at_the_first(void **state)
{
	(void)state;
	hard_links(&newc, "one");
	assert_int_equal(mount_archive(), STATUS_OK);
	expect_hard_links();
}

/* Inode numbers mean something within one archive and one type only. */
static void equal_numbers_are_no_links(void **state)
{
	(void)state;
	newc_add(&newc, &(struct newc_entry){ .name = "fifo", .inode = 9, .mode = 010644, .links = 2 });
	newc_add(&newc, &(struct newc_entry){ .name = "file", .inode = 9, .mode = 0100644, .links = 2 });
	newc_end(&newc);
	newc_add(&newc, &(struct newc_entry){ .name = "other", .inode = 9, .mode = 0100644, .links = 2 });
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	assert_int_equal(attributes_of(find(root, "fifo")).links, 1);
	assert_int_equal(attributes_of(find(root, "file")).links, 1);
	assert_int_equal(attributes_of(find(root, "other")).links, 1);
	assert_int_equal(attributes_of(find(root, "file")).mode, 0100644);
}

static void later_archives_override(void **state)
{
	(void)state;
	newc_directory(&newc, "d");
	newc_file(&newc, "d/f", "old", 3);
	newc_file(&newc, "was-file", "old", 3);
	newc_directory(&newc, "was-directory");
	newc_directory(&newc, "full");
	newc_file(&newc, "full/f", "x", 1);
	newc_add(&newc,
		 &(struct newc_entry){ .name = "link", .mode = 0120777, .data = "d", .data_bytes = 1 });
	newc_end(&newc);
	newc_file(&newc, "d/f", "newer", 5);
	newc_directory(&newc, "was-file");
	newc_file(&newc, "was-directory", "file", 4);
	newc_file(&newc, "full", "cannot", 6);
	newc_file(&newc, "link/through", "t", 1);
	newc_file(&newc, "no/parent", "t", 1);
	newc_add(&newc,
		 &(struct newc_entry){ .name = "was-link", .mode = 0120777, .data = "d/f", .data_bytes = 3 });
	newc_file(&newc, "was-link", "plain", 5);
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	expect_contents("d/f", "newer");
	expect_contents("was-directory", "file");
	expect_contents("d/through", "t");
	expect_contents("full/f", "x");
	expect_contents("was-link", "plain");
	assert_int_equal(attributes_of(find(root, "was-file")).mode, 040755);
}

static void paths_lead_nowhere_else(void **state)
{
	(void)state;
	newc_directory(&newc, "d");
	newc_add(&newc,
		 &(struct newc_entry){ .name = "loop", .mode = 0120777, .data = "loop", .data_bytes = 4 });
	newc_add(&newc,
		 &(struct newc_entry){ .name = "up", .mode = 0120777, .data = "/../..//d", .data_bytes = 9 });
	newc_file(&newc, "loop/f", "x", 1);
	newc_file(&newc, "../../d/../d/./f", "dots", 4);
	newc_file(&newc, "up/g", "root", 4);
	newc_file(&newc, "/d//h", "slashes", 7);
	newc_file(&newc, "d/..", "x", 1);
	newc_file(&newc, "d/f/below-a-file", "x", 1);
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	expect_contents("d/f", "dots");
	expect_contents("d/g", "root");
	expect_contents("d/h", "slashes");
	assert_int_equal(attributes_of(find(root, "d")).size, 40 + 3 * 20);
	assert_int_equal(attributes_of(root).size, 40 + 3 * 20);
}

static void an_archive_is_mounted_once(void **state)
{
	struct vfs_mount_reply reply;

	(void)state;
	newc_file(&newc, "f", "x", 1);
	newc_end(&newc);
	assert_int_equal(mount_archive(), STATUS_OK);
	assert_int_equal(mount_try("archive", "", &reply), STATUS_BUSY);
}

static void without_an_archive_there_is_none(void **state)
{
	struct vfs_mount_reply reply;

	(void)state;
	vfs_start(NULL, 0);
	assert_int_equal(mount_try("archive", "", &reply), STATUS_NOT_FOUND);
}

static void build_sample(void)
{
	static uint8_t data[PAGE_SIZE + 100];

	newc_directory(&newc, "d");
	newc_add(&newc, &(struct newc_entry){ .name = "d/big",
					      .inode = 7,
					      .mode = 0100755,
					      .links = 2,
					      .data = data,
					      .data_bytes = sizeof data,
					      .align_data = true });
	newc_add(&newc, &(struct newc_entry){ .name = "d/same", .inode = 7, .mode = 0100755, .links = 2 });
	newc_add(&newc,
		 &(struct newc_entry){ .name = "l", .mode = 0120777, .data = "d/big", .data_bytes = 5 });
	newc_add(&newc,
		 &(struct newc_entry){ .name = "l/x", .mode = 020666, .node_major = 1, .node_minor = 3 });
	newc_file(&newc, "d/f", "text", 4);
	newc_end(&newc);
}

/* Every length but those that end behind the trailer is corrupt, and leaves nothing behind. */
static void every_truncation_is_corrupt(void **state)
{
	size_t whole, end;

	(void)state;
	build_sample();
	whole = newc.used;
	for (end = whole; newc.bytes[end - 1] == 0; end--)
		;
	end = (end + 1 + 3) / 4 * 4; /* the trailer's name with its NUL and padding */
	for (size_t bytes = 0; bytes < whole; bytes++) {
		uint8_t *cut = malloc(bytes ? bytes : 1);
		struct vfs_mount_reply reply;

		assert_non_null(cut);
		memcpy(cut, newc.bytes, bytes);
		vfs_start(cut, bytes);
		assert_int_equal(mount_try("archive", "", &reply) == STATUS_OK, bytes >= end);
		vfs_stop();
		free(cut);
	}
	assert_int_equal(mount_archive(), STATUS_OK);
}

/* Whatever the bytes: an answer, a sound tree, no byte read outside. Opening every file of it works as well. */
static void flipped_bits_do_no_harm(void **state)
{
	uint64_t seed = 9;
	struct vfs_mount_reply reply;

	(void)state;
	build_sample();
	for (unsigned round = 0; round < FLIPS; round++) {
		uint8_t *bytes = malloc(newc.used);

		assert_non_null(bytes);
		memcpy(bytes, newc.bytes, newc.used);
		for (unsigned flips = 1 + random_below(&seed, 4); flips; flips--) {
			uint32_t at = random_below(&seed, 2) ? random_below(&seed, 400)
							     : random_below(&seed, (uint32_t)newc.used);

			bytes[at] = (uint8_t)(bytes[at] ^ 1u << random_below(&seed, 8));
		}
		vfs_start(bytes, newc.used);
		if (mount_try("archive", "", &reply) == STATUS_OK) {
			struct vfs_inode_ref file;

			if (find_try(reply.root, "d", &file) == STATUS_OK &&
			    find_try(file, "big", &file) == STATUS_OK)
				assert_true(set_size(file, 3) == STATUS_OK ||
					    attributes_of(file).mode != 0100755);
		}
		vfs_stop();
		free(bytes);
	}
	assert_int_equal(mount_archive(), STATUS_OK);
}

static void without_memory_nothing_is_mounted(void **state)
{
	struct vfs_mount_reply reply;
	status_code_t status;
	unsigned n = 0;

	(void)state;
	build_sample();
	do {
		vfs_start(newc.bytes, newc.used);
		store_fail_at(++n);
		status = mount_try("archive", "", &reply);
		assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
		store_fail_at(0);
		vfs_stop();
	} while (status != STATUS_OK);
	assert_true(n > 10);
	assert_int_equal(mount_archive(), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(entries_become_inodes, stop),
		cmocka_unit_test_teardown(aligned_pages_are_shared_and_the_rest_copied, stop),
		cmocka_unit_test_teardown(truncation_before_the_first_open, stop),
		cmocka_unit_test_teardown(hard_links_with_data_at_the_last, stop),
		cmocka_unit_test_teardown(hard_links_with_data_at_the_first, stop),
		cmocka_unit_test_teardown(equal_numbers_are_no_links, stop),
		cmocka_unit_test_teardown(later_archives_override, stop),
		cmocka_unit_test_teardown(paths_lead_nowhere_else, stop),
		cmocka_unit_test_teardown(an_archive_is_mounted_once, stop),
		cmocka_unit_test_teardown(without_an_archive_there_is_none, stop),
		cmocka_unit_test_teardown(every_truncation_is_corrupt, stop),
		cmocka_unit_test_teardown(flipped_bits_do_no_harm, stop),
		cmocka_unit_test_teardown(without_memory_nothing_is_mounted, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
