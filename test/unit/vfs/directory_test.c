/* SPDX-License-Identifier: MIT */
/*
 * Reading directories: order, cookies, small buffers, changes while reading, and a large directory.
 */
#include <stdio.h>
#include <string.h>
#include "harness.h"

#define LARGE 100000u
#define NAMES 300u

static struct vfs_inode_ref root;

static int start(void **state)
{
	(void)state;
	vfs_start(NULL, 0);
	root = mounted("nr_inodes=0");
	return 0;
}

static int stop(void **state)
{
	(void)state;
	vfs_stop();
	return 0;
}

static void newest_names_come_first(void **state)
{
	uint64_t cookie = 0;

	(void)state;
	assert_string_equal(names_from(root, &cookie, 4000), ". .. ");
	make(root, "one", MODE_REGULAR);
	make(root, "two", MODE_REGULAR);
	cookie = 0;
	assert_string_equal(names_from(root, &cookie, 4000), ". .. two one ");
	assert_string_equal(names_from(root, &cookie, 4000), "");
}

static void a_cookie_goes_on_behind_its_entry(void **state)
{
	static const char *const expected[] = { ". ", ".. ", "three ", "two ", "one ", "" };
	uint64_t cookie = 0;

	(void)state;
	make(root, "one", MODE_REGULAR);
	make(root, "two", MODE_REGULAR);
	make(root, "three", MODE_REGULAR);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		assert_string_equal(names_from(root, &cookie, 32), expected[i]);
}

static void an_entry_that_does_not_fit_is_said(void **state)
{
	uint8_t entries[64];
	struct vfs_read_directory_request request = { root, 0, 31, 0 };
	struct vfs_read_directory_reply reply = { .entries = entries };

	(void)state;
	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_INVALID);
	request.max_bytes = 32;
	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_OK);
	assert_int_equal(reply.entries_bytes, 32);
	request.directory = make(root, "f", MODE_REGULAR);
	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_NOT_DIRECTORY);
}

static void entries_say_number_and_type(void **state)
{
	struct vfs_inode_ref directory = make(root, "d", MODE_DIRECTORY | 0700);
	uint8_t entries[200];
	struct vfs_directory_entry head;
	struct vfs_read_directory_request request = { directory, 0, 200, 0 };
	struct vfs_read_directory_reply reply = { .entries = entries };

	(void)state;
	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_OK);
	memcpy(&head, entries, sizeof head);
	assert_int_equal(head.inode, directory.inode);
	memcpy(&head, entries + head.record_bytes, sizeof head);
	assert_int_equal(head.inode, root.inode);
	assert_int_equal(head.mode & MODE_TYPE, MODE_DIRECTORY);
}

/* More names than a message holds come through the window, and only once a client has asked for one. */
static void many_entries_come_through_the_window(void **state)
{
	struct vfs_read_directory_request request = { root, 0, UINT32_MAX, 1 };
	struct vfs_read_directory_reply reply = { 0 };
	struct vfs_open_window_reply opened;
	struct vfs_directory_entry head;
	char name[16];
	unsigned found = 0;

	(void)state;
	vfs.window = NULL;
	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_INVALID);
	assert_int_equal(open_window_op(&vfs, &opened), STATUS_OK);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "name%u", i);
		make(root, name, MODE_REGULAR);
	}
	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_OK);
	assert_int_equal(reply.entries_bytes, 0);
	for (uint32_t at = 0; at < reply.window_bytes; at += head.record_bytes, found++)
		memcpy(&head, vfs.window + at, sizeof head);
	assert_int_equal(found, 1002);
	assert_true(reply.window_bytes <= opened.bytes);
}

/* Reads all names in small steps; before each step, some names go and some come. Names that stay are seen just once. */
static void names_that_stay_are_seen_once(void **state)
{
	unsigned seen[NAMES] = { 0 };
	uint64_t cookie = 0, seed = 3, old;
	unsigned fresh = 0;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof name, "stay%u", i);
		make(root, name, MODE_REGULAR);
		snprintf(name, sizeof name, "go%u", i);
		make(root, name, MODE_REGULAR);
	}
	do {
		const char *names;
		int number, used;

		old = cookie;
		names = names_from(root, &cookie, 40 + random_below(&seed, 400));
		for (; *names; names += used + 1) {
			used = (int)strcspn(names, " ");
			if (sscanf(names, "stay%d", &number) == 1)
				seen[number]++;
		}
		for (unsigned i = 0; i < 8; i++) {
			snprintf(name, sizeof name, "go%u", random_below(&seed, NAMES));
			(void)!unlink_try(root, name, 0, NULL);
			snprintf(name, sizeof name, "new%u", fresh++);
			make(root, name, MODE_REGULAR);
		}
	} while (cookie != old);
	for (unsigned i = 0; i < NAMES; i++)
		assert_int_equal(seen[i], 1);
}

static void a_large_directory_is_filled_read_and_emptied(void **state)
{
	uint64_t cookie = 0, old;
	unsigned count = 0;
	char name[16];

	(void)state;
	harness_check = false;
	for (unsigned i = 0; i < LARGE; i++) {
		snprintf(name, sizeof name, "%u", i);
		make(root, name, MODE_REGULAR);
	}
	assert_null(tree_check(vfs.tree));
	assert_int_equal(attributes_of(root).size, 40 + 20 * LARGE);
	do {
		old = cookie;
		for (const char *names = names_from(root, &cookie, 4000); *names; names++)
			count += *names == ' ';
	} while (cookie != old);
	assert_int_equal(count, LARGE + 2);
	for (unsigned i = 0; i < LARGE; i++) {
		snprintf(name, sizeof name, "%u", (i * 7919u) % LARGE);
		assert_int_equal(unlink_try(root, name, 0, NULL), STATUS_OK);
	}
	assert_int_equal(attributes_of(root).size, 40);
}

/* rm -r: reads a bufferful, removes what it read, goes on from its cookie. */
static void removing_what_was_read_reaches_everything(void **state)
{
	uint64_t cookie = 2, old;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof name, "%u", i);
		make(root, name, MODE_REGULAR);
	}
	do {
		const char *names;
		size_t used;

		old = cookie;
		names = names_from(root, &cookie, 500);
		for (; *names; names += used + 1) {
			used = strcspn(names, " ");
			memcpy(name, names, used);
			name[used] = 0;
			assert_int_equal(unlink_try(root, name, 0, NULL), STATUS_OK);
		}
	} while (cookie != old);
	assert_int_equal(attributes_of(root).size, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(newest_names_come_first, start, stop),
		cmocka_unit_test_setup_teardown(a_cookie_goes_on_behind_its_entry, start, stop),
		cmocka_unit_test_setup_teardown(an_entry_that_does_not_fit_is_said, start, stop),
		cmocka_unit_test_setup_teardown(entries_say_number_and_type, start, stop),
		cmocka_unit_test_setup_teardown(many_entries_come_through_the_window, start, stop),
		cmocka_unit_test_setup_teardown(names_that_stay_are_seen_once, start, stop),
		cmocka_unit_test_setup_teardown(a_large_directory_is_filled_read_and_emptied, start, stop),
		cmocka_unit_test_setup_teardown(removing_what_was_read_reaches_everything, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
