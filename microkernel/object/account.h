/* SPDX-License-Identifier: MIT */
/*
 * Accounts: a tree of limits on frames and kernel objects. Every space, thread and object charges one.
 *
 * A charge counts in the account and in all its ancestors, and happens wholly or not at all. An account's guaranteed
 * frames are charged to its ancestors when it is made, and its own use counts there only beyond them: so nobody
 * else can use them up. An account holds a reference to its parent (object.account).
 */
#ifndef LICHEN_OBJECT_ACCOUNT_H
#define LICHEN_OBJECT_ACCOUNT_H

#include <stdbool.h>
#include "abi/blocks.h"
#include "object/object.h"

struct account {
	struct object object; /* object.account: the parent, NULL for the root */
	struct account_limits limits;
	uint64_t frames, objects; /* in use, children included */
	uint64_t refusals;
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
bool account_charge_objects(struct account *account, uint64_t count);
void account_uncharge_objects(struct account *account, uint64_t count);

#endif
