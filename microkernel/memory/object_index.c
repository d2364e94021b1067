/* SPDX-License-Identifier: MIT */
/*
 * The index of a memory object: a radix tree of 64-way nodes, eight bytes a page.
 *
 * The tree is as high as the highest page ever present needs. Nodes are freed when they become empty. Level 1 nodes hold
 * slots, those above hold nodes.
 */
#include "memory/object.h"

#define NODE_SHIFT 6u
#define NODE_SLOTS 64u
#define LEVELS_MAX 7u

struct index_node {
	uint64_t slots[NODE_SLOTS];
	uint32_t used;
};

static struct index_node *node_of(uint64_t slot)
{
	return (struct index_node *)(uintptr_t)slot;
}

static unsigned slot_number(uint64_t page, unsigned level)
{
	return (unsigned)(page >> NODE_SHIFT * (level - 1)) & (NODE_SLOTS - 1);
}

static bool covers(const struct memory_object *object, uint64_t page)
{
	return object->index_levels && !(page >> NODE_SHIFT * object->index_levels);
}

/* The lowest node on the way to a page that the index covers, and its level; level 1 is a leaf. */
static struct index_node *descend(const struct memory_object *object, uint64_t page, unsigned *level)
{
	struct index_node *node = object->index, *next;
	for (*level = object->index_levels; *level > 1; --*level, node = next) {
		next = node_of(node->slots[slot_number(page, *level)]);
		if (!next)
			break;
	}
	return node;
}

/* The level 1 node of a page, or NULL. */
static struct index_node *find_leaf(const struct memory_object *object, uint64_t page)
{
	unsigned level;
	struct index_node *node = covers(object, page) ? descend(object, page, &level) : NULL;
	return node && level == 1 ? node : NULL;
}

uint64_t object_slot(const struct memory_object *object, uint64_t page)
{
	const struct index_node *leaf = find_leaf(object, page);
	return leaf ? leaf->slots[slot_number(page, 1)] : 0;
}

/* A new root above the present one. */
static bool grow(struct memory_object *object)
{
	struct index_node *root = kernel_allocate(sizeof *root, object->object.account);
	if (!root)
		return false;
	if (object->index) {
		root->slots[0] = (uintptr_t)object->index;
		root->used = 1;
	}
	object->index = root;
	object->index_levels++;
	return true;
}

bool object_index_reserve(struct memory_object *object, uint64_t page)
{
	while (!covers(object, page))
		if (!grow(object))
			return false;
	struct index_node *node = object->index;
	for (unsigned level = object->index_levels; level > 1; level--) {
		uint64_t *slot = &node->slots[slot_number(page, level)];
		if (!*slot) {
			*slot = (uintptr_t)kernel_allocate(sizeof *node, object->object.account);
			if (!*slot)
				return false;
			node->used++;
		}
		node = node_of(*slot);
	}
	return true;
}

/* Free the nodes on the way to a page that are empty. */
static void prune(struct memory_object *object, uint64_t page)
{
	struct index_node *path[LEVELS_MAX + 1];
	path[object->index_levels] = object->index;
	for (unsigned level = object->index_levels; level > 1; level--)
		path[level - 1] = node_of(path[level]->slots[slot_number(page, level)]);
	for (unsigned level = 1; level <= object->index_levels && !path[level]->used; level++) {
		kernel_free(path[level], sizeof *path[level], object->object.account);
		if (level == object->index_levels) {
			object->index = NULL;
			object->index_levels = 0;
			return;
		}
		path[level + 1]->slots[slot_number(page, level + 1)] = 0;
		path[level + 1]->used--;
	}
}

static bool counts_dirty(uint64_t slot)
{
	return slot_state(slot) == PAGE_DIRTY || slot_state(slot) == PAGE_WRITING;
}

void object_slot_set(struct memory_object *object, uint64_t page, uint64_t slot)
{
	struct index_node *leaf = find_leaf(object, page);
	if (!leaf)
		return; /* only an empty slot can have no node, and then it is emptied again */
	uint64_t *place = &leaf->slots[slot_number(page, 1)];
	object->resident += (uint64_t)(slot != 0) - (uint64_t)(*place != 0);
	int64_t dirtied = (int64_t)counts_dirty(slot) - (int64_t)counts_dirty(*place);
	leaf->used = leaf->used + (slot != 0) - (*place != 0);
	*place = slot;
	if (!leaf->used)
		prune(object, page);
	if (dirtied)
		pager_dirtied(object, dirtied);
}

uint64_t object_next_slot(const struct memory_object *object, uint64_t *page, uint64_t end)
{
	while (*page < end && covers(object, *page)) {
		unsigned level;
		const struct index_node *node = descend(object, *page, &level);
		uint64_t slot = node->slots[slot_number(*page, level)];
		if (level == 1 && slot)
			return slot;
		uint64_t span = 1ull << NODE_SHIFT * (level - 1);
		*page = (*page | (span - 1)) + 1;
	}
	return 0;
}

/* Nodes that were reserved and never filled are all that can be left: the way to the first one is freed until none is. */
void object_index_destroy(struct memory_object *object)
{
	while (object->index) {
		struct index_node *node = object->index;
		uint64_t *link = NULL;
		for (unsigned level = object->index_levels, i = 0; level > 1; level--, i = 0) {
			while (i < NODE_SLOTS && !node->slots[i])
				i++;
			if (i == NODE_SLOTS)
				break;
			link = &node->slots[i];
			node = node_of(*link);
		}
		kernel_free(node, sizeof *node, object->object.account);
		if (link)
			*link = 0;
		else
			object->index = NULL;
	}
	object->index_levels = 0;
}
