/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes as Linux's tmpfs has them, and remembered replies.
 */
#include <stdio.h>
#include <string.h>
#include "harness.h"
#include "vfs/replies.h"
#include "vfs/xattr.h"

#define VALUE_MAX 3584u

static struct vfs_inode_ref file;
static uint8_t value_back[VALUE_MAX];
static uint32_t value_bytes;

static int start(void **state)
{
	(void)state;
	vfs_start(NULL, 0);
	file = make(mounted(""), "f", MODE_REGULAR);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	return 0;
}

static status_t set(const char *name, const void *value, uint32_t bytes, uint32_t flags)
{
	struct vfs_set_xattr_request request = { .inode = file,
						 .flags = flags,
						 .now = { 3333, 0, 0 },
						 .name = name,
						 .name_bytes = (uint32_t)strlen(name),
						 .value = value,
						 .value_bytes = bytes };

	return xattr_set_op(&vfs, &request);
}

static status_t get(const char *name)
{
	struct vfs_get_xattr_request request = { file, name, (uint32_t)strlen(name) };
	struct vfs_get_xattr_reply reply = { .value = value_back };
	status_code_t status = xattr_get_op(&vfs, &request, &reply);

	value_bytes = reply.value_bytes;
	return status;
}

static status_t remove_xattr(const char *name)
{
	struct vfs_remove_xattr_request request = { .inode = file,
						    .name = name,
						    .name_bytes = (uint32_t)strlen(name) };

	return xattr_remove_op(&vfs, &request);
}

static uint32_t list(uint8_t *names)
{
	struct vfs_list_xattr_request request = { file };
	struct vfs_list_xattr_reply reply = { .names = names };

	assert_int_equal(xattr_list_op(&vfs, &request, &reply), STATUS_OK);
	return reply.names_bytes;
}

static void values_are_kept(void **state)
{
	uint8_t names[VALUE_MAX], big[VALUE_MAX];

	(void)state;
	memset(big, 5, sizeof big);
	assert_int_equal(set("trusted.a", "one", 3, 0), STATUS_OK);
	assert_int_equal(set("security.b", big, sizeof big, VFS_XATTR_CREATE), STATUS_OK);
	assert_int_equal(set("trusted.empty", NULL, 0, 0), STATUS_OK);
	assert_int_equal(get("trusted.a"), STATUS_OK);
	assert_int_equal(value_bytes, 3);
	assert_memory_equal(value_back, "one", 3);
	assert_int_equal(get("security.b"), STATUS_OK);
	assert_int_equal(value_bytes, sizeof big);
	assert_int_equal(get("trusted.empty"), STATUS_OK);
	assert_int_equal(value_bytes, 0);
	assert_int_equal(set("trusted.a", "other", 5, VFS_XATTR_REPLACE), STATUS_OK);
	assert_int_equal(get("trusted.a"), STATUS_OK);
	assert_memory_equal(value_back, "other", 5);
	assert_int_equal(list(names), 35);
	assert_memory_equal(names, "trusted.empty\0security.b\0trusted.a\0", 35);
	assert_int_equal(attributes_of(file).changed.seconds, 3333);
	assert_int_equal(remove_xattr("security.b"), STATUS_OK);
	assert_int_equal(remove_xattr("security.b"), STATUS_NOT_FOUND);
	assert_int_equal(get("security.b"), STATUS_NOT_FOUND);
	assert_int_equal(list(names), 24);
}

static void what_tmpfs_does_not_keep(void **state)
{
	(void)state;
	assert_int_equal(set("user.a", "x", 1, 0), STATUS_NOT_SUPPORTED);
	assert_int_equal(get("user.a"), STATUS_NOT_SUPPORTED);
	assert_int_equal(remove_xattr("user.a"), STATUS_NOT_SUPPORTED);
	assert_int_equal(set("trusted.", "x", 1, 0), STATUS_NOT_SUPPORTED);
	assert_int_equal(get("system.posix_acl_access"), STATUS_NOT_FOUND);
	assert_int_equal(set("system.posix_acl_access", "x", 1, 0), STATUS_NOT_SUPPORTED);
	assert_int_equal(get("other"), STATUS_NOT_SUPPORTED);
}

static void flags_are_honoured(void **state)
{
	(void)state;
	assert_int_equal(set("trusted.a", "x", 1, VFS_XATTR_REPLACE), STATUS_NOT_FOUND);
	assert_int_equal(set("trusted.a", "x", 1, VFS_XATTR_CREATE), STATUS_OK);
	assert_int_equal(set("trusted.a", "x", 1, VFS_XATTR_CREATE), STATUS_EXISTS);
	assert_int_equal(set("trusted.a", "x", 1, 0x10), STATUS_INVALID);
}

static void names_fit_into_one_list(void **state)
{
	uint8_t names[VALUE_MAX];
	char name[64];
	unsigned count = 0;

	(void)state;
	do
		snprintf(name, sizeof name, "trusted.%040u", count++);
	while (set(name, "x", 1, 0) == STATUS_OK);
	assert_int_equal(set(name, "x", 1, 0), STATUS_NO_SPACE);
	assert_int_equal(list(names), (count - 1) * 49);
}

static void a_repeated_request_gets_its_answer(void **state)
{
	struct reply_key key = { 7, 1, 5 };
	status_code_t status;
	uint64_t reply = 0, first = 111, second = 222;

	(void)state;
	assert_false(reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply));
	reply_remember(vfs.tree, &key, STATUS_OK, &first, sizeof first);
	assert_true(reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply));
	assert_int_equal(reply, 111);
	key.message = 6;
	assert_false(reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply));
	key = (struct reply_key){ 8, 1, 5 };
	assert_false(reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply));
	key = (struct reply_key){ 7, 2, 5 };
	reply_remember(vfs.tree, &key, STATUS_EXISTS, &second, sizeof second);
	assert_true(reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply));
	assert_int_equal(status, STATUS_EXISTS);
	key.request_id = 1;
	assert_true(reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply));
	assert_int_equal(status, STATUS_OK);
	key.request_id = 0;
	reply_remember(vfs.tree, &key, STATUS_OK, NULL, 0);
	assert_false(reply_repeat(vfs.tree, &key, &status, NULL, 0));
}

/* The newest requests of a client are remembered, all of them; older ones are not. */
static void the_last_replies_are_remembered(void **state)
{
	status_code_t status;
	uint64_t reply;

	(void)state;
	for (uint64_t id = 1; id <= 5000; id++) {
		struct reply_key key = { 1, id, 5 };

		reply_remember(vfs.tree, &key, STATUS_OK, &id, sizeof id);
	}
	for (uint64_t id = 1; id <= 5000; id++) {
		struct reply_key key = { 1, id, 5 };
		bool known = reply_repeat(vfs.tree, &key, &status, &reply, sizeof reply);

		assert_int_equal(known, id > 5000 - REPLY_SLOTS);
		assert_true(!known || reply == id);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_are_kept, start, stop),
		cmocka_unit_test_setup_teardown(what_tmpfs_does_not_keep, start, stop),
		cmocka_unit_test_setup_teardown(flags_are_honoured, start, stop),
		cmocka_unit_test_setup_teardown(names_fit_into_one_list, start, stop),
		cmocka_unit_test_setup_teardown(a_repeated_request_gets_its_answer, start, stop),
		cmocka_unit_test_setup_teardown(the_last_replies_are_remembered, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
