/* SPDX-License-Identifier: MIT */
/*
 * The kernel's one balanced tree: AVL, intrusive, with parent pointers, nothing recursive.
 *
 * The user finds the place of a new node (it knows its keys) and links it there; the tree keeps itself balanced. `update`,
 * when not NULL, recomputes what a node knows of its subtree from its children; it is called bottom-up after every change,
 * and by tree_refresh when a node's own data changed.
 */
#ifndef LICHEN_STRUCTURE_TREE_H
#define LICHEN_STRUCTURE_TREE_H

#include <stddef.h>
#include <stdint.h>

#define TREE_LEFT 0
#define TREE_RIGHT 1

struct tree_node {
	struct tree_node *child[2];
	struct tree_node *parent;
	int32_t height; /* of a leaf: 1 */
};

struct tree {
	struct tree_node *root;
	void (*update)(struct tree_node *node);
};

#define tree_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))

/* Link `node` as the `side` child of `parent`, which has none there (NULL: the tree is empty). */
void tree_insert(struct tree *tree, struct tree_node *parent, int side, struct tree_node *node);
void tree_remove(struct tree *tree, struct tree_node *node);
/* Neighbour in order, or NULL. */
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_previous(const struct tree_node *node);
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_last(const struct tree *tree);
/* The node's own data changed: update it and all above it. */
void tree_refresh(struct tree *tree, struct tree_node *node);

#endif
