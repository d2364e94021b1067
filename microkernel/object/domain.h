/* SPDX-License-Identifier: MIT */
/*
 * Domains: native protection domains. A domain owns an address space, a handle table and threads.
 *
 * It lives, held by a reference of its own, until its last thread ends, it faults or is killed. Then it keeps only
 * its status, for whoever holds a handle to it: threads, handles and address space are gone (aspace is NULL).
 * A fault of native code ends its domain with a report; it never ends the kernel.
 */
#ifndef LICHEN_OBJECT_DOMAIN_H
#define LICHEN_OBJECT_DOMAIN_H

#include <stdbool.h>
#include "abi/blocks.h"
#include "abi/route.h"
#include "object/object.h"
#include "structure/list.h"

struct aspace;
struct domain;
struct notification;
struct thread;

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
	uint32_t closed; /* slots above 0 that handle_close_some has passed */
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
/* Close all and give the table's memory back, the domain has ended: as far as may be done at once, false when there is more. */
bool handle_close_some(struct domain *domain);

struct domain {
	struct object object;
	struct aspace *aspace;   /* referenced; NULL once ended */
	struct account *account; /* the same as object.account */
	struct list_node threads;
	struct list_node domains_link; /* in all_domains */
	struct list_node ending_link;  /* in the list of domains that have ended, while something is left */
	uint64_t entry;                /* where guest exits enter; 0: none set */
	struct route_table *routes;    /* of its guests (route/route.h); NULL: none */
	struct list_node
		drained; /* rows of descriptors that nobody is inside any more (route/descriptor.h) */
	/* By call number, for the entry code: 1 + the word of the guest's record that answers it; 0: none. */
	uint8_t route_words[ROUTE_NUMBERS];
	struct handle_table handles;
	struct list_node watchers;
	uint32_t watcher_count;
	struct notification *shortage; /* referenced; NULL: its threads that find no memory fail */
	uint64_t shortage_bits;
	struct domain_description about; /* for reports; zeros: nobody said */
	struct domain_status status;     /* status.end: DOMAIN_LIVES until it ends */
};

extern struct list_node all_domains;
/* Its end is a panic: there is nobody to restart it. NULL before it starts. */
extern struct domain *supervisor_domain;

/* A domain with an empty address space and handles 1 and 2; one reference for the caller. NULL: no memory. */
struct domain *domain_create(struct account *account);
void domain_destroy(struct object *object);

static inline bool domain_lives(const struct domain *domain)
{
	return domain->status.end == DOMAIN_LIVES;
}

/* Its threads run no more; with the dead objects they are ended, all handles closed, the space released and the watchers told.
   The current thread may be among them. */
void domain_end(struct domain *domain, enum domain_end end, uint32_t code);
/* Do some of that, for domains that have ended. False: there was nothing to do. */
bool domain_end_some(void);
/* The thread's native code faulted (its frame says how): report and end its domain. */
void domain_fault(struct thread *thread, uint64_t fault_address);
/* Start the first domain, the supervisor, from the flat image linked into the kernel (abi/boot.h). Panics with a clear
   line when there is none or it makes no sense. (supervisor.c) */
void supervisor_start(void);
struct flat_image;
/* Is the image whole and are all its numbers such that loading it stays in bounds? CORRUPT. */
status_t flat_image_check(const struct flat_image *image, size_t bytes);
/* Map its segments into a domain's space. */
status_t flat_image_load(struct domain *domain, const struct flat_image *image);

/* Its threads, and their guests, that find no memory wait from now on, and signal. */
void domain_watch_memory(struct domain *domain, struct notification *notification, uint64_t bits);

/* NO_MEMORY, LIMIT; a domain that ended already signals at once. */
status_t domain_watch(struct domain *domain, struct notification *notification, uint64_t bits);

#endif
