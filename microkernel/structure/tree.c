/* SPDX-License-Identifier: MIT */
/*
 * AVL tree: the heights of a node's two subtrees differ by at most one.
 *
 * Every change starts at the lowest node it touched and walks to the root, setting heights, rotating where the difference
 * is two, and calling the tree's update for each node passed.
 */
#include "structure/tree.h"

static int32_t height(const struct tree_node *node)
{
	return node ? node->height : 0;
}

static void renew(struct tree *tree, struct tree_node *node)
{
	int32_t left = height(node->child[TREE_LEFT]), right = height(node->child[TREE_RIGHT]);
	node->height = (left > right ? left : right) + 1;
	if (tree->update)
		tree->update(node);
}

static void replace_child(struct tree *tree, struct tree_node *parent, struct tree_node *old,
			  struct tree_node *new)
{
	if (!parent)
		tree->root = new;
	else
		parent->child[parent->child[TREE_RIGHT] == old] = new;
	if (new)
		new->parent = parent;
}

/* The child on the other side comes up; the node goes down to `side`. Answers the node that is now on top. */
static struct tree_node *rotate(struct tree *tree, struct tree_node *node, int side)
{
	struct tree_node *up = node->child[!side], *inner = up->child[side];
	replace_child(tree, node->parent, node, up);
	up->child[side] = node;
	node->parent = up;
	node->child[!side] = inner;
	if (inner)
		inner->parent = node;
	renew(tree, node);
	renew(tree, up);
	return up;
}

/* Balance one node whose subtrees are balanced and differ by at most two. Answers the node that is now on top. */
static struct tree_node *balance(struct tree *tree, struct tree_node *node)
{
	int32_t lean = height(node->child[TREE_RIGHT]) - height(node->child[TREE_LEFT]);
	renew(tree, node);
	if (lean > -2 && lean < 2)
		return node;
	int heavy = lean > 0;
	struct tree_node *child = node->child[heavy];
	if (height(child->child[!heavy]) > height(child->child[heavy]))
		rotate(tree, child, heavy);
	return rotate(tree, node, !heavy);
}

static void balance_up(struct tree *tree, struct tree_node *node)
{
	while (node)
		node = balance(tree, node)->parent;
}

void tree_insert(struct tree *tree, struct tree_node *parent, int side, struct tree_node *node)
{
	node->child[TREE_LEFT] = node->child[TREE_RIGHT] = NULL;
	node->parent = parent;
	if (parent)
		parent->child[side] = node;
	else
		tree->root = node;
	balance_up(tree, node);
}

static struct tree_node *outermost(struct tree_node *node, int side)
{
	while (node && node->child[side])
		node = node->child[side];
	return node;
}

/* Put the next node, which has no left child, in the place of one that has two children. Answers where to balance from. */
static struct tree_node *replace_by_next(struct tree *tree, struct tree_node *node)
{
	struct tree_node *next = outermost(node->child[TREE_RIGHT], TREE_LEFT);
	struct tree_node *from = next->parent == node ? next : next->parent;
	replace_child(tree, next->parent, next, next->child[TREE_RIGHT]);
	for (int side = TREE_LEFT; side <= TREE_RIGHT; side++) {
		next->child[side] = node->child[side];
		if (next->child[side])
			next->child[side]->parent = next;
	}
	replace_child(tree, node->parent, node, next);
	return from;
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node *from = node->parent;
	if (node->child[TREE_LEFT] && node->child[TREE_RIGHT])
		from = replace_by_next(tree, node);
	else
		replace_child(tree, from, node, node->child[node->child[TREE_LEFT] == NULL]);
	balance_up(tree, from);
	node->child[TREE_LEFT] = node->child[TREE_RIGHT] = node->parent = NULL;
}

static struct tree_node *neighbour(const struct tree_node *node, int side)
{
	if (node->child[side])
		return outermost(node->child[side], !side);
	while (node->parent && node->parent->child[side] == node)
		node = node->parent;
	return node->parent;
}

struct tree_node *tree_next(const struct tree_node *node)
{
	return neighbour(node, TREE_RIGHT);
}

struct tree_node *tree_previous(const struct tree_node *node)
{
	return neighbour(node, TREE_LEFT);
}

struct tree_node *tree_first(const struct tree *tree)
{
	return outermost(tree->root, TREE_LEFT);
}

struct tree_node *tree_last(const struct tree *tree)
{
	return outermost(tree->root, TREE_RIGHT);
}

void tree_refresh(struct tree *tree, struct tree_node *node)
{
	for (; node && tree->update; node = node->parent)
		tree->update(node);
}
