/* SPDX-License-Identifier: MIT */
/*
 * Handle tables: the only way from a number in user space to a kernel object.
 *
 * A handle's value is its slot's index and, above it, the slot's generation, which changes each time the slot is
 * freed, so a stale value is refused. The fixed handles (abi/handles.h) have generation 0; every other slot's is 1 to
 * 4095. A slot holds one reference to its object.
 *
 * Invariants: (1) a copy never has a right that its source lacks. (2) A badge is set once. (3) Slots with RIGHT_READ
 * of an endpoint are counted in it; the last one to go ends the endpoint. (4) After handle_reserve(n), n inserts
 * cannot fail.
 */
#ifndef LICHEN_OBJECT_HANDLE_H
#define LICHEN_OBJECT_HANDLE_H

#include <stdbool.h>
#include "object/object.h"

struct domain;

struct handle_slot {
	struct object *object; /* NULL: free */
	uint64_t badge;
	uint32_t next_free; /* index; 0 ends the list */
	uint16_t generation;
	uint8_t rights;
	uint8_t origin; /* enum handle_origin */
};

struct handle_table {
	struct handle_slot *slots;
	uint32_t capacity;
	uint32_t used;
	uint32_t first_free;
};

/* The object behind a handle when it is of that kind (KIND_NONE: any) and the handle has those rights, else NULL and
   BAD_HANDLE or DENIED in *status. No reference is taken: valid until the kernel is left. */
struct object *handle_lookup(struct domain *domain, handle_t handle, enum object_kind kind, uint32_t rights,
			     status_code_t *status);
/* The slot of a handle, or NULL; valid until the table grows. */
struct handle_slot *handle_slot_of(struct domain *domain, handle_t handle);
handle_t handle_of_index(const struct domain *domain, uint32_t index);

/* A new handle; takes its own reference. LIMIT, NO_MEMORY. */
status_t handle_insert(struct domain *domain, struct object *object, uint32_t rights, uint64_t badge,
		       enum handle_origin origin, handle_t *handle);
/* The fixed handle `index` of a domain without other handles yet, with generation 0. */
status_t handle_insert_fixed(struct domain *domain, uint32_t index, struct object *object, uint32_t rights);
/* Room for `count` more handles. */
status_t handle_reserve(struct domain *domain, uint32_t count);
status_t handle_close(struct domain *domain, handle_t handle);
/* Close all and give the table's memory back: the domain has ended. */
void handle_close_all(struct domain *domain);

#endif
