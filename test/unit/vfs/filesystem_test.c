/* SPDX-License-Identifier: MIT */
/*
 * Mounting: options as Linux's tmpfs reads them, limits, several instances, remounting, unmounting, status.
 */
#include <string.h>
#include "harness.h"

static int start(void **state)
{
	(void)state;
	vfs_start(NULL, 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	return 0;
}

static uint64_t blocks_with(const char *options)
{
	return status_of(mounted(options)).blocks;
}

static void sizes_are_read_as_linux_does(void **state)
{
	(void)state;
	assert_int_equal(blocks_with(""), MEMORY_PAGES / 2);
	assert_int_equal(blocks_with("size=4096"), 1);
	assert_int_equal(blocks_with("size=4097"), 2);
	assert_int_equal(blocks_with("size=1k"), 1);
	assert_int_equal(blocks_with("size=0x2000"), 2);
	assert_int_equal(blocks_with("size=010000"), 1);
	assert_int_equal(blocks_with("size=2m"), 512);
	assert_int_equal(blocks_with("size=2M,nr_inodes=5"), 512);
	assert_int_equal(blocks_with("size=1G"), 262144);
	assert_int_equal(blocks_with("size=1t"), 268435456);
	assert_int_equal(blocks_with("size=10%"), MEMORY_PAGES / 10);
	assert_int_equal(blocks_with("nr_blocks=3k"), 3072);
	assert_int_equal(blocks_with("size=0"), 0);
	assert_int_equal(blocks_with("size=4k,size=8k"), 2);
	assert_int_equal(status_of(mounted("nr_inodes=1k")).files, 1024);
	assert_int_equal(status_of(mounted("")).files, MEMORY_PAGES / 2);
}

static void roots_belong_to_whom_was_asked(void **state)
{
	struct vfs_attributes a = attributes_of(mounted(""));

	(void)state;
	assert_int_equal(a.mode, MODE_DIRECTORY | 01777);
	assert_int_equal(a.user, 0);
	a = attributes_of(mounted("mode=750,uid=12,gid=0x10,huge=never,mpol=default,inode64,,"));
	assert_int_equal(a.mode, MODE_DIRECTORY | 0750);
	assert_int_equal(a.user, 12);
	assert_int_equal(a.group, 16);
	assert_int_equal(a.links, 2);
	assert_int_equal(a.size, 40);
	assert_int_equal(attributes_of(mounted("mode=0141755")).mode, MODE_DIRECTORY | 01755);
}

static void bad_options_are_refused(void **state)
{
	static const char *const bad[] = {
		"size=",          "size=x",
		"size=4q",        "size=4kk",
		"size=-1",        "size=5%%",
		"size",           "mode=8",
		"mode=",          "uid=x",
		"uid=4294967296", "gid=-1",
		"nr_inodes=1%",   "unknown",
		"unknown=1",      "size=99999999999999999999",
		"size=99999999e", "mode=7777777777777",
		"size =4k",       "nr_blocks=",
	};
	struct vfs_mount_reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(mount_try("tmpfs", bad[i], &reply), STATUS_INVALID);
	assert_int_equal(mount_try("ext9", "", &reply), STATUS_NOT_FOUND);
}

static void inodes_are_limited(void **state)
{
	struct vfs_inode_ref root = mounted("nr_inodes=3"), file, made;

	(void)state;
	assert_int_equal(status_of(root).files_free, 2);
	file = make(root, "a", MODE_REGULAR);
	assert_int_equal(link_try(file, root, "b"), STATUS_OK);
	assert_int_equal(status_of(root).files_free, 0);
	assert_int_equal(link_try(file, root, "c"), STATUS_NO_SPACE);
	assert_int_equal(make_try(root, "c", MODE_DIRECTORY, &made), STATUS_NO_SPACE);
	assert_int_equal(make_try(root, "", MODE_REGULAR, &made), STATUS_NO_SPACE);
	assert_int_equal(symlink_try(root, "c", "t", &made), STATUS_NO_SPACE);
	assert_int_equal(rename_try(root, "a", root, "c", VFS_RENAME_WHITEOUT), STATUS_NO_SPACE);
	assert_true(same_inode(find(root, "a"), file));
	assert_int_equal(unlink_try(root, "b", 0, NULL), STATUS_OK);
	make(root, "c", MODE_DIRECTORY);
}

static status_t remount(struct vfs_inode_ref root, const char *options)
{
	struct vfs_remount_request request = { .filesystem = root.filesystem,
					       .options = options,
					       .options_bytes = (uint32_t)strlen(options) };

	return remount_op(&vfs, &request);
}

static void remounting_changes_limits(void **state)
{
	struct vfs_inode_ref root = mounted("size=8k,nr_inodes=4"), file = make(root, "f", MODE_REGULAR);

	(void)state;
	assert_int_equal(write_try(file, 0, "x", 1), STATUS_OK);
	assert_int_equal(reserve_try(file, 4096, 8193, NULL), STATUS_NO_SPACE);
	assert_int_equal(remount(root, "size=1m,mode=700"), STATUS_OK);
	assert_int_equal(status_of(root).blocks, 256);
	assert_int_equal(status_of(root).files, 4);
	assert_int_equal(attributes_of(root).mode, MODE_DIRECTORY | 01777);
	assert_int_equal(reserve_try(file, 4096, 8193, NULL), STATUS_OK);
	assert_int_equal(remount(root, "size=8k"), STATUS_INVALID);
	assert_int_equal(remount(root, "nr_inodes=1"), STATUS_INVALID);
	assert_int_equal(remount(root, "nonsense"), STATUS_INVALID);
	assert_int_equal(remount(root, "size=0"), STATUS_OK);
	assert_int_equal(status_of(root).blocks, 0);
	assert_int_equal(remount(root, "size=1g"), STATUS_INVALID);
	assert_int_equal(remount((struct vfs_inode_ref){ 0 }, ""), STATUS_NOT_FOUND);
}

static void instances_are_apart(void **state)
{
	struct vfs_inode_ref one = mounted(""), two = mounted(""), found;

	(void)state;
	make(one, "f", MODE_REGULAR);
	assert_int_equal(find_try(two, "f", &found), STATUS_NOT_FOUND);
	assert_true(status_of(one).identity != status_of(two).identity);
}

static void unmounting_makes_stale(void **state)
{
	struct vfs_inode_ref root = mounted(""), file = make(root, "f", MODE_REGULAR), again;
	struct vfs_unmount_request request = { .filesystem = root.filesystem };
	struct vfs_filesystem_status_request status = { root.filesystem };
	struct vfs_filesystem_status_reply reply;
	struct vfs_attributes a;

	(void)state;
	assert_int_equal(write_try(file, 0, "x", 1), STATUS_OK);
	assert_int_equal(unlink_try(root, "f", VFS_UNLINK_KEEP, NULL), STATUS_OK);
	assert_int_equal(unmount_op(&vfs, &request), STATUS_OK);
	assert_int_equal(backing_live(), 0);
	assert_int_equal(unmount_op(&vfs, &request), STATUS_NOT_FOUND);
	assert_int_equal(filesystem_status_op(&vfs, &status, &reply), STATUS_NOT_FOUND);
	again = mounted("");
	assert_int_equal(again.filesystem, root.filesystem);
	assert_int_equal(attributes_try(root, &a), STATUS_STALE);
	assert_int_equal(attributes_try(file, &a), STATUS_STALE);
}

static void the_table_of_filesystems_ends(void **state)
{
	struct vfs_mount_reply reply;

	(void)state;
	for (unsigned i = 0; i < FILESYSTEMS_MAX; i++)
		mounted("");
	assert_int_equal(mount_try("tmpfs", "", &reply), STATUS_LIMIT);
}

static void synchronising_knows_its_inodes(void **state)
{
	struct vfs_inode_ref root = mounted("");
	struct vfs_synchronise_request request = { .inode = root };

	(void)state;
	assert_int_equal(synchronise_op(&vfs, &request), STATUS_OK);
	request.inode.generation++;
	assert_int_equal(synchronise_op(&vfs, &request), STATUS_STALE);
	request.inode.inode = 0;
	assert_int_equal(synchronise_op(&vfs, &request), STATUS_OK);
	request.inode.filesystem = 77;
	assert_int_equal(synchronise_op(&vfs, &request), STATUS_STALE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sizes_are_read_as_linux_does, start, stop),
		cmocka_unit_test_setup_teardown(roots_belong_to_whom_was_asked, start, stop),
		cmocka_unit_test_setup_teardown(bad_options_are_refused, start, stop),
		cmocka_unit_test_setup_teardown(inodes_are_limited, start, stop),
		cmocka_unit_test_setup_teardown(remounting_changes_limits, start, stop),
		cmocka_unit_test_setup_teardown(instances_are_apart, start, stop),
		cmocka_unit_test_setup_teardown(unmounting_makes_stale, start, stop),
		cmocka_unit_test_setup_teardown(the_table_of_filesystems_ends, start, stop),
		cmocka_unit_test_setup_teardown(synchronising_knows_its_inodes, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
