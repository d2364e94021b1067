/* SPDX-License-Identifier: MIT */
/*
 * Calls on domains, their handle tables, and accounts.
 */
#include "call/call.h"
#include "memory/memory.h"
#include "object/object.h"

struct call_result call_created(struct thread *self, void *object)
{
	if (!object)
		return call_error(STATUS_NO_MEMORY);
	handle_t handle;
	status_code_t status = handle_insert(self->domain, object, RIGHT_ALL, 0, ORIGIN_CREATED, &handle);
	object_put(object);
	return status ? call_error(status) : call_ok(handle.value);
}

struct call_result kcall_domain_create(struct thread *self, struct account *account)
{
	struct domain *domain = domain_create(account);
	struct call_result result = call_created(self, domain);
	if (domain && result.status)
		domain_end(domain, DOMAIN_KILLED, 0);
	return result;
}

struct call_result kcall_domain_aspace(struct thread *self, struct domain *domain)
{
	if (!domain_lives(domain))
		return call_error(STATUS_RESTART);
	object_get((struct object *)domain->aspace);
	return call_created(self, domain->aspace);
}

struct call_result kcall_domain_set_entry(struct thread *self, struct domain *domain, uint64_t entry)
{
	if (entry >= USER_LIMIT)
		return call_error(STATUS_INVALID);
	struct thread *thread;
	domain->entry = entry;
	list_for_each(thread, &domain->threads, domain_link)
		thread->exit_entry = entry;
	return call_ok(0);
}

struct call_result kcall_domain_watch(struct thread *self, struct domain *domain,
				      struct notification *notification, uint64_t bits)
{
	return call_error(domain_watch(domain, notification, bits));
}

struct call_result kcall_domain_watch_memory(struct thread *self, struct domain *domain,
					     struct notification *notification, uint64_t bits)
{
	if (!domain_lives(domain))
		return call_error(STATUS_RESTART);
	domain_watch_memory(domain, notification, bits);
	return call_ok(0);
}

struct call_result kcall_domain_status(struct thread *self, struct domain *domain,
				       struct domain_status *status)
{
	*status = domain->status;
	return call_ok(0);
}

struct call_result kcall_domain_describe(struct thread *self, struct domain *domain,
					 struct domain_description *about)
{
	about->name[sizeof(about->name) - 1] = '\0';
	for (char *c = about->name; *c; c++)
		*c = *c == '"' || *c == '\\' || *c < ' ' ? '\'' : *c;
	domain->about = *about;
	return call_ok(0);
}

struct call_result kcall_domain_kill(struct thread *self, struct domain *domain, uint32_t code)
{
	domain_end(domain, DOMAIN_KILLED, code);
	return self->state == THREAD_IS_DEAD ? CALL_BLOCKED : call_ok(0);
}

/* What a copy of a slot with these rights and this badge would be; INVALID, DENIED. */
static status_t copy_check(const struct handle_slot *slot, uint32_t rights, uint64_t badge)
{
	bool badgeable = slot->object->kind == KIND_ENDPOINT || slot->object->kind == KIND_NOTIFICATION;
	if (!(slot->rights & RIGHT_TRANSFER) || (rights & ~(uint32_t)slot->rights))
		return STATUS_DENIED;
	return badge && (!badgeable || slot->badge) ? STATUS_INVALID : STATUS_OK;
}

struct call_result kcall_handle_give(struct thread *self, struct domain *domain, handle_t handle,
				     uint32_t rights, uint64_t badge)
{
	struct handle_slot *slot = handle_slot_of(self->domain, handle);
	if (!slot)
		return call_error(STATUS_BAD_HANDLE);
	status_code_t status = copy_check(slot, rights, badge);
	if (status)
		return call_error(status);
	enum handle_origin origin = domain == self->domain ? ORIGIN_CREATED : ORIGIN_GRANTED;
	handle_t copy;
	status = handle_insert(domain, slot->object, rights, slot->badge ? slot->badge : badge, origin,
			       &copy);
	return status ? call_error(status) : call_ok(copy.value);
}

struct call_result kcall_handle_copy(struct thread *self, handle_t handle, uint32_t rights, uint64_t badge)
{
	return kcall_handle_give(self, self->domain, handle, rights, badge);
}

struct call_result kcall_handle_close(struct thread *self, handle_t handle)
{
	if (handle.value == HANDLE_SELF_DOMAIN.value || handle.value == HANDLE_SELF_ASPACE.value)
		return call_error(STATUS_DENIED);
	return call_error(handle_close(self->domain, handle));
}

struct call_result kcall_handle_info(struct thread *self, struct domain *domain, uint32_t index,
				     struct handle_info *info)
{
	const struct handle_table *table = &domain->handles;
	while (index < table->capacity && !table->slots[index].object)
		index++;
	if (index >= table->capacity)
		return call_error(STATUS_NOT_FOUND);
	const struct handle_slot *slot = &table->slots[index];
	info->kind = slot->object->kind;
	info->rights = slot->rights;
	info->origin = slot->origin;
	info->handle = handle_of_index(domain, index).value;
	info->badge = slot->badge;
	info->object_id = slot->object->id;
	kind_detail(slot->object, info->detail);
	return call_ok(index + 1);
}

struct call_result kcall_account_create(struct thread *self, struct account *parent,
					struct account_limits *limits)
{
	status_code_t status;
	struct account *account = account_create(parent, limits, &status);
	return account ? call_created(self, account) : call_error(status);
}

struct call_result kcall_account_info(struct thread *self, struct account *account, struct account_info *info)
{
	info->limits = account->limits;
	info->frames = account->frames;
	info->objects = account->objects;
	info->refusals = account->refusals;
	return call_ok(0);
}
