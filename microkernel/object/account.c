/* SPDX-License-Identifier: MIT */
/*
 * The account tree. A charge is first tried at every level, then made: so a refusal leaves no trace but `refusals`.
 *
 * With a guarantee of G frames an account counts max(G, used) at its parent; what travels up is the growth of that.
 */
#include "memory/memory.h"
#include "object/object.h"
#include "thread/thread.h"

#define ACCOUNT_DEPTH_MAX 16

struct account root_account;
static const struct account *refused; /* whose limit refused frames last; to compare only */

void account_init(uint64_t frames)
{
	object_init(&root_account.object, KIND_ACCOUNT);
	root_account.limits = (struct account_limits){ .frames = frames, .objects = UINT64_MAX };
}

static uint64_t counted(const struct account *account, uint64_t frames)
{
	return frames > account->limits.guaranteed ? frames : account->limits.guaranteed;
}

/* Room for so many more frames, by a limit less what is to be left. */
static bool has_room(const struct account *account, uint64_t growth, uint64_t left)
{
	uint64_t limit = account->limits.frames;
	return left <= limit && growth <= limit - left && account->frames <= limit - left - growth;
}

bool account_charge_frames(struct account *account, uint64_t count)
{
	uint64_t growth = count;
	for (struct account *a = account; a && growth; a = a->object.account) {
		if (!has_room(a, growth, 0) || !has_room(&root_account, growth, a->limits.spared)) {
			a->refusals++;
			refused = has_room(a, growth, 0) ? &root_account : a;
			return false;
		}
		growth = counted(a, a->frames + growth) - counted(a, a->frames);
	}
	for (struct account *a = account; a && count; a = a->object.account) {
		uint64_t before = counted(a, a->frames);
		a->frames += count;
		count = counted(a, a->frames) - before;
	}
	return true;
}

void account_no_frames(void)
{
	refused = &root_account;
}

bool account_would_help(const struct account *account)
{
	while (account && account != refused)
		account = account->object.account;
	return account;
}

void account_uncharge_frames(struct account *account, uint64_t count)
{
	for (struct account *a = account; a && count; a = a->object.account) {
		uint64_t before = counted(a, a->frames);
		a->frames -= count;
		count = before - counted(a, a->frames);
	}
	thread_memory_freed();
}

/* Pages that so many bytes more would fill. */
static uint64_t heap_growth(const struct account *account, uint64_t bytes)
{
	return pages_for(account->heap_bytes + bytes) - pages_for(account->heap_bytes);
}

bool account_charge_heap(struct account *account, uint64_t bytes)
{
	if (!account)
		return true;
	uint64_t pages = heap_growth(account, bytes);
	if (pages && !account_charge_frames(account, pages))
		return false;
	account->heap_bytes += bytes;
	return true;
}

void account_uncharge_heap(struct account *account, uint64_t bytes)
{
	if (!account)
		return;
	account->heap_bytes -= bytes;
	uint64_t pages = heap_growth(account, bytes);
	if (pages)
		account_uncharge_frames(account, pages);
}

bool account_charge_objects(struct account *account, uint64_t count)
{
	for (struct account *a = account; a; a = a->object.account) {
		if (count > a->limits.objects || a->objects > a->limits.objects - count) {
			a->refusals++;
			return false;
		}
	}
	for (struct account *a = account; a; a = a->object.account)
		a->objects += count;
	return true;
}

void account_uncharge_objects(struct account *account, uint64_t count)
{
	for (struct account *a = account; a; a = a->object.account)
		a->objects -= count;
}

struct account *account_create(struct account *parent, const struct account_limits *limits,
			       status_code_t *status)
{
	*status = STATUS_INVALID;
	if (limits->guaranteed > limits->frames)
		return NULL;
	*status = STATUS_LIMIT;
	unsigned depth = 0;
	for (const struct account *a = parent; a; a = a->object.account)
		depth++;
	if (depth >= ACCOUNT_DEPTH_MAX)
		return NULL;
	*status = STATUS_NO_MEMORY;
	if (!account_charge_frames(parent, limits->guaranteed))
		return NULL;
	struct account *account = object_allocate(KIND_ACCOUNT, sizeof(*account), parent);
	if (!account) {
		account_uncharge_frames(parent, limits->guaranteed);
		return NULL;
	}
	account->limits = *limits;
	*status = STATUS_OK;
	return account;
}

void account_destroy(struct object *object)
{
	struct account *account = (struct account *)object;
	account_uncharge_frames(object->account, account->limits.guaranteed);
	object_free(object);
}
