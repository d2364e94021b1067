/* SPDX-License-Identifier: MIT */
/*
 * Kernel objects: what every object that a handle can name starts with.
 *
 * An object is made with one reference. Handles and kernel pointers each hold one; object_put drops it and, at
 * zero, runs the kind's destroy function from one table (object/kinds.c), which releases what the object holds and
 * returns its memory to the account it was charged to. All of this runs under the kernel lock.
 */
#ifndef LICHEN_OBJECT_OBJECT_H
#define LICHEN_OBJECT_OBJECT_H

#include "abi/handles.h"
#include "abi/status.h"
#include "abi/types.h"

struct account;

struct object {
	uint32_t references;
	uint8_t kind; /* enum object_kind */
	uint64_t id;  /* unique for the boot */
	struct account *account;
};

/* Memory for an object of a kind, zeroed, its header set, charged to the account; NULL when refused. */
void *object_allocate(enum object_kind kind, size_t bytes, struct account *account);
/* Give back the memory of a destroyed object: the last act of a destroy function. */
void object_free(struct object *object, size_t bytes);

void object_get(struct object *object);
void object_put(struct object *object);

#endif
