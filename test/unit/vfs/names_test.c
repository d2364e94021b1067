/* SPDX-License-Identifier: MIT */
/*
 * Names: lookup, create, symlink, link, unlink, rename, with every error, and the counts that Linux's tmpfs keeps.
 */
#include <string.h>
#include "harness.h"

static struct vfs_inode_ref root;

static int start(void **state)
{
	(void)state;
	vfs_start(NULL, 0);
	root = mounted("");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	return 0;
}

static uint64_t inodes_used(void)
{
	struct vfs_filesystem_info info = status_of(root);

	return info.files - info.files_free;
}

static void created_inodes_have_what_was_asked(void **state)
{
	struct vfs_attributes a;

	(void)state;
	clock_now.seconds = 4000;
	a = attributes_of(make(root, "f", MODE_REGULAR | 0640));
	assert_int_equal(a.mode, MODE_REGULAR | 0640);
	assert_int_equal(a.user, 10);
	assert_int_equal(a.group, 20);
	assert_int_equal(a.links, 1);
	assert_int_equal(a.size, 0);
	assert_int_equal(a.device, 0);
	assert_int_equal(a.born.seconds, 4000);
	a = attributes_of(make(root, "c", MODE_CHARACTER | 0600));
	assert_int_equal(a.device, 5ull << 32 | 1);
	a = attributes_of(make(root, "d", MODE_DIRECTORY | 0700));
	assert_int_equal(a.links, 2);
	assert_int_equal(a.size, 40);
	a = attributes_of(root);
	assert_int_equal(a.links, 3);
	assert_int_equal(a.size, 100);
	assert_int_equal(a.modified.seconds, 4000);
	clock_now.seconds = 1000;
}

static void creating_refuses(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR), made, gone;
	char name[300];

	(void)state;
	assert_int_equal(make_try(root, "f", MODE_REGULAR, &made), STATUS_EXISTS);
	assert_int_equal(make_try(file, "x", MODE_REGULAR, &made), STATUS_NOT_DIRECTORY);
	assert_int_equal(make_try(root, ".", MODE_REGULAR, &made), STATUS_INVALID);
	assert_int_equal(make_try(root, "..", MODE_REGULAR, &made), STATUS_INVALID);
	assert_int_equal(make_try(root, "a/b", MODE_REGULAR, &made), STATUS_INVALID);
	assert_int_equal(make_try(root, "x", MODE_SYMLINK, &made), STATUS_INVALID);
	assert_int_equal(make_try(root, "x", 0644, &made), STATUS_INVALID);
	assert_int_equal(make_try(root, "x", 1u << 20 | MODE_REGULAR, &made), STATUS_INVALID);
	assert_int_equal(make_try(root, "", MODE_DIRECTORY, &made), STATUS_INVALID);
	memset(name, 'n', sizeof name);
	name[256] = 0;
	assert_int_equal(make_try(root, name, MODE_REGULAR, &made), STATUS_NAME_TOO_LONG);
	name[255] = 0;
	assert_int_equal(make_try(root, name, MODE_REGULAR, &made), STATUS_OK);
	gone = made;
	assert_int_equal(unlink_try(root, name, 0, NULL), STATUS_OK);
	assert_int_equal(make_try(gone, "x", MODE_REGULAR, &made), STATUS_STALE);
}

static status_t lookup(struct vfs_inode_ref directory, const char *names, uint32_t bytes, uint32_t count,
		       struct vfs_lookup_reply *reply)
{
	static struct vfs_found found[VFS_LOOKUP_MAX];
	struct vfs_lookup_request request = { directory, count, (const uint8_t *)names, bytes };

	*reply = (struct vfs_lookup_reply){ .found = found };
	return lookup_op(&vfs, &request, reply);
}

static void lookup_walks_several_names(void **state)
{
	struct vfs_inode_ref a = make(root, "a", MODE_DIRECTORY), b = make(a, "b", MODE_DIRECTORY),
			     c = make(b, "c", MODE_REGULAR);
	struct vfs_lookup_reply reply;

	(void)state;
	assert_int_equal(lookup(root, "a\0b\0c", 6, 3, &reply), STATUS_OK);
	assert_int_equal(reply.found_count, 3);
	assert_true(same_inode(reply.found[0].ref, a) && same_inode(reply.found[1].ref, b) &&
		    same_inode(reply.found[2].ref, c));
	assert_int_equal(reply.found[2].attributes.mode, MODE_REGULAR);
	assert_int_equal(lookup(root, "a\0x\0c", 6, 3, &reply), STATUS_OK);
	assert_int_equal(reply.found_count, 2);
	assert_int_equal(reply.found[1].status, STATUS_NOT_FOUND);
	assert_int_equal(lookup(b, "c\0d\0e", 6, 3, &reply), STATUS_OK);
	assert_int_equal(reply.found_count, 1);
	assert_int_equal(reply.found[0].status, STATUS_OK);
}

static void lookup_refuses_malformed_names(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR);
	struct vfs_lookup_reply reply;
	char name[300];

	(void)state;
	assert_int_equal(lookup(file, "x", 2, 1, &reply), STATUS_NOT_DIRECTORY);
	assert_int_equal(lookup(root, "x", 2, 0, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "x", 2, 9, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "x", 1, 1, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "x\0y", 4, 1, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "x\0y", 3, 2, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, ".", 2, 1, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "..", 3, 1, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "", 1, 1, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, "a/b", 4, 1, &reply), STATUS_INVALID);
	assert_int_equal(lookup(root, NULL, 0, 1, &reply), STATUS_INVALID);
	memset(name, 'n', sizeof name);
	name[256] = 0;
	assert_int_equal(lookup(root, name, 257, 1, &reply), STATUS_OK);
	assert_int_equal(reply.found[0].status, STATUS_NAME_TOO_LONG);
}

static void references_become_stale(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR), wrong;
	struct vfs_attributes a;

	(void)state;
	wrong = file;
	wrong.generation++;
	assert_int_equal(attributes_try(wrong, &a), STATUS_STALE);
	wrong = file;
	wrong.filesystem = 0;
	assert_int_equal(attributes_try(wrong, &a), STATUS_STALE);
	wrong.filesystem = UINT32_MAX;
	assert_int_equal(attributes_try(wrong, &a), STATUS_STALE);
	assert_int_equal(attributes_try((struct vfs_inode_ref){ 0 }, &a), STATUS_STALE);
	assert_int_equal(unlink_try(root, "f", 0, NULL), STATUS_OK);
	assert_int_equal(attributes_try(file, &a), STATUS_STALE);
	assert_false(make(root, "f", MODE_REGULAR).inode == file.inode);
}

static void symlinks_keep_their_target(void **state)
{
	struct vfs_inode_ref link;
	char target[3001], answer[3001];
	struct vfs_read_link_request request = { 0 };
	struct vfs_read_link_reply reply = { .target = answer };

	(void)state;
	memset(target, 't', 3000);
	target[3000] = 0;
	assert_int_equal(symlink_try(root, "l", target, &link), STATUS_OK);
	request.inode = link;
	assert_int_equal(read_link_op(&vfs, &request, &reply), STATUS_OK);
	assert_int_equal(reply.target_bytes, 3000);
	assert_memory_equal(answer, target, 3000);
	assert_int_equal(attributes_of(link).size, 3000);
	assert_int_equal(attributes_of(link).mode, MODE_SYMLINK | 0777);
	assert_int_equal(attributes_of(link).blocks, 8);
	assert_int_equal(symlink_try(root, "l", "x", &link), STATUS_EXISTS);
	assert_int_equal(symlink_try(root, "e", "", &link), STATUS_INVALID);
	target[127] = 0;
	assert_int_equal(symlink_try(root, "short", target, &link), STATUS_OK);
	assert_int_equal(attributes_of(link).blocks, 0);
	request.inode = root;
	assert_int_equal(read_link_op(&vfs, &request, &reply), STATUS_INVALID);
}

static void links_count(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR),
			     directory = make(root, "d", MODE_DIRECTORY);
	struct vfs_inode_ref other = mounted("");
	uint64_t used = inodes_used();

	(void)state;
	assert_int_equal(link_try(file, directory, "g"), STATUS_OK);
	assert_int_equal(attributes_of(file).links, 2);
	assert_true(same_inode(find(directory, "g"), file));
	assert_int_equal(inodes_used(), used + 1);
	assert_int_equal(link_try(file, directory, "g"), STATUS_EXISTS);
	assert_int_equal(link_try(directory, root, "e"), STATUS_IS_DIRECTORY);
	assert_int_equal(link_try(file, other, "f"), STATUS_CROSS_DEVICE);
	assert_int_equal(link_try(file, file, "f"), STATUS_NOT_DIRECTORY);
	assert_int_equal(unlink_try(root, "f", 0, NULL), STATUS_OK);
	assert_int_equal(attributes_of(file).links, 1);
	assert_int_equal(inodes_used(), used);
	assert_int_equal(unlink_try(directory, "g", 0, NULL), STATUS_OK);
	assert_int_equal(inodes_used(), used - 1);
}

static void unlinking_refuses(void **state)
{
	struct vfs_inode_ref directory = make(root, "d", MODE_DIRECTORY);

	(void)state;
	make(directory, "f", MODE_REGULAR);
	assert_int_equal(unlink_try(root, "x", 0, NULL), STATUS_NOT_FOUND);
	assert_int_equal(unlink_try(root, "d", 0, NULL), STATUS_IS_DIRECTORY);
	assert_int_equal(unlink_try(root, "d", VFS_UNLINK_DIRECTORY, NULL), STATUS_NOT_EMPTY);
	assert_int_equal(unlink_try(directory, "f", VFS_UNLINK_DIRECTORY, NULL), STATUS_NOT_DIRECTORY);
	assert_int_equal(unlink_try(directory, "f", 0x80, NULL), STATUS_INVALID);
	assert_int_equal(unlink_try(directory, "..", VFS_UNLINK_DIRECTORY, NULL), STATUS_INVALID);
	assert_int_equal(unlink_try(find(directory, "f"), "f", 0, NULL), STATUS_NOT_DIRECTORY);
	assert_int_equal(unlink_try(directory, "f", 0, NULL), STATUS_OK);
	assert_int_equal(unlink_try(root, "d", VFS_UNLINK_DIRECTORY, NULL), STATUS_OK);
	assert_int_equal(attributes_of(root).links, 2);
	assert_int_equal(attributes_of(root).size, 40);
}

static void kept_inodes_live_until_forgotten(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR),
			     directory = make(root, "d", MODE_DIRECTORY), made;
	struct vfs_unlink_reply reply;
	struct vfs_attributes a;
	uint64_t cookie = 0;
	struct vfs_read_directory_request request = { directory, cookie, 4000, 0 };
	struct vfs_read_directory_reply entries = { 0 };

	(void)state;
	assert_int_equal(unlink_try(root, "f", VFS_UNLINK_KEEP, &reply), STATUS_OK);
	assert_true(same_inode(reply.ref, file));
	assert_int_equal(reply.attributes.links, 0);
	assert_int_equal(attributes_of(file).links, 0);
	assert_int_equal(link_try(file, root, "again"), STATUS_NOT_FOUND);
	assert_int_equal(forget(file), STATUS_OK);
	assert_int_equal(attributes_try(file, &a), STATUS_STALE);
	assert_int_equal(forget(file), STATUS_STALE);
	assert_int_equal(unlink_try(root, "d", VFS_UNLINK_KEEP | VFS_UNLINK_DIRECTORY, NULL), STATUS_OK);
	assert_int_equal(make_try(directory, "x", MODE_REGULAR, &made), STATUS_NOT_FOUND);
	assert_int_equal(make_try(directory, "", MODE_REGULAR, &made), STATUS_NOT_FOUND);
	assert_int_equal(read_directory_op(&vfs, &request, &entries), STATUS_NOT_FOUND);
	assert_int_equal(forget(directory), STATUS_OK);
	assert_int_equal(inodes_used(), 1);
}

static void unnamed_files_can_be_linked_once(void **state)
{
	struct vfs_inode_ref file = make(root, "", MODE_REGULAR | 0600), other;
	struct vfs_attributes a;

	(void)state;
	assert_int_equal(attributes_of(file).links, 0);
	assert_int_equal(link_try(file, root, "f"), STATUS_OK);
	assert_int_equal(attributes_of(file).links, 1);
	assert_int_equal(inodes_used(), 2);
	assert_int_equal(forget(file), STATUS_OK);
	assert_true(same_inode(find(root, "f"), file));
	other = make(root, "", MODE_REGULAR);
	assert_int_equal(forget(other), STATUS_OK);
	assert_int_equal(attributes_try(other, &a), STATUS_STALE);
	assert_int_equal(inodes_used(), 2);
}

static void read_only_refuses_changes(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR), made;
	struct vfs_remount_request request = { .filesystem = root.filesystem,
					       .options = "",
					       .flags = VFS_MOUNT_READ_ONLY };

	(void)state;
	assert_int_equal(remount_op(&vfs, &request), STATUS_OK);
	assert_int_equal(status_of(root).flags, VFS_MOUNT_READ_ONLY);
	assert_int_equal(make_try(root, "g", MODE_REGULAR, &made), STATUS_READ_ONLY);
	assert_int_equal(make_try(root, "f", MODE_REGULAR, &made), STATUS_EXISTS);
	assert_int_equal(make_try(root, "", MODE_REGULAR, &made), STATUS_READ_ONLY);
	assert_int_equal(symlink_try(root, "g", "t", &made), STATUS_READ_ONLY);
	assert_int_equal(link_try(file, root, "g"), STATUS_READ_ONLY);
	assert_int_equal(unlink_try(root, "f", 0, NULL), STATUS_READ_ONLY);
	assert_int_equal(rename_try(root, "f", root, "g", 0), STATUS_READ_ONLY);
	assert_int_equal(set_size(file, 5), STATUS_READ_ONLY);
	assert_int_equal(reserve_try(file, 0, 5, NULL), STATUS_READ_ONLY);
	request.flags = 0;
	assert_int_equal(remount_op(&vfs, &request), STATUS_OK);
	assert_int_equal(unlink_try(root, "f", 0, NULL), STATUS_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(created_inodes_have_what_was_asked, start, stop),
		cmocka_unit_test_setup_teardown(creating_refuses, start, stop),
		cmocka_unit_test_setup_teardown(lookup_walks_several_names, start, stop),
		cmocka_unit_test_setup_teardown(lookup_refuses_malformed_names, start, stop),
		cmocka_unit_test_setup_teardown(references_become_stale, start, stop),
		cmocka_unit_test_setup_teardown(symlinks_keep_their_target, start, stop),
		cmocka_unit_test_setup_teardown(links_count, start, stop),
		cmocka_unit_test_setup_teardown(unlinking_refuses, start, stop),
		cmocka_unit_test_setup_teardown(kept_inodes_live_until_forgotten, start, stop),
		cmocka_unit_test_setup_teardown(unnamed_files_can_be_linked_once, start, stop),
		cmocka_unit_test_setup_teardown(read_only_refuses_changes, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
