/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables and their rows (descriptor.h).
 *
 * Slots are an array that doubles. A row counts as an object of the table's account.
 */
#include "route/descriptor.h"

#include "call/call.h"
#include "ipc/endpoint.h"
#include "memory/memory.h"
#include "memory/object.h"
#include "structure/bytes.h"
#include "thread/work.h"

#define FIRST_SLOTS 64u

struct descriptor *descriptor_find(const struct thread *thread, uint64_t number)
{
	status_code_t status;
	handle_t handle = { __atomic_load_n(&thread->record->route_files, __ATOMIC_RELAXED) };
	const struct descriptors *table = (const void *)handle_lookup(thread->domain, handle,
								      KIND_DESCRIPTORS, 0, &status);
	return table && (uint32_t)number < table->capacity ? table->slots[(uint32_t)number] : NULL;
}

static void descriptor_free(struct descriptor *descriptor, struct account *account)
{
	if (descriptor->object)
		object_put(&descriptor->object->object);
	kernel_free(descriptor, sizeof *descriptor, account);
	account_uncharge_objects(account, 1);
}

void descriptor_enter(struct descriptor *descriptor)
{
	if (!descriptor->inside++)
		object_get(&descriptor->table->object);
}

void descriptor_leave(struct descriptor *descriptor)
{
	struct descriptors *table = descriptor->table;
	if (--descriptor->inside)
		return;
	if (!descriptor->cleared) {
		object_put(&table->object);
	} else if (domain_lives(table->domain)) {
		list_append(&table->domain->drained, &descriptor->link);
		notification_signal(table->notification, table->bits);
	} else {
		descriptor_free(descriptor, table->object.account);
		object_put(&table->object);
	}
}

uint32_t descriptor_drained(const struct domain *domain, uint64_t *cookies, uint32_t max)
{
	const struct descriptor *descriptor;
	uint32_t count = 0;
	list_for_each(descriptor, &domain->drained, link) {
		if (count == max)
			break;
		cookies[count++] = descriptor->row.cookie;
	}
	return count;
}

static void drop_oldest(struct domain *domain)
{
	struct descriptor *oldest = list_first(&domain->drained, struct descriptor, link);
	struct descriptors *table = oldest->table;
	list_remove(&oldest->link);
	descriptor_free(oldest, table->object.account);
	object_put(&table->object);
}

void descriptor_drained_drop(struct domain *domain, uint32_t count)
{
	while (count--)
		drop_oldest(domain);
}

void descriptors_forget(struct domain *domain)
{
	while (!list_empty(&domain->drained))
		drop_oldest(domain);
}

static void slots_free(struct descriptors *table)
{
	if (table->slots)
		kernel_free(table->slots, table->capacity * sizeof(struct descriptor *),
			    table->object.account);
}

static status_t slots_grow(struct descriptors *table, uint32_t number)
{
	uint32_t capacity = FIRST_SLOTS;
	while (capacity <= number)
		capacity *= 2;
	struct descriptor **slots = kernel_allocate(capacity * sizeof *slots, table->object.account);
	if (!slots)
		return STATUS_NO_MEMORY;
	if (table->slots)
		memcpy(slots, table->slots, table->capacity * sizeof *slots);
	slots_free(table);
	table->slots = slots;
	table->capacity = capacity;
	return STATUS_OK;
}

struct descriptors *descriptors_create(struct domain *domain, struct account *account,
				       struct notification *notification, uint64_t bits)
{
	struct descriptors *table = object_allocate(KIND_DESCRIPTORS, sizeof *table, account);
	if (!table)
		return NULL;
	table->domain = domain;
	table->notification = notification;
	table->bits = bits;
	object_get(&domain->object);
	object_get(&notification->object);
	if (!slots_grow(table, 0))
		return table;
	object_put(&table->object);
	return NULL;
}

void descriptors_destroy(struct object *object)
{
	struct descriptors *table = (struct descriptors *)object;
	for (; table->freed < table->capacity; table->freed++) {
		if (!table->slots[table->freed])
			continue;
		if (work_spent(WORK_OF_REGION)) {
			object_requeue(object);
			return;
		}
		descriptor_free(table->slots[table->freed], object->account);
	}
	slots_free(table);
	object_put(&table->notification->object);
	object_put(&table->domain->object);
	object_free(object);
}

static bool row_valid(const struct descriptor_row *row)
{
	return row->kind && row->kind < DESCRIPTOR_KIND_COUNT && row->flags &&
	       !(row->flags & ~(DESCRIPTOR_READ | DESCRIPTOR_WRITE));
}

status_t descriptor_set(struct descriptors *table, uint32_t number, const struct descriptor_row *row,
			struct memory_object *object)
{
	if (!row_valid(row))
		return STATUS_INVALID;
	if (row->kind == DESCRIPTOR_FILE && !object)
		return STATUS_INVALID;
	if (number >= DESCRIPTORS_MAX)
		return STATUS_LIMIT;
	status_code_t status = number < table->capacity ? STATUS_OK : slots_grow(table, number);
	if (status)
		return status;
	if (table->slots[number])
		return STATUS_EXISTS;
	if (!account_charge_objects(table->object.account, 1))
		return STATUS_NO_MEMORY;
	struct descriptor *descriptor = kernel_allocate(sizeof *descriptor, table->object.account);
	if (!descriptor) {
		account_uncharge_objects(table->object.account, 1);
		return STATUS_NO_MEMORY;
	}
	descriptor->table = table;
	descriptor->row = *row;
	descriptor->object = object;
	if (object)
		object_get(&object->object);
	table->slots[number] = descriptor;
	return STATUS_OK;
}

status_t descriptor_clear(struct descriptors *table, uint32_t number, uint32_t *inside)
{
	struct descriptor *descriptor = number < table->capacity ? table->slots[number] : NULL;
	if (!descriptor)
		return STATUS_NOT_FOUND;
	table->slots[number] = NULL;
	*inside = descriptor->inside;
	descriptor->cleared = true;
	if (!descriptor->inside)
		descriptor_free(descriptor, table->object.account);
	return STATUS_OK;
}
