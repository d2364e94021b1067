/* SPDX-License-Identifier: MIT */
/*
 * Intents: what a client appends to the log is done in order before anything else, once, and whatever lies there instead.
 */
#include <string.h>
#include "harness.h"

static struct vfs_inode_ref root, prepared[VFS_PREPARED_MAX];
static struct vfs_intent_log *intent_log;

static int start(void **state)
{
	struct vfs_open_intents_reply reply;

	(void)state;
	vfs_start(NULL, 0);
	root = mounted("nr_inodes=40");
	vfs.intents = NULL;
	assert_int_equal(open_intents_op(&vfs, &reply), STATUS_OK);
	intent_log = (struct vfs_intent_log *)vfs.intents;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	assert_null(tree_check(vfs.tree));
	vfs_stop();
	return 0;
}

static status_t prepare_try(uint32_t count, uint32_t *made)
{
	struct vfs_prepare_request request = { root.filesystem, count };
	struct vfs_prepare_reply reply = { .prepared = prepared };
	status_code_t status = prepare_op(&vfs, &request, &reply);

	assert_null(tree_check(vfs.tree));
	*made = status == STATUS_OK ? reply.prepared_count : 0;
	return status;
}

static struct vfs_intent *append(uint32_t kind, const char *name)
{
	uint8_t *slot = vfs.intents + (1 + intent_log->appended++ % VFS_INTENT_SLOTS) * VFS_INTENT_SLOT_BYTES;
	struct vfs_intent *intent = (struct vfs_intent *)slot;

	*intent = (struct vfs_intent){ .kind = kind,
				       .name_bytes = (uint32_t)strlen(name),
				       .directory = root,
				       .mode = MODE_REGULAR | 0640,
				       .user = 5,
				       .group = 6,
				       .now = { 77, 0, 0 } };
	memcpy(slot + sizeof *intent, name, strlen(name));
	return intent;
}

static void apply(void)
{
	assert_int_equal(intents_apply(&vfs), STATUS_OK);
	assert_int_equal(intent_log->applied, intent_log->appended);
	assert_null(tree_check(vfs.tree));
}

static uint64_t inodes_used(void)
{
	struct vfs_filesystem_info info = status_of(root);

	return info.files - info.files_free;
}

static void names_appear_and_go_in_order(void **state)
{
	struct vfs_attributes a;
	struct vfs_inode_ref found;
	uint32_t made;

	(void)state;
	assert_int_equal(prepare_try(8, &made), STATUS_OK);
	assert_int_equal(made, 8);
	append(VFS_INTENT_CREATE, "a")->inode = prepared[7];
	append(VFS_INTENT_CREATE, "b")->inode = prepared[6];
	append(VFS_INTENT_UNLINK, "a");
	append(VFS_INTENT_CREATE, "c")->inode = prepared[0];
	apply();
	assert_int_equal(find_try(root, "a", &found), STATUS_NOT_FOUND);
	assert_true(same_inode(find(root, "b"), prepared[6]));
	assert_true(same_inode(find(root, "c"), prepared[0]));
	a = attributes_of(prepared[6]);
	assert_int_equal(a.mode, MODE_REGULAR | 0640);
	assert_int_equal(a.user, 5);
	assert_int_equal(a.group, 6);
	assert_int_equal(a.links, 1);
	assert_int_equal(a.born.seconds, 77);
	a = attributes_of(root);
	assert_int_equal(a.size, 80);
	assert_int_equal(a.modified.seconds, 77);
	assert_int_equal(attributes_try(prepared[7], &a), STATUS_STALE);
	apply(); /* nothing is done twice */
	assert_int_equal(attributes_of(root).size, 80);
}

static void prepared_inodes_count_as_free_and_are_stale(void **state)
{
	struct vfs_attributes a;
	struct vfs_inode_ref first;
	uint64_t used = inodes_used();
	uint32_t made;

	(void)state;
	assert_int_equal(prepare_try(8, &made), STATUS_OK);
	first = prepared[0];
	assert_int_equal(inodes_used(), used);
	assert_int_equal(attributes_try(first, &a), STATUS_STALE);
	assert_int_equal(forget(first), STATUS_STALE);
	assert_int_equal(link_try(first, root, "x"), STATUS_STALE);
	assert_int_equal(prepare_try(VFS_PREPARED_MAX, &made), STATUS_OK);
	assert_int_equal(made, 40 - used); /* as many as there may be */
	append(VFS_INTENT_CREATE, "late")->inode = first;
	apply(); /* dropped: it is not prepared any more */
	assert_int_equal(find_try(root, "late", &first), STATUS_NOT_FOUND);
	assert_int_equal(prepare_try(0, &made), STATUS_OK);
	assert_int_equal(prepare_try(VFS_PREPARED_MAX + 1, &made), STATUS_INVALID);
	assert_int_equal(inodes_used(), used);
	make(root, "f", MODE_REGULAR);
}

static void what_is_open_is_kept(void **state)
{
	struct vfs_inode_ref file = make(root, "f", MODE_REGULAR);

	(void)state;
	append(VFS_INTENT_UNLINK, "f")->flags = VFS_UNLINK_KEEP;
	apply();
	assert_int_equal(attributes_of(file).links, 0);
	assert_int_equal(forget(file), STATUS_OK);
}

/* Nothing in the log makes the server stop, or do what a message could not. */
static void nonsense_is_dropped(void **state)
{
	struct vfs_inode_ref directory = make(root, "d", MODE_DIRECTORY | 0755),
			     file = make(root, "f", MODE_REGULAR);
	uint64_t used = inodes_used();
	uint32_t made;

	(void)state;
	assert_int_equal(prepare_try(8, &made), STATUS_OK);
	append(0, "x");
	append(VFS_INTENT_UNLINK, "d");
	append(VFS_INTENT_UNLINK, "none");
	append(VFS_INTENT_UNLINK, "f")->name_bytes = VFS_INTENT_NAME_MAX + 1;
	append(VFS_INTENT_UNLINK, "f")->name_bytes = UINT32_MAX;
	append(VFS_INTENT_CREATE, "f")->inode = prepared[7];
	append(VFS_INTENT_CREATE, "..")->inode = prepared[7];
	append(VFS_INTENT_CREATE, "a/b")->inode = prepared[7];
	append(VFS_INTENT_CREATE, "")->inode = prepared[7];
	append(VFS_INTENT_CREATE, "x")->inode = file;
	append(VFS_INTENT_CREATE, "y");
	append(VFS_INTENT_CREATE, "z")->mode = MODE_DIRECTORY;
	(void)append(VFS_INTENT_CREATE, "u");
	((struct vfs_intent *)(vfs.intents + VFS_INTENT_SLOT_BYTES * intent_log->appended))->directory = file;
	apply();
	assert_int_equal(inodes_used(), used);
	assert_true(same_inode(find(root, "f"), file));
	assert_true(same_inode(find(root, "d"), directory));
	assert_int_equal(attributes_of(root).size, 80);
	intent_log->appended += VFS_INTENT_SLOTS + 1; /* more than it can hold */
	assert_int_equal(intents_apply(&vfs), STATUS_OK);
	intent_log->appended = intent_log->applied - 1;
	assert_int_equal(intents_apply(&vfs), STATUS_OK);
	intent_log->appended = intent_log->applied;
}

/* Each allocation fails once: the intent stays, and is done when there is memory. */
static void without_memory_intents_stay(void **state)
{
	struct vfs_inode_ref found;
	unsigned failed = 0;
	uint32_t made;

	(void)state;
	assert_int_equal(prepare_try(20, &made), STATUS_OK);
	for (char name[] = "a"; name[0] < 'k'; name[0]++) {
		append(VFS_INTENT_CREATE, name)->inode = prepared[name[0] - 'a'];
		store_fail_at(1);
		if (intents_apply(&vfs) == STATUS_NO_MEMORY) {
			assert_int_equal(intent_log->applied + 1, intent_log->appended);
			assert_int_equal(find_try(root, name, &found), STATUS_NOT_FOUND);
			failed++;
		}
		store_fail_at(0);
		apply();
		assert_int_equal(find_try(root, name, &found), STATUS_OK);
	}
	assert_int_equal(failed, 10);
}

/* The log is used over and over, by a server that begins anew too. */
static void the_log_goes_round(void **state)
{
	struct vfs_open_intents_reply reply;
	uint32_t made;

	(void)state;
	assert_int_equal(prepare_try(30, &made), STATUS_OK);
	for (unsigned i = 0; i < 3 * VFS_INTENT_SLOTS; i++) {
		if (made == 0)
			assert_int_equal(prepare_try(30, &made), STATUS_OK);
		append(VFS_INTENT_CREATE, "again")->inode = prepared[--made];
		append(VFS_INTENT_UNLINK, "again");
		if (i % 40 == 39 || made == 0)
			apply();
	}
	apply();
	assert_int_equal(attributes_of(root).size, 40);
	vfs.intents = NULL;
	assert_int_equal(open_intents_op(&vfs, &reply), STATUS_OK);
	assert_int_equal(intent_log->appended, 6 * VFS_INTENT_SLOTS);
	apply();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_appear_and_go_in_order, start, stop),
		cmocka_unit_test_setup_teardown(prepared_inodes_count_as_free_and_are_stale, start, stop),
		cmocka_unit_test_setup_teardown(what_is_open_is_kept, start, stop),
		cmocka_unit_test_setup_teardown(nonsense_is_dropped, start, stop),
		cmocka_unit_test_setup_teardown(without_memory_intents_stay, start, stop),
		cmocka_unit_test_setup_teardown(the_log_goes_round, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
