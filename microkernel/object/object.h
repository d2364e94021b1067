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

#include <stdbool.h>
#include "abi/blocks.h"
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
/* Destroy the objects whose last reference went, as much as may be done at once: true when that was all. kernel_exit does
   it until it is, and tests before they count. A destroy function that stops halfway queues its object again. */
bool object_reap_some(void);
void object_reap(void);
void object_requeue(struct object *object);
/* struct handle_info's detail: what differs between kinds. */
void kind_detail(const struct object *object, uint64_t detail[2]);
/* A handle slot with these rights now names the object, or does no more. */
void kind_handle_added(struct object *object, uint32_t rights);
void kind_handle_closed(struct object *object, uint32_t rights);
/* Objects that live, of all kinds. */
uint64_t object_count(void);
/* Set the header of an object that was not allocated: the root account. */
void object_init(struct object *object, enum object_kind kind);

/*
 * Accounts: a tree of limits on frames and kernel objects. Every space, thread and object charges one. (account.c)
 *
 * A charge counts in the account and in all its ancestors, and happens wholly or not at all. An account's guaranteed
 * frames are charged to its ancestors when it is made, and its own use counts there only beyond them: so nobody
 * else can use them up. What an account spares of the root's frames stays for those that spare fewer. An account holds a
 * reference to its parent (object.account).
 */
struct account {
	struct object object; /* object.account: the parent, NULL for the root */
	struct account_limits limits;
	uint64_t frames, objects; /* in use, children included */
	uint64_t refusals;
	uint64_t heap_bytes; /* of the kernel's heap that serve it; pages of them count as frames */
};

/* The root of the tree; exists before any object does. */
extern struct account root_account;
void account_init(uint64_t frames);

struct account *account_create(struct account *parent, const struct account_limits *limits,
			       status_code_t *status);
void account_destroy(struct object *object);

/* A NULL account is the kernel itself: never refused. */
bool account_charge_frames(struct account *account, uint64_t count);
void account_uncharge_frames(struct account *account, uint64_t count);
/* Would frames of this account's have helped who was refused some last? account_no_frames: nobody has any left. */
bool account_would_help(const struct account *account);
void account_no_frames(void);
bool account_charge_heap(struct account *account, uint64_t bytes);
void account_uncharge_heap(struct account *account, uint64_t bytes);
bool account_charge_objects(struct account *account, uint64_t count);
void account_uncharge_objects(struct account *account, uint64_t count);

#endif
