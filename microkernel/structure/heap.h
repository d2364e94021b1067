/* SPDX-License-Identifier: MIT */
/*
 * An intrusive priority queue (pairing heap) of nodes with a 64-bit key, least first: time-outs and the fair level's
 * virtual times. Nothing is allocated; inserting is constant time, removing any node logarithmic on average.
 *
 * A node is in at most one heap; a zeroed node is in none. Equal keys come out in no promised order.
 */
#ifndef LICHEN_STRUCTURE_HEAP_H
#define LICHEN_STRUCTURE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap_node {
	struct heap_node *child; /* first of the children */
	struct heap_node *next;  /* sibling */
	struct heap_node **link; /* what points to this node; NULL: in no heap */
	uint64_t key;
};

struct heap {
	struct heap_node *root;
};

static inline bool heap_linked(const struct heap_node *node)
{
	return node->link != NULL;
}

void heap_insert(struct heap *heap, struct heap_node *node, uint64_t key);
void heap_remove(struct heap *heap, struct heap_node *node);

#endif
