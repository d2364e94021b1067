/* SPDX-License-Identifier: MIT */
/*
 * Renaming: every rule of what may replace what, exchanging, whiteouts, and the counts of both directories.
 */
#include "harness.h"

static struct vfs_inode_ref root, a, b, file, deep;

/* root: a/ (deep/), b/, f */
static int start(void **state)
{
	(void)state;
	vfs_start(NULL, 0);
	root = mounted("");
	a = make(root, "a", MODE_DIRECTORY);
	b = make(root, "b", MODE_DIRECTORY);
	file = make(root, "f", MODE_REGULAR);
	deep = make(a, "deep", MODE_DIRECTORY);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	return 0;
}

static void a_name_moves(void **state)
{
	struct vfs_inode_ref gone;

	(void)state;
	assert_int_equal(rename_try(root, "f", a, "g", 0), STATUS_OK);
	assert_int_equal(rename_reply.old_directory_size, 80);
	assert_int_equal(rename_reply.new_directory_size, 80);
	assert_int_equal(rename_reply.replaced.inode, 0);
	assert_true(same_inode(find(a, "g"), file));
	assert_int_equal(find_try(root, "f", &gone), STATUS_NOT_FOUND);
	assert_int_equal(attributes_of(root).size, 80);
	assert_int_equal(attributes_of(a).size, 80);
}

static void a_directory_moves_with_its_links(void **state)
{
	(void)state;
	assert_int_equal(rename_try(a, "deep", b, "deeper", 0), STATUS_OK);
	assert_int_equal(attributes_of(a).links, 2);
	assert_int_equal(attributes_of(b).links, 3);
	assert_true(same_inode(find_path(root, "b/deeper"), deep));
}

static void a_file_replaces_a_file(void **state)
{
	struct vfs_inode_ref other = make(a, "g", MODE_REGULAR);
	struct vfs_attributes attributes;

	(void)state;
	assert_int_equal(rename_try(root, "f", a, "g", 0), STATUS_OK);
	assert_true(same_inode(rename_reply.replaced, other));
	assert_int_equal(rename_reply.attributes.links, 0);
	assert_int_equal(attributes_try(other, &attributes), STATUS_STALE);
	assert_true(same_inode(find(a, "g"), file));
	assert_int_equal(attributes_of(a).size, 80);
	assert_int_equal(attributes_of(root).size, 80);
}

static void a_replaced_open_file_is_kept(void **state)
{
	struct vfs_inode_ref other = make(a, "g", MODE_REGULAR);

	(void)state;
	assert_int_equal(rename_try(root, "f", a, "g", VFS_RENAME_KEEP), STATUS_OK);
	assert_int_equal(attributes_of(other).links, 0);
	assert_int_equal(forget(other), STATUS_OK);
}

static void a_replaced_link_loses_one(void **state)
{
	struct vfs_inode_ref other = make(a, "g", MODE_REGULAR);

	(void)state;
	assert_int_equal(link_try(other, root, "h"), STATUS_OK);
	assert_int_equal(rename_try(root, "f", a, "g", VFS_RENAME_KEEP), STATUS_OK);
	assert_int_equal(rename_reply.attributes.links, 1);
	assert_int_equal(attributes_of(other).links, 1);
}

static void an_empty_directory_is_replaced(void **state)
{
	(void)state;
	assert_int_equal(rename_try(root, "a", root, "b", 0), STATUS_OK);
	assert_true(same_inode(rename_reply.replaced, b));
	assert_true(same_inode(find_path(root, "b/deep"), deep));
	assert_int_equal(attributes_of(root).links, 3);
	assert_int_equal(attributes_of(root).size, 80);
}

static void what_cannot_be_replaced(void **state)
{
	(void)state;
	assert_int_equal(rename_try(root, "b", root, "a", 0), STATUS_NOT_EMPTY);
	assert_int_equal(rename_try(root, "b", root, "f", 0), STATUS_NOT_DIRECTORY);
	assert_int_equal(rename_try(root, "f", root, "b", 0), STATUS_IS_DIRECTORY);
	assert_int_equal(rename_try(root, "f", root, "b", VFS_RENAME_NOREPLACE), STATUS_EXISTS);
	assert_int_equal(rename_try(root, "x", root, "y", 0), STATUS_NOT_FOUND);
	assert_int_equal(rename_try(file, "x", root, "y", 0), STATUS_NOT_DIRECTORY);
	assert_int_equal(rename_try(root, "f", file, "y", 0), STATUS_NOT_DIRECTORY);
	assert_int_equal(rename_try(root, "f", mounted(""), "f", 0), STATUS_CROSS_DEVICE);
	assert_int_equal(rename_try(root, ".", root, "y", 0), STATUS_INVALID);
	assert_int_equal(rename_try(root, "f", root, "..", 0), STATUS_INVALID);
	assert_int_equal(rename_try(root, "f", root, "g", 0x100), STATUS_INVALID);
}

static void a_directory_never_goes_below_itself(void **state)
{
	(void)state;
	assert_int_equal(rename_try(root, "a", a, "x", 0), STATUS_INVALID);
	assert_int_equal(rename_try(root, "a", deep, "x", 0), STATUS_INVALID);
	assert_int_equal(rename_try(a, "deep", root, "a", 0), STATUS_NOT_EMPTY);
	assert_int_equal(rename_try(a, "deep", root, "a", VFS_RENAME_EXCHANGE), STATUS_INVALID);
	assert_int_equal(rename_try(root, "a", a, "deep", VFS_RENAME_EXCHANGE), STATUS_INVALID);
	assert_int_equal(rename_try(root, "a", a, "a", VFS_RENAME_NOREPLACE), STATUS_INVALID);
}

static void a_removed_directory_takes_nothing(void **state)
{
	(void)state;
	assert_int_equal(unlink_try(root, "b", VFS_UNLINK_DIRECTORY | VFS_UNLINK_KEEP, NULL), STATUS_OK);
	assert_int_equal(rename_try(root, "f", b, "f", 0), STATUS_NOT_FOUND);
	assert_int_equal(rename_try(b, "f", root, "f", 0), STATUS_NOT_FOUND);
	assert_int_equal(forget(b), STATUS_OK);
}

static void names_exchange(void **state)
{
	(void)state;
	assert_int_equal(rename_try(a, "deep", root, "f", VFS_RENAME_EXCHANGE), STATUS_OK);
	assert_true(same_inode(find(root, "f"), deep));
	assert_true(same_inode(find(a, "deep"), file));
	assert_int_equal(rename_reply.replaced.inode, 0);
	assert_int_equal(attributes_of(a).links, 2);
	assert_int_equal(attributes_of(root).links, 5);
	assert_int_equal(rename_try(root, "f", root, "x", VFS_RENAME_EXCHANGE), STATUS_NOT_FOUND);
	assert_int_equal(rename_try(root, "f", root, "b", VFS_RENAME_EXCHANGE | VFS_RENAME_NOREPLACE),
			 STATUS_INVALID);
	assert_int_equal(rename_try(root, "f", root, "b", VFS_RENAME_EXCHANGE | VFS_RENAME_WHITEOUT),
			 STATUS_INVALID);
}

static void two_links_of_one_inode_stay(void **state)
{
	(void)state;
	assert_int_equal(link_try(file, a, "g"), STATUS_OK);
	assert_int_equal(rename_try(root, "f", a, "g", 0), STATUS_OK);
	assert_true(same_inode(find(root, "f"), file));
	assert_int_equal(attributes_of(file).links, 2);
	assert_int_equal(rename_try(root, "f", root, "f", 0), STATUS_OK);
	assert_int_equal(attributes_of(file).links, 2);
}

static void a_whiteout_stays_behind(void **state)
{
	struct vfs_inode_ref whiteout;

	(void)state;
	assert_int_equal(rename_try(root, "f", a, "g", VFS_RENAME_WHITEOUT), STATUS_OK);
	whiteout = find(root, "f");
	assert_false(same_inode(whiteout, file));
	assert_int_equal(attributes_of(whiteout).mode, MODE_CHARACTER);
	assert_int_equal(attributes_of(whiteout).device, 0);
	assert_int_equal(attributes_of(whiteout).links, 1);
	assert_int_equal(attributes_of(root).size, 100);
	assert_int_equal(rename_try(root, "f", root, "f2", VFS_RENAME_WHITEOUT | VFS_RENAME_NOREPLACE),
			 STATUS_OK);
	assert_true(same_inode(find(root, "f2"), whiteout));
}

static void the_replaced_name_is_seen_once_while_reading(void **state)
{
	uint64_t cookie = 0;
	const char *names;

	(void)state;
	make(root, "last", MODE_REGULAR);
	names = names_from(root, &cookie, 24 + 8 + 24 + 8 + 24 + 8);
	assert_string_equal(names, ". .. last ");
	assert_int_equal(rename_try(root, "last", root, "f", 0), STATUS_OK);
	assert_string_equal(names_from(root, &cookie, 4000), "f b a ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_name_moves, start, stop),
		cmocka_unit_test_setup_teardown(a_directory_moves_with_its_links, start, stop),
		cmocka_unit_test_setup_teardown(a_file_replaces_a_file, start, stop),
		cmocka_unit_test_setup_teardown(a_replaced_open_file_is_kept, start, stop),
		cmocka_unit_test_setup_teardown(a_replaced_link_loses_one, start, stop),
		cmocka_unit_test_setup_teardown(an_empty_directory_is_replaced, start, stop),
		cmocka_unit_test_setup_teardown(what_cannot_be_replaced, start, stop),
		cmocka_unit_test_setup_teardown(a_directory_never_goes_below_itself, start, stop),
		cmocka_unit_test_setup_teardown(a_removed_directory_takes_nothing, start, stop),
		cmocka_unit_test_setup_teardown(names_exchange, start, stop),
		cmocka_unit_test_setup_teardown(two_links_of_one_inode_stay, start, stop),
		cmocka_unit_test_setup_teardown(a_whiteout_stays_behind, start, stop),
		cmocka_unit_test_setup_teardown(the_replaced_name_is_seen_once_while_reading, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
