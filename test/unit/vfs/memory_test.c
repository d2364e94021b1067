/* SPDX-License-Identifier: MIT */
/*
 * One of everything, with each allocation and each object operation failing in turn: the error is told, the tree stays sound,
 * and the same operation works afterwards.
 */
#include <string.h>
#include "harness.h"
#include "vfs/xattr.h"

static struct vfs_inode_ref root, directory, file;

static status_t set_xattr(void)
{
	struct vfs_set_xattr_request request = { .inode = file,
						 .name = "trusted.x",
						 .name_bytes = 9,
						 .value = (const uint8_t *)"v",
						 .value_bytes = 1 };

	return xattr_set_op(&vfs, &request);
}

static status_t allocate(uint32_t flags)
{
	struct vfs_allocate_request request = {
		.inode = file, .flags = flags, .offset = 100, .length = 9000
	};
	struct vfs_allocate_reply reply;

	return allocate_op(&vfs, &request, &reply);
}

static status_t step_create(void)
{
	struct vfs_inode_ref made;

	return make_try(directory, "new", MODE_DIRECTORY, &made);
}

static status_t step_symlink(void)
{
	struct vfs_inode_ref made;

	return symlink_try(directory, "link", "target", &made);
}

static status_t step_link(void)
{
	return link_try(file, directory, "hard");
}

static status_t step_rename(void)
{
	return rename_try(root, "f", directory, "moved", VFS_RENAME_WHITEOUT);
}

static status_t step_write(void)
{
	return reserve_try(file, 8192, 8193, NULL);
}

static status_t step_grow(void)
{
	return set_size(file, 1 << 20);
}

static status_t step_allocate(void)
{
	return allocate(0);
}

static status_t step_punch(void)
{
	return allocate(VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE);
}

static status_t step_mount(void)
{
	struct vfs_mount_reply reply;

	return mount_try("tmpfs", "", &reply);
}

static void each_failure_is_told_and_harmless(void **state)
{
	static status_code_t (*const steps[])(void) = { step_create, step_symlink, step_link,     step_rename,
							step_write,  step_grow,    step_allocate, step_punch,
							step_mount,  set_xattr };
	static void (*const fail_at[])(unsigned) = { store_fail_at, backing_fail_at };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof steps / sizeof *steps; i++) {
		status_code_t status;
		unsigned n = 0;

		do {
			vfs_start(NULL, 0);
			root = mounted("");
			directory = make(root, "d", MODE_DIRECTORY);
			file = make(root, "f", MODE_REGULAR);
			fail_at[i % 2](++n);
			status = steps[i / 2]();
			assert_true(status == STATUS_OK || status == STATUS_NO_MEMORY);
			fail_at[i % 2](0);
			assert_true(status == STATUS_OK || steps[i / 2]() == STATUS_OK);
			vfs_stop();
		} while (status != STATUS_OK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_failure_is_told_and_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
