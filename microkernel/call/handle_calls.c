/* SPDX-License-Identifier: MIT */
/*
 * Calls on handle tables.
 */
#include "call/lookup.h"
#include "memory/memory.h"
#include "object/kinds.h"

struct call_result call_created(struct thread *self, void *object)
{
	if (!object)
		return call_error(STATUS_NO_MEMORY);
	handle_t handle;
	status_code_t status = handle_insert(self->domain, object, RIGHT_ALL, 0, ORIGIN_CREATED, &handle);
	object_put(object);
	return status ? call_error(status) : call_ok(handle.value);
}

/* What a copy of a slot with these rights and this badge would be; INVALID, DENIED. */
static status_t copy_check(const struct handle_slot *slot, uint32_t rights, uint64_t badge)
{
	bool badgeable = slot->object->kind == KIND_ENDPOINT || slot->object->kind == KIND_NOTIFICATION;
	if (!(slot->rights & RIGHT_TRANSFER) || (rights & ~(uint32_t)slot->rights))
		return STATUS_DENIED;
	return badge && (!badgeable || slot->badge) ? STATUS_INVALID : STATUS_OK;
}

static struct call_result copy_to(struct thread *self, struct domain *target, handle_t handle,
				  uint32_t rights, uint64_t badge)
{
	struct handle_slot *slot = handle_slot_of(self->domain, handle);
	if (!slot)
		return call_error(STATUS_BAD_HANDLE);
	status_code_t status = copy_check(slot, rights, badge);
	if (status)
		return call_error(status);
	enum handle_origin origin = target == self->domain ? ORIGIN_CREATED : ORIGIN_GRANTED;
	handle_t copy;
	status = handle_insert(target, slot->object, rights, slot->badge ? slot->badge : badge, origin,
			       &copy);
	return status ? call_error(status) : call_ok(copy.value);
}

struct call_result kcall_handle_give(struct thread *self, handle_t domain, handle_t handle, uint32_t rights,
				     uint64_t badge)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_MANAGE, &status);
	return target ? copy_to(self, target, handle, rights, badge) : call_error(status);
}

struct call_result kcall_handle_copy(struct thread *self, handle_t handle, uint32_t rights, uint64_t badge)
{
	return copy_to(self, self->domain, handle, rights, badge);
}

struct call_result kcall_handle_close(struct thread *self, handle_t handle)
{
	if (handle.value == HANDLE_SELF_DOMAIN.value || handle.value == HANDLE_SELF_ASPACE.value)
		return call_error(STATUS_DENIED);
	return call_error(handle_close(self->domain, handle));
}

struct call_result kcall_handle_info(struct thread *self, handle_t domain, uint32_t index, uaddr_t info)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_READ, &status);
	if (!target)
		return call_error(status);
	const struct handle_table *table = &target->handles;
	while (index < table->capacity && !table->slots[index].object)
		index++;
	if (index >= table->capacity)
		return call_error(STATUS_NOT_FOUND);
	const struct handle_slot *slot = &table->slots[index];
	struct handle_info answer = {
		.kind = slot->object->kind,
		.rights = slot->rights,
		.origin = slot->origin,
		.handle = handle_of_index(target, index).value,
		.badge = slot->badge,
		.object_id = slot->object->id,
	};
	kind_detail(slot->object, answer.detail);
	status = copy_out(self->domain->aspace, info, &answer, sizeof(answer));
	return status ? call_error(status) : call_ok(index + 1);
}
