/* SPDX-License-Identifier: MIT */
/*
 * Random operations on names, each compared with a naive model that knows only arrays: status, which inode, links, sizes.
 * The tree is checked after every operation and compared name by name now and then.
 *
 * Then random sizes, writes and holes of one file, compared with a flat array of bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "harness.h"

#define OPERATIONS 100000u
#define COMPARE_EVERY 500u
#define NODES 60u
#define NAMES 12u
#define NOTHING (-1)
#define FILE_BYTES (6u * PAGE_SIZE)
#define FILE_OPERATIONS 4000u

/* A node of the model: a file, or a directory with a table of names. Node 0 is the root. */
struct node {
	bool used, directory;
	int links, parent;
	int entries[NAMES]; /* node, or NOTHING */
	struct vfs_inode_ref ref;
};

static struct node nodes[NODES];
static uint64_t seed = 42;

static uint32_t below(uint32_t limit)
{
	return random_below(&seed, limit);
}

static const char *name_of(uint32_t number)
{
	static char names[2][8];
	static unsigned turn;

	turn ^= 1;
	snprintf(names[turn], sizeof names[turn], "n%u", number);
	return names[turn];
}

static int node_new(bool directory, int parent, struct vfs_inode_ref ref)
{
	for (int i = 0; i < (int)NODES; i++) {
		if (nodes[i].used)
			continue;
		nodes[i] = (struct node){
			.used = true, .directory = directory, .parent = parent, .ref = ref
		};
		for (unsigned j = 0; j < NAMES; j++)
			nodes[i].entries[j] = NOTHING;
		return i;
	}
	return NOTHING;
}

static unsigned nodes_free(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < NODES; i++)
		count += !nodes[i].used;
	return count;
}

static int random_directory(void)
{
	for (;;) {
		int i = (int)below(NODES);

		if (nodes[i].used && nodes[i].directory)
			return i;
	}
}

static bool is_empty(int directory)
{
	for (unsigned i = 0; i < NAMES; i++)
		if (nodes[directory].entries[i] != NOTHING)
			return false;
	return true;
}

static bool is_above(int node, int directory)
{
	for (; directory != NOTHING; directory = nodes[directory].parent)
		if (directory == node)
			return true;
	return false;
}

/* One name of the node is gone. */
static void node_lost(int node)
{
	if (nodes[node].directory || --nodes[node].links == 0)
		nodes[node].used = false;
}

static void try_create(void)
{
	int directory = random_directory(), node;
	uint32_t name = below(NAMES);
	bool makes_directory = below(3) == 0;
	struct vfs_inode_ref made;
	status_code_t expected = nodes[directory].entries[name] == NOTHING ? STATUS_OK : STATUS_EXISTS;

	if (nodes_free() == 0)
		return;
	assert_int_equal(make_try(nodes[directory].ref, name_of(name),
				  makes_directory ? MODE_DIRECTORY | 0755 : MODE_REGULAR | 0644, &made),
			 expected);
	if (expected != STATUS_OK)
		return;
	node = node_new(makes_directory, directory, made);
	nodes[node].links = 1;
	nodes[directory].entries[name] = node;
}

static void try_link(void)
{
	int node = (int)below(NODES), directory = random_directory();
	uint32_t name = below(NAMES);
	status_code_t expected = STATUS_OK;

	if (!nodes[node].used)
		return;
	if (nodes[directory].entries[name] != NOTHING)
		expected = STATUS_EXISTS;
	else if (nodes[node].directory)
		expected = STATUS_IS_DIRECTORY;
	assert_int_equal(link_try(nodes[node].ref, nodes[directory].ref, name_of(name)), expected);
	if (expected != STATUS_OK)
		return;
	nodes[node].links++;
	nodes[directory].entries[name] = node;
}

static status_code_t expected_unlink(int node, bool as_directory)
{
	if (node == NOTHING)
		return STATUS_NOT_FOUND;
	if (!nodes[node].directory)
		return as_directory ? STATUS_NOT_DIRECTORY : STATUS_OK;
	if (!as_directory)
		return STATUS_IS_DIRECTORY;
	return is_empty(node) ? STATUS_OK : STATUS_NOT_EMPTY;
}

static void try_unlink(void)
{
	int directory = random_directory();
	uint32_t name = below(NAMES);
	bool as_directory = below(2);
	int node = nodes[directory].entries[name];
	status_code_t expected = expected_unlink(node, as_directory);

	assert_int_equal(unlink_try(nodes[directory].ref, name_of(name),
				    as_directory ? VFS_UNLINK_DIRECTORY : 0, NULL),
			 expected);
	if (expected != STATUS_OK)
		return;
	nodes[directory].entries[name] = NOTHING;
	node_lost(node);
}

struct move {
	int from, to, moved, replaced;
	uint32_t old_name, new_name;
	bool exchange, noreplace;
};

static status_code_t expected_replace(const struct move *move)
{
	if (nodes[move->moved].directory) {
		if (!nodes[move->replaced].directory)
			return STATUS_NOT_DIRECTORY;
		return is_empty(move->replaced) ? STATUS_OK : STATUS_NOT_EMPTY;
	}
	return nodes[move->replaced].directory ? STATUS_IS_DIRECTORY : STATUS_OK;
}

static status_code_t expected_rename(const struct move *move)
{
	if (move->moved == NOTHING)
		return STATUS_NOT_FOUND;
	if (move->noreplace && move->replaced != NOTHING)
		return STATUS_EXISTS;
	if (move->exchange && move->replaced == NOTHING)
		return STATUS_NOT_FOUND;
	if (nodes[move->moved].directory && is_above(move->moved, move->to))
		return STATUS_INVALID;
	if (move->replaced != NOTHING && nodes[move->replaced].directory &&
	    is_above(move->replaced, move->from))
		return move->exchange ? STATUS_INVALID : STATUS_NOT_EMPTY;
	if (move->replaced == NOTHING || move->replaced == move->moved || move->exchange)
		return STATUS_OK;
	return expected_replace(move);
}

static void model_rename(const struct move *move)
{
	if (move->moved == move->replaced)
		return;
	nodes[move->from].entries[move->old_name] = move->exchange ? move->replaced : NOTHING;
	nodes[move->to].entries[move->new_name] = move->moved;
	nodes[move->moved].parent = move->to;
	if (move->exchange)
		nodes[move->replaced].parent = move->from;
	else if (move->replaced != NOTHING)
		node_lost(move->replaced);
}

static void try_rename(void)
{
	struct move move = { .from = random_directory(),
			     .to = random_directory(),
			     .old_name = below(NAMES),
			     .new_name = below(NAMES),
			     .exchange = below(4) == 0,
			     .noreplace = below(4) == 0 };
	status_code_t expected;

	if (move.exchange)
		move.noreplace = false;
	move.moved = nodes[move.from].entries[move.old_name];
	move.replaced = nodes[move.to].entries[move.new_name];
	expected = expected_rename(&move);
	assert_int_equal(rename_try(nodes[move.from].ref, name_of(move.old_name), nodes[move.to].ref,
				    name_of(move.new_name),
				    (move.exchange ? VFS_RENAME_EXCHANGE : 0) |
					    (move.noreplace ? VFS_RENAME_NOREPLACE : 0)),
			 expected);
	if (expected == STATUS_OK)
		model_rename(&move);
}

static void compare_directory(int directory)
{
	unsigned names = 0, children = 0, listed = 0;
	uint64_t cookie = 0;

	for (uint32_t i = 0; i < NAMES; i++) {
		int node = nodes[directory].entries[i];
		struct vfs_inode_ref found = { 0 };
		status_code_t status = find_try(nodes[directory].ref, name_of(i), &found);

		assert_int_equal(status, node == NOTHING ? STATUS_NOT_FOUND : STATUS_OK);
		if (node == NOTHING)
			continue;
		assert_true(same_inode(found, nodes[node].ref));
		names++;
		children += nodes[node].directory;
	}
	for (const char *text = names_from(nodes[directory].ref, &cookie, 4000); *text; text++)
		listed += *text == ' ';
	assert_int_equal(listed, names + 2);
	assert_int_equal(attributes_of(nodes[directory].ref).size, 40 + 20 * names);
	assert_int_equal(attributes_of(nodes[directory].ref).links, 2 + children);
}

static void compare_all(void)
{
	for (int i = 0; i < (int)NODES; i++) {
		if (!nodes[i].used)
			continue;
		if (nodes[i].directory)
			compare_directory(i);
		else
			assert_int_equal(attributes_of(nodes[i].ref).links, nodes[i].links);
	}
}

static void names_equal_the_model(void **state)
{
	static void (*const operations[])(void) = { try_create, try_create, try_link, try_unlink,
						    try_rename };

	(void)state;
	vfs_start(NULL, 0);
	memset(nodes, 0, sizeof nodes);
	(void)node_new(true, NOTHING, mounted("nr_inodes=0"));
	for (unsigned i = 0; i < OPERATIONS; i++) {
		operations[below(sizeof operations / sizeof *operations)]();
		if (i % COMPARE_EVERY == 0)
			compare_all();
	}
	compare_all();
	vfs_stop();
}

static void change_file(struct vfs_inode_ref file, uint8_t *model, uint32_t *size)
{
	uint8_t bytes[2 * PAGE_SIZE];
	uint32_t offset = below(FILE_BYTES - sizeof bytes), count = 1 + below(sizeof bytes);
	struct vfs_allocate_request punch = { .inode = file,
					      .flags = VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE,
					      .offset = offset,
					      .length = count };
	struct vfs_allocate_reply reply;

	switch (below(4)) {
	case 0:
		memset(bytes, (int)below(255) + 1, count);
		assert_int_equal(write_try(file, offset, bytes, count), STATUS_OK);
		memcpy(model + offset, bytes, count);
		*size = *size > offset + count ? *size : offset + count;
		break;
	case 1:
		assert_int_equal(set_size(file, offset), STATUS_OK);
		memset(model + offset, 0, FILE_BYTES - offset);
		*size = offset;
		break;
	case 2:
		assert_int_equal(allocate_op(&vfs, &punch, &reply), STATUS_OK);
		memset(model + offset, 0, count);
		break;
	default:
		assert_int_equal(reserve_try(file, offset, offset + (below(2) ? count : 0), NULL), STATUS_OK);
	}
}

/* Punching may clear bytes beyond the size: those are zero in the model at all times. */
static void contents_equal_the_model(void **state)
{
	static uint8_t model[FILE_BYTES], back[FILE_BYTES];
	struct vfs_inode_ref file;
	uint32_t size = 0;

	(void)state;
	vfs_start(NULL, 0);
	file = make(mounted("size=100k"), "f", MODE_REGULAR);
	for (unsigned i = 0; i < FILE_OPERATIONS; i++) {
		change_file(file, model, &size);
		assert_int_equal(attributes_of(file).size, size);
		read_back(file, 0, back, size);
		assert_memory_equal(back, model, size);
	}
	vfs_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_equal_the_model),
		cmocka_unit_test(contents_equal_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
