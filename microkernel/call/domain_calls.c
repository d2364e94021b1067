/* SPDX-License-Identifier: MIT */
/*
 * Calls on domains.
 */
#include "call/lookup.h"
#include "ipc/notification.h"
#include "memory/memory.h"

struct call_result kcall_domain_create(struct thread *self, handle_t account)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	if (!payer)
		return call_error(status);
	struct domain *domain = domain_create(payer);
	struct call_result result = call_created(self, domain);
	if (domain && result.status)
		domain_end(domain, DOMAIN_KILLED, 0);
	return result;
}

struct call_result kcall_domain_aspace(struct thread *self, handle_t domain)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	if (!domain_lives(target))
		return call_error(STATUS_RESTART);
	handle_t handle;
	status = handle_insert(self->domain, (struct object *)target->aspace, RIGHT_ALL, 0, ORIGIN_CREATED,
			       &handle);
	return status ? call_error(status) : call_ok(handle.value);
}

struct call_result kcall_domain_set_entry(struct thread *self, handle_t domain, uint64_t entry)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	if (entry >= USER_LIMIT)
		return call_error(STATUS_INVALID);
	target->entry = entry;
	return call_ok(0);
}

struct call_result kcall_domain_watch(struct thread *self, handle_t domain, handle_t notification,
				      uint64_t bits)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_READ, &status);
	if (!target)
		return call_error(status);
	struct notification *told = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
					   &status);
	return call_error(told ? domain_watch(target, told, bits) : status);
}

struct call_result kcall_domain_status(struct thread *self, handle_t domain, uaddr_t status_address)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_READ, &status);
	if (!target)
		return call_error(status);
	return call_error(
		copy_out(self->domain->aspace, status_address, &target->status, sizeof(target->status)));
}

struct call_result kcall_domain_kill(struct thread *self, handle_t domain, uint32_t code)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	domain_end(target, DOMAIN_KILLED, code);
	return self->state == THREAD_IS_DEAD ? CALL_BLOCKED : call_ok(0);
}
