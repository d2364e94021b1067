/* SPDX-License-Identifier: MIT */
/*
 * The kernel's one list type: circular, doubly linked, intrusive. An unlinked node points to itself or is zero
 * (list_linked tells). list_entry finds the structure around a node.
 */
#ifndef LICHEN_STRUCTURE_LIST_H
#define LICHEN_STRUCTURE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_node {
	struct list_node *next, *prev;
};

#define list_entry(node, type, member) ((type *)(void *)((char *)(node)-offsetof(type, member)))
/* `entry` runs over the structures in a list, which must not leave it meanwhile. */
#define list_for_each(entry, head, member)                                                                   \
	for ((entry) = list_entry((head)->next, __typeof__(*(entry)), member); &(entry)->member != (head);   \
	     (entry) = list_entry((entry)->member.next, __typeof__(*(entry)), member))
/* The first structure in a list, or NULL. */
#define list_first(head, type, member) (list_empty(head) ? NULL : list_entry((head)->next, type, member))

static inline void list_init(struct list_node *head)
{
	head->next = head->prev = head;
}

static inline bool list_empty(const struct list_node *head)
{
	return head->next == head;
}

static inline bool list_linked(const struct list_node *node)
{
	return node->next && node->next != node;
}

static inline void list_insert_before(struct list_node *place, struct list_node *node)
{
	node->prev = place->prev;
	node->next = place;
	place->prev->next = node;
	place->prev = node;
}

static inline void list_append(struct list_node *head, struct list_node *node)
{
	list_insert_before(head, node);
}

static inline void list_remove(struct list_node *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = node->prev = node;
}

#endif
