/* SPDX-License-Identifier: MIT */
/*
 * Handle tables. Slots live in one array per domain that doubles; its frames are charged to the domain's account.
 * Free slots form a list through next_free; index 0 is never used, so 0 ends it.
 */
#include "memory/memory.h"
#include "object/object.h"
#include "object/domain.h"
#include "structure/bytes.h"
#include "thread/work.h"

#define FIRST_CAPACITY 32u
#define GENERATION_MAX 0xfffu

/* Put new slots on the free list, lowest index first to be used. */
static void table_link_slots(struct handle_table *table, uint32_t first)
{
	for (uint32_t index = table->capacity - 1; index >= first; index--) {
		table->slots[index].generation = 1;
		table->slots[index].next_free = table->first_free;
		table->first_free = index;
	}
}

static status_t table_grow(struct domain *domain)
{
	struct handle_table *table = &domain->handles;
	uint32_t capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY;
	if (capacity > HANDLE_INDEX_MASK)
		return STATUS_LIMIT;
	struct handle_slot *slots = kernel_allocate(capacity * sizeof(*slots), domain->account);
	if (!slots)
		return STATUS_NO_MEMORY;
	uint32_t old = table->capacity;
	if (old) {
		memcpy(slots, table->slots, old * sizeof(*slots));
		kernel_free(table->slots, old * sizeof(*slots), domain->account);
	}
	table->slots = slots;
	table->capacity = capacity;
	table_link_slots(table, old ? old : 1);
	return STATUS_OK;
}

status_t handle_reserve(struct domain *domain, uint32_t count)
{
	if (!domain_lives(domain))
		return STATUS_RESTART;
	struct handle_table *table = &domain->handles;
	while (!table->capacity || table->capacity - 1 - table->used < count) {
		status_code_t status = table_grow(domain);
		if (status)
			return status;
	}
	return STATUS_OK;
}

handle_t handle_of_index(const struct domain *domain, uint32_t index)
{
	uint32_t generation = domain->handles.slots[index].generation;
	return (handle_t){ index | generation << HANDLE_INDEX_BITS };
}

struct handle_slot *handle_slot_of(struct domain *domain, handle_t handle)
{
	uint32_t index = handle.value & HANDLE_INDEX_MASK;
	if (index >= domain->handles.capacity)
		return NULL;
	struct handle_slot *slot = &domain->handles.slots[index];
	return slot->object && slot->generation == handle.value >> HANDLE_INDEX_BITS ? slot : NULL;
}

struct object *handle_lookup(struct domain *domain, handle_t handle, enum object_kind kind, uint32_t rights,
			     status_code_t *status)
{
	struct handle_slot *slot = handle_slot_of(domain, handle);
	*status = STATUS_BAD_HANDLE;
	if (!slot || (kind != KIND_NONE && slot->object->kind != kind))
		return NULL;
	*status = STATUS_DENIED;
	if ((slot->rights & rights) != rights)
		return NULL;
	*status = STATUS_OK;
	return slot->object;
}

status_t handle_insert(struct domain *domain, struct object *object, uint32_t rights, uint64_t badge,
		       enum handle_origin origin, handle_t *handle)
{
	status_code_t status = handle_reserve(domain, 1);
	if (status)
		return status;
	struct handle_table *table = &domain->handles;
	uint32_t index = table->first_free;
	struct handle_slot *slot = &table->slots[index];
	table->first_free = slot->next_free;
	table->used++;
	slot->badge = badge;
	slot->origin = (uint8_t)origin;
	slot->rights = (uint8_t)rights;
	slot->object = object;
	object_get(object);
	kind_handle_added(object, rights);
	*handle = handle_of_index(domain, index);
	return STATUS_OK;
}

status_t handle_insert_fixed(struct domain *domain, uint32_t index, struct object *object, uint32_t rights)
{
	handle_t handle;
	status_code_t status = handle_insert(domain, object, rights, 0, ORIGIN_INITIAL, &handle);
	if (status)
		return status;
	if ((handle.value & HANDLE_INDEX_MASK) != index)
		return STATUS_EXISTS;
	domain->handles.slots[index].generation = 0;
	return STATUS_OK;
}

static void slot_close(struct domain *domain, uint32_t index)
{
	struct handle_table *table = &domain->handles;
	struct handle_slot *slot = &table->slots[index];
	struct object *object = slot->object;
	uint32_t rights = slot->rights;
	*slot = (struct handle_slot){ .generation = slot->generation, .next_free = table->first_free };
	slot->generation = slot->generation == GENERATION_MAX ? 1 : (uint16_t)(slot->generation + 1);
	table->first_free = index;
	table->used--;
	kind_handle_closed(object, rights);
	object_put(object);
}

status_t handle_close(struct domain *domain, handle_t handle)
{
	if (!handle_slot_of(domain, handle))
		return STATUS_BAD_HANDLE;
	slot_close(domain, handle.value & HANDLE_INDEX_MASK);
	return STATUS_OK;
}

bool handle_close_some(struct domain *domain)
{
	struct handle_table *table = &domain->handles;
	for (; table->closed + 1 < table->capacity; table->closed++) {
		if (!table->slots[table->closed + 1].object)
			continue;
		if (work_spent(WORK_OF_REGION))
			return false;
		slot_close(domain, table->closed + 1);
	}
	kernel_free(table->slots, table->capacity * sizeof(*table->slots), domain->account);
	*table = (struct handle_table){ 0 };
	return true;
}
