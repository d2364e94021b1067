/* SPDX-License-Identifier: MIT */
/*
 * Pairing heap: a tree whose every node's key is not above its children's. Two trees join by hanging the one with
 * the greater root below the other; removing a node joins its children in pairs, left to right, then the pairs right
 * to left. Children form a singly linked list; `link` leads back to the pointer that names a node, so any node can be
 * cut out without a search.
 */
#include "structure/heap.h"

static struct heap_node *heap_join(struct heap_node *a, struct heap_node *b)
{
	if (!a)
		return b;
	if (!b)
		return a;
	if (b->key < a->key) {
		struct heap_node *swap = a;
		a = b;
		b = swap;
	}
	b->next = a->child;
	if (b->next)
		b->next->link = &b->next;
	a->child = b;
	b->link = &a->child;
	return a;
}

/* Join the siblings of a list, in pairs; they come back as one tree. */
static struct heap_node *heap_join_list(struct heap_node *list)
{
	struct heap_node *pairs = NULL;
	while (list) {
		struct heap_node *first = list, *second = first->next;
		list = second ? second->next : NULL;
		first->next = NULL;
		if (second)
			second->next = NULL;
		first = heap_join(first, second);
		first->next = pairs;
		pairs = first;
	}
	struct heap_node *tree = NULL;
	while (pairs) {
		struct heap_node *rest = pairs->next;
		pairs->next = NULL;
		tree = heap_join(tree, pairs);
		pairs = rest;
	}
	return tree;
}

static void heap_set_root(struct heap *heap, struct heap_node *root)
{
	heap->root = root;
	if (root)
		root->link = &heap->root;
}

void heap_insert(struct heap *heap, struct heap_node *node, uint64_t key)
{
	node->child = node->next = NULL;
	node->key = key;
	heap_set_root(heap, heap_join(heap->root, node));
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	struct heap_node *orphans = heap_join_list(node->child);
	*node->link = node->next;
	if (node->next)
		node->next->link = node->link;
	heap_set_root(heap, heap_join(heap->root, orphans));
	node->child = node->next = NULL;
	node->link = NULL;
}
