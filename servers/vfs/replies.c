/* SPDX-License-Identifier: MIT */
/*
 * The slots are sets of eight. Consecutive ids go to consecutive sets, so the requests of one client use all slots evenly;
 * within a set the oldest gives way.
 */
#include <assert.h>
#include <string.h>
#include "replies.h"

#define SET_SLOTS 8u
#define SET_COUNT (REPLY_SLOTS / SET_SLOTS)

static uint32_t set_of(const struct reply_key *key)
{
	return (uint32_t)((key->request_id + key->badge * 31) % SET_COUNT) * SET_SLOTS;
}

static bool matches(const struct reply_slot *slot, const struct reply_key *key)
{
	return slot->request_id != 0 && slot->request_id == key->request_id && slot->badge == key->badge;
}

bool reply_repeat(const struct tree *tree, const struct reply_key *key, status_code_t *status, void *reply,
		  size_t bytes)
{
	const struct reply_slot *set = &tree->replies[set_of(key)];

	for (uint32_t i = 0; i < SET_SLOTS; i++) {
		if (!matches(&set[i], key) || set[i].message != key->message)
			continue;
		*status = set[i].status;
		if (bytes)
			memcpy(reply, set[i].reply, bytes);
		return true;
	}
	return false;
}

/* The slot of the same id (used for another message), else a free one, else the oldest of its set. */
static struct reply_slot *choose_slot(struct tree *tree, const struct reply_key *key)
{
	struct reply_slot *set = &tree->replies[set_of(key)], *oldest = set;

	for (uint32_t i = 0; i < SET_SLOTS; i++) {
		if (matches(&set[i], key))
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
