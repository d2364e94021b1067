/* SPDX-License-Identifier: MIT */
/*
 * Kernel objects: what every object that a handle can name starts with.
 *
 * An object is made with one reference. Handles and kernel pointers each hold one; object_put drops it and, at
 * zero, queues the object for object_reap, which runs the kind's destroy function from one table (object.c);
 * that releases what the object holds and returns its memory to the account it was charged to. The kernel reaps on
 * its way out, so a pointer to an object stays valid until the kernel is left, and destruction never recurses. All
 * of this runs under the kernel lock.
 */
#ifndef LICHEN_OBJECT_OBJECT_H
#define LICHEN_OBJECT_OBJECT_H

#include "abi/handles.h"
#include "abi/status.h"
#include "abi/types.h"

struct account;

struct object {
	uint32_t references;
	uint8_t kind;            /* enum object_kind */
	uint16_t bytes;          /* of the kind's structure */
	uint64_t id;             /* unique for the boot */
	struct account *account; /* referenced; NULL: the kernel's own */
	struct object *next_dead;
};

/* Memory for an object of a kind, zeroed, its header set, charged to the account; NULL when refused. Answers the start
   of the kind's structure. */
void *object_allocate(enum object_kind kind, size_t bytes, struct account *account);
/* Give back the memory of a destroyed object: the last act of a destroy function. */
void object_free(struct object *object);

void object_get(struct object *object);
void object_put(struct object *object);
/* Destroy the objects whose last reference went; kernel_exit does it, and tests before they count. */
void object_reap(void);
/* struct handle_info's detail: what differs between kinds. */
void kind_detail(const struct object *object, uint64_t detail[2]);
/* A handle slot with these rights now names the object, or does no more. */
void kind_handle_added(struct object *object, uint32_t rights);
void kind_handle_closed(struct object *object, uint32_t rights);
/* Objects that live, of all kinds. */
uint64_t object_count(void);
/* Set the header of an object that was not allocated: the root account. */
void object_init(struct object *object, enum object_kind kind);

#endif
