/* SPDX-License-Identifier: MIT */
/*
 * Handlers of messages: a repeated request is answered as before and not done twice; every handler reaches its operation.
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

static void a_repeated_create_makes_one_file(void **state)
{
	struct vfs_create_request request = {
		.request_id = 5, .directory = root, .mode = MODE_REGULAR, .name = "f", .name_bytes = 1
	};
	struct vfs_create_reply first = { 0 }, second = { 0 }, third = { 0 };

	(void)state;
	assert_int_equal(vfs_on_create(&vfs, 1, &request, &first), STATUS_OK);
	assert_int_equal(vfs_on_create(&vfs, 1, &request, &second), STATUS_OK);
	assert_memory_equal(&first, &second, sizeof first);
	assert_int_equal(vfs_on_create(&vfs, 2, &request, &third), STATUS_EXISTS);
	assert_int_equal(vfs_on_create(&vfs, 2, &request, &third), STATUS_EXISTS);
	request.request_id = 0;
	assert_int_equal(vfs_on_create(&vfs, 1, &request, &third), STATUS_EXISTS);
}

static void a_repeated_unlink_removes_once(void **state)
{
	struct vfs_unlink_request request = {
		.request_id = 9, .directory = root, .name = "f", .name_bytes = 1
	};
	struct vfs_unlink_reply first = { 0 }, second = { 0 };

	(void)state;
	make(root, "f", MODE_REGULAR);
	assert_int_equal(vfs_on_unlink(&vfs, 1, &request, &first), STATUS_OK);
	make(root, "f", MODE_REGULAR);
	assert_int_equal(vfs_on_unlink(&vfs, 1, &request, &second), STATUS_OK);
	assert_memory_equal(&first, &second, sizeof first);
	(void)find(root, "f");
}

static void a_repeated_forget_is_no_error(void **state)
{
	struct vfs_inode_ref file = make(root, "", MODE_REGULAR);
	struct vfs_forget_request request = { .request_id = 3, .inode = file };

	(void)state;
	assert_int_equal(vfs_on_forget(&vfs, 1, &request), STATUS_OK);
	assert_int_equal(vfs_on_forget(&vfs, 1, &request), STATUS_OK);
	request.request_id = 4;
	assert_int_equal(vfs_on_forget(&vfs, 1, &request), STATUS_STALE);
}

static void questions_are_asked_anew(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR);
	struct vfs_get_attributes_request request = { file };
	struct vfs_get_attributes_reply reply;

	(void)state;
	assert_int_equal(vfs_on_get_attributes(&vfs, 1, &request, &reply), STATUS_OK);
	assert_int_equal(reply.attributes.size, 0);
	assert_int_equal(set_size(file, 77), STATUS_OK);
	assert_int_equal(vfs_on_get_attributes(&vfs, 1, &request, &reply), STATUS_OK);
	assert_int_equal(reply.attributes.size, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_repeated_create_makes_one_file, start, stop),
		cmocka_unit_test_setup_teardown(a_repeated_unlink_removes_once, start, stop),
		cmocka_unit_test_setup_teardown(a_repeated_forget_is_no_error, start, stop),
		cmocka_unit_test_setup_teardown(questions_are_asked_anew, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
