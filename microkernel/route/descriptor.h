/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables: what the numbers of open files mean to routes.
 *
 * A table has a row for each descriptor that routes may answer. A row is found anew for each call. A call that waits in the
 * kernel enters its row and leaves it when it ends: meanwhile the row lives on, whatever becomes of its number. A cleared row
 * with calls inside is told to the table's domain when the last one leaves; until its cookie was fetched it keeps the table.
 * Calls that do not wait need neither enter nor leave, since they end before the kernel does anything else.
 *
 * A table whose last handle goes forgets its rows without telling.
 */
#ifndef LICHEN_ROUTE_DESCRIPTOR_H
#define LICHEN_ROUTE_DESCRIPTOR_H

#include <stdbool.h>
#include "abi/route.h"
#include "abi/status.h"
#include "object/object.h"
#include "structure/list.h"

struct domain;
struct memory_object;
struct notification;
struct thread;

struct descriptor {
	struct descriptors *table;    /* referenced while calls are inside or the cookie is to be fetched */
	struct memory_object *object; /* referenced; NULL: none */
	struct descriptor_row row;
	uint32_t inside;       /* calls that wait */
	bool cleared;          /* in no table */
	struct list_node link; /* in domain->drained, once it is */
};

struct descriptors {
	struct object object;
	struct domain *domain;             /* referenced; is told what drained */
	struct notification *notification; /* referenced */
	uint64_t bits;
	struct descriptor **slots; /* NULL: no row */
	uint32_t capacity;
	uint32_t freed; /* slots passed, once it is dead */
};

/* The row of a number in the thread's table, or NULL: the call is forwarded. */
struct descriptor *descriptor_find(const struct thread *thread, uint64_t number);
/* A call begins to wait, and ends. */
void descriptor_enter(struct descriptor *descriptor);
void descriptor_leave(struct descriptor *descriptor);

struct descriptors *descriptors_create(struct domain *domain, struct account *account,
				       struct notification *notification, uint64_t bits);
void descriptors_destroy(struct object *object);
/* `object` is what row->object names, or NULL. EXISTS, LIMIT, INVALID, NO_MEMORY. */
status_t descriptor_set(struct descriptors *table, uint32_t number, const struct descriptor_row *row,
			struct memory_object *object);
/* *inside: calls that wait there. NOT_FOUND: no row. */
status_t descriptor_clear(struct descriptors *table, uint32_t number, uint32_t *inside);
/* Cookies of the oldest drained rows, at most `max`; answers how many. Then drop as many. */
uint32_t descriptor_drained(const struct domain *domain, uint64_t *cookies, uint32_t max);
void descriptor_drained_drop(struct domain *domain, uint32_t count);
/* The domain has ended: nobody will fetch. */
void descriptors_forget(struct domain *domain);

#endif
