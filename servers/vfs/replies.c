/* SPDX-License-Identifier: MIT */
/*
 * The slots are sets of eight, found by a hash of the client; within a set the oldest gives way.
 */
#include <assert.h>
#include <string.h>
#include "replies.h"

#define SET_SLOTS 8u

static uint32_t set_of(const struct reply_key *key)
{
	uint64_t hash = (key->badge + 1) * 0x9e3779b97f4a7c15u ^
			(key->request_id >> 32) * 0xc2b2ae3d27d4eb4fu;

	hash ^= hash >> 32;
	return (uint32_t)(hash % (REPLY_SLOTS / SET_SLOTS)) * SET_SLOTS;
}

static bool is_client(const struct reply_slot *slot, const struct reply_key *key)
{
	return slot->request_id != 0 && slot->badge == key->badge &&
	       slot->request_id >> 32 == key->request_id >> 32;
}

bool reply_repeat(const struct tree *tree, const struct reply_key *key, status_code_t *status, void *reply,
		  size_t bytes)
{
	const struct reply_slot *set = &tree->replies[set_of(key)];

	for (uint32_t i = 0; i < SET_SLOTS; i++) {
		if (!is_client(&set[i], key) || set[i].request_id != key->request_id ||
		    set[i].message != key->message)
			continue;
		*status = set[i].status;
		if (bytes)
			memcpy(reply, set[i].reply, bytes);
		return true;
	}
	return false;
}

/* The client's own slot, else a free one, else the oldest of its set. */
static struct reply_slot *choose_slot(struct tree *tree, const struct reply_key *key)
{
	struct reply_slot *set = &tree->replies[set_of(key)], *oldest = set;

	for (uint32_t i = 0; i < SET_SLOTS; i++) {
		if (is_client(&set[i], key))
			return &set[i];
		if (set[i].used < oldest->used)
			oldest = &set[i];
	}
	return oldest;
}

void reply_remember(struct tree *tree, const struct reply_key *key, status_code_t status, const void *reply,
		    size_t bytes)
{
	struct reply_slot *slot;

	assert(bytes <= REPLY_BYTES_MAX);
	if (key->request_id == 0)
		return;
	slot = choose_slot(tree, key);
	slot->request_id = 0; /* a crash in between leaves a free slot, not a wrong answer */
	slot->badge = key->badge;
	slot->message = key->message;
	slot->status = status;
	slot->used = ++tree->reply_clock;
	if (bytes)
		memcpy(slot->reply, reply, bytes);
	slot->request_id = key->request_id;
}
