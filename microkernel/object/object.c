/* SPDX-License-Identifier: MIT */
/*
 * Allocation, reference counts and deferred destruction of kernel objects.
 *
 * The queue of dead objects belongs to the kernel lock. An object whose destruction drops the last reference to
 * another one only lengthens the queue, so the depth of the stack does not depend on what users build.
 */
#include "object/account.h"
#include "object/kinds.h"
#include "object/object.h"
#include "memory/memory.h"

static uint64_t last_id;
static uint64_t live_objects;
static struct object *dead_objects;

void object_init(struct object *object, enum object_kind kind)
{
	object->references = 1;
	object->kind = (uint8_t)kind;
	object->id = ++last_id;
}

void *object_allocate(enum object_kind kind, size_t bytes, struct account *account)
{
	if (!account_charge_objects(account, 1))
		return NULL;
	char *memory = kernel_allocate(bytes);
	if (!memory) {
		account_uncharge_objects(account, 1);
		return NULL;
	}
	struct object *object = (struct object *)(void *)(memory + kind_header_offset(kind));
	object_init(object, kind);
	object->account = account;
	if (account)
		object_get(&account->object);
	live_objects++;
	return memory;
}

void object_free(struct object *object, size_t bytes)
{
	struct account *account = object->account;
	kernel_free((char *)object - kind_header_offset(object->kind), bytes);
	account_uncharge_objects(account, 1);
	if (account)
		object_put(&account->object);
	live_objects--;
}

void object_get(struct object *object)
{
	object->references++;
}

void object_put(struct object *object)
{
	if (--object->references)
		return;
	object->next_dead = dead_objects;
	dead_objects = object;
}

void object_reap(void)
{
	while (dead_objects) {
		struct object *object = dead_objects;
		dead_objects = object->next_dead;
		kind_destroy(object);
	}
}

uint64_t object_count(void)
{
	return live_objects;
}
