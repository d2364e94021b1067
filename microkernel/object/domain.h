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
#include "object/handle.h"
#include "object/object.h"
#include "structure/list.h"

struct aspace;
struct notification;
struct thread;

struct domain {
	struct object object;
	struct aspace *aspace;   /* referenced; NULL once ended */
	struct account *account; /* the same as object.account */
	struct list_node threads;
	struct list_node domains_link; /* in all_domains */
	uint64_t entry;                /* where guest exits enter; 0: none set */
	struct handle_table handles;
	struct list_node watchers;
	uint32_t watcher_count;
	struct domain_status status; /* status.end: DOMAIN_LIVES until it ends */
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

/* End all threads, close all handles, release the space, tell the watchers. The current thread may be among them. */
void domain_end(struct domain *domain, enum domain_end end, uint32_t code);
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

/* NO_MEMORY, LIMIT; a domain that ended already signals at once. */
status_t domain_watch(struct domain *domain, struct notification *notification, uint64_t bits);

#endif
