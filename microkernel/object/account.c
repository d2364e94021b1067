/* SPDX-License-Identifier: MIT */
/*
 * The account tree. A charge is first tried at every level, then made: so a refusal leaves no trace but `refusals`.
 *
 * With a guarantee of G frames an account counts max(G, used) at its parent; what travels up is the growth of that.
 */
#include "object/object.h"

#define ACCOUNT_DEPTH_MAX 16

struct account root_account;

void account_init(uint64_t frames)
{
	object_init(&root_account.object, KIND_ACCOUNT);
	root_account.limits = (struct account_limits){ .frames = frames, .objects = UINT64_MAX };
}

static uint64_t counted(const struct account *account, uint64_t frames)
{
	return frames > account->limits.guaranteed ? frames : account->limits.guaranteed;
}

bool account_charge_frames(struct account *account, uint64_t count)
{
	uint64_t growth = count;
	for (struct account *a = account; a && growth; a = a->object.account) {
		if (growth > a->limits.frames || a->frames > a->limits.frames - growth) {
			a->refusals++;
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

void account_uncharge_frames(struct account *account, uint64_t count)
{
	for (struct account *a = account; a && count; a = a->object.account) {
		uint64_t before = counted(a, a->frames);
		a->frames -= count;
		count = before - counted(a, a->frames);
	}
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
