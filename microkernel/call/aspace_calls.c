/* SPDX-License-Identifier: MIT */
/*
 * Calls on address spaces.
 *
 * Arguments are copied in once and handles looked up; the work is in memory/.
 */
#include "call/lookup.h"
#include "memory/copy.h"
#include "object/account.h"

#define RESIDENT_AT_ONCE 256u

struct call_result kcall_aspace_create(struct thread *self, handle_t account)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	return payer ? call_created(self, aspace_create(payer)) : call_error(status);
}

/* Rights of a mapping that the object's handle allows: writing only counts for shared ones. */
static uint32_t prot_allowed(uint32_t rights, uint32_t flags)
{
	uint32_t prot = rights & RIGHT_READ ? PROT_BIT_READ : 0;
	if ((rights & RIGHT_WRITE) || !(flags & MAP_FLAG_SHARED))
		prot |= PROT_BIT_WRITE;
	return rights & RIGHT_EXEC ? prot | PROT_BIT_EXEC : prot;
}

/* The object to map and what its handle allows as max_prot. */
static status_t decode_object(struct thread *self, struct map_request *request, struct memory_object **object)
{
	status_code_t status;
	*object = NULL;
	if (!request->object.value)
		return STATUS_OK;
	*object = LOOKUP(memory_object, self, request->object, KIND_MEMORY, RIGHT_READ, &status);
	if (!*object)
		return status;
	uint32_t allowed = prot_allowed(handle_slot_of(self->domain, request->object)->rights,
					request->flags);
	request->max_prot = request->max_prot ? request->max_prot & allowed : allowed;
	return request->prot & ~request->max_prot ? STATUS_DENIED : STATUS_OK;
}

struct call_result kcall_aspace_map(struct thread *self, handle_t aspace, uaddr_t request)
{
	status_code_t status;
	struct map_request copy;
	struct memory_object *object;
	uint64_t address;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	if (!space)
		return call_error(status);
	status = copy_in(self->domain->aspace, &copy, request, sizeof copy);
	if (!status)
		status = decode_object(self, &copy, &object);
	if (!status)
		status = aspace_map(space, &copy, object, &address);
	return status ? call_error(status) : call_ok(address);
}

struct call_result kcall_aspace_unmap(struct thread *self, handle_t aspace, uint64_t address, uint64_t length)
{
	status_code_t status;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	return call_error(space ? aspace_unmap(space, address, length) : status);
}

struct call_result kcall_aspace_protect(struct thread *self, handle_t aspace, uint64_t address,
					uint64_t length, uint32_t prot)
{
	status_code_t status;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	return call_error(space ? aspace_protect(space, address, length, prot) : status);
}

struct call_result kcall_aspace_remap(struct thread *self, handle_t aspace, uaddr_t request)
{
	status_code_t status;
	struct remap_request copy;
	uint64_t address;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	if (!space)
		return call_error(status);
	status = copy_in(self->domain->aspace, &copy, request, sizeof copy);
	if (!status)
		status = aspace_remap(space, &copy, &address);
	return status ? call_error(status) : call_ok(address);
}

struct call_result kcall_aspace_fork(struct thread *self, handle_t aspace, handle_t account)
{
	status_code_t status;
	struct aspace *child;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	if (!space)
		return call_error(status);
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	if (!payer)
		return call_error(status);
	status = aspace_fork(space, payer, &child);
	return status ? call_error(status) : call_created(self, child);
}

struct call_result kcall_aspace_query(struct thread *self, handle_t aspace, uint64_t address, uaddr_t info)
{
	status_code_t status;
	struct region_info answer;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_READ, &status);
	if (!space)
		return call_error(status);
	status = aspace_query(space, address, &answer);
	if (!status)
		status = copy_out(self->domain->aspace, info, &answer, sizeof answer);
	return call_error(status);
}

struct call_result kcall_aspace_advise(struct thread *self, handle_t aspace, uint64_t address,
				       uint64_t length, uint32_t advice)
{
	status_code_t status;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	return call_error(space ? aspace_advise(space, address, length, advice, &self->progress) : status);
}

struct call_result kcall_aspace_info(struct thread *self, handle_t aspace, uaddr_t info)
{
	status_code_t status;
	struct aspace_info answer;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_READ, &status);
	if (!space)
		return call_error(status);
	aspace_fill_info(space, &answer);
	return call_error(copy_out(self->domain->aspace, info, &answer, sizeof answer));
}

struct call_result kcall_aspace_limit(struct thread *self, handle_t aspace, uint32_t which, uint64_t value)
{
	status_code_t status;
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	return call_error(space ? aspace_set_limit(space, which, value) : status);
}

/* One byte for each of some pages. */
static status_t fill_resident(struct aspace *space, uint64_t address, uint64_t count, uint8_t *bytes)
{
	for (uint64_t i = 0; i < count; i++) {
		bool resident;
		status_code_t status = aspace_resident(space, address + (i << PAGE_SHIFT), &resident);
		if (status)
			return status;
		bytes[i] = resident;
	}
	return STATUS_OK;
}

struct call_result kcall_aspace_resident(struct thread *self, handle_t aspace, uint64_t address,
					 uint64_t pages, uaddr_t bytes)
{
	status_code_t status;
	uint8_t batch[RESIDENT_AT_ONCE];
	struct aspace *space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_READ, &status);
	if (!space)
		return call_error(status);
	if (pages > USER_LIMIT >> PAGE_SHIFT || (pages && !range_valid(address, pages << PAGE_SHIFT)))
		return call_error(STATUS_INVALID);
	for (uint64_t done = 0; done < pages; done += RESIDENT_AT_ONCE) {
		uint64_t count = pages - done < RESIDENT_AT_ONCE ? pages - done : RESIDENT_AT_ONCE;
		status = fill_resident(space, address + (done << PAGE_SHIFT), count, batch);
		if (!status)
			status = copy_out(self->domain->aspace, (uaddr_t){ bytes.value + done }, batch,
					  count);
		if (status)
			return call_error(status);
	}
	return call_ok(0);
}
