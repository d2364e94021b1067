/* SPDX-License-Identifier: MIT */
/*
 * Calls on memory objects: making, resizing, reading and writing.
 *
 * Each looks up its handles and copies its argument block once, then does the work in memory/. A call that has to wait for
 * a page is dispatched again and goes on at self->progress.
 */
#include "call/lookup.h"
#include "device/device.h"
#include "ipc/notification.h"
#include "memory/copy.h"
#include "object/account.h"

#define SEEK_PAGES 4096u /* resident pages that one call passes over */

struct call_result kcall_object_create(struct thread *self, handle_t account, uint64_t pages, uint32_t flags)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	if (!payer)
		return call_error(status);
	if (!pages || pages > OBJECT_PAGES_MAX || flags & ~OBJECT_CONTIGUOUS)
		return call_error(STATUS_INVALID);
	return call_created(self, memory_object_create(payer, pages, flags));
}

struct call_result kcall_object_create_paged(struct thread *self, handle_t account, uint64_t pages,
					     handle_t notification, uint64_t bits, uint64_t cookie)
{
	status_code_t status;
	struct account *payer = LOOKUP(account, self, account, KIND_ACCOUNT, RIGHT_WRITE, &status);
	if (!payer)
		return call_error(status);
	struct notification *told = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
					   &status);
	if (!told)
		return call_error(status);
	if (pages > OBJECT_PAGES_MAX)
		return call_error(STATUS_INVALID);
	return call_created(self, memory_object_create_paged(payer, pages, told, bits, cookie));
}

struct call_result kcall_object_create_physical(struct thread *self, handle_t range, uint64_t base,
						uint64_t pages, uint32_t flags)
{
	status_code_t status;
	struct physical_range *source = LOOKUP(physical_range, self, range, KIND_PHYSICAL, RIGHT_MANAGE,
					       &status);
	if (!source)
		return call_error(status);
	if (!pages || pages > OBJECT_PAGES_MAX || flags > 1)
		return call_error(STATUS_INVALID);
	status = physical_range_check(source, base, pages << PAGE_SHIFT);
	if (status)
		return call_error(status);
	struct account *payer = source->object.account ? source->object.account : self->domain->account;
	return call_created(self, memory_object_create_physical(payer, base, pages, flags));
}

struct call_result kcall_object_resize(struct thread *self, handle_t object, uint64_t pages)
{
	status_code_t status;
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, RIGHT_MANAGE,
					      &status);
	return call_error(memory ? memory_object_resize(memory, pages) : status);
}

struct call_result kcall_object_info(struct thread *self, handle_t object, uaddr_t info)
{
	status_code_t status;
	struct object_info answer;
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, RIGHT_READ, &status);
	if (!memory)
		return call_error(status);
	memory_object_info(memory, &answer);
	return call_error(copy_out(self->domain->aspace, info, &answer, sizeof answer));
}

/* Bytes from an offset to the end of an object, at most `bytes`. */
static uint64_t bytes_to_end(const struct memory_object *object, uint64_t offset, uint64_t bytes)
{
	uint64_t size = object->pages << PAGE_SHIFT;
	if (offset >= size)
		return 0;
	return bytes < size - offset ? bytes : size - offset;
}

/* What a copy that may have come only part of the way answers. */
static struct call_result copy_result(struct thread *self, status_code_t status)
{
	if (status == STATUS_PENDING)
		return CALL_BLOCKED;
	uint64_t done = self->progress;
	self->progress = 0;
	return status && !done ? call_error(status) : call_ok(done);
}

struct call_result kcall_object_read(struct thread *self, handle_t object, uint64_t offset, uaddr_t buffer,
				     uint64_t bytes)
{
	status_code_t status;
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, RIGHT_READ, &status);
	if (!memory)
		return call_error(status);
	struct copy_side to = copy_side_space(self->domain->aspace, buffer.value);
	struct copy_side from = copy_side_object(memory, offset);
	return copy_result(self, copy_run(&to, &from, bytes_to_end(memory, offset, bytes), &self->progress));
}

struct call_result kcall_object_write(struct thread *self, handle_t object, uint64_t offset, uaddr_t buffer,
				      uint64_t bytes)
{
	status_code_t status;
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, RIGHT_WRITE, &status);
	if (!memory)
		return call_error(status);
	struct copy_side to = copy_side_object(memory, offset);
	struct copy_side from = copy_side_space(self->domain->aspace, buffer.value);
	return copy_result(self, copy_run(&to, &from, bytes_to_end(memory, offset, bytes), &self->progress));
}

/* How far resident pages reach from a page on, a bounded number of them. */
static uint64_t skip_resident(const struct memory_object *object, uint64_t page)
{
	uint64_t end = page + SEEK_PAGES < object->pages ? page + SEEK_PAGES : object->pages;
	while (page < end && object_slot(object, page))
		page++;
	return page;
}

struct call_result kcall_object_seek(struct thread *self, handle_t object, uint64_t page, uint32_t hole)
{
	status_code_t status;
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, RIGHT_READ, &status);
	if (!memory)
		return call_error(status);
	if (hole > 1)
		return call_error(STATUS_INVALID);
	if (page >= memory->pages)
		return call_error(STATUS_OUT_OF_RANGE);
	if (hole)
		page = skip_resident(memory, page);
	else if (!object_next_slot(memory, &page, memory->pages))
		page = memory->pages;
	return page < memory->pages ? call_ok(page) : call_error(STATUS_OUT_OF_RANGE);
}

struct call_result kcall_object_physical(struct thread *self, handle_t object, uint64_t page)
{
	status_code_t status;
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, RIGHT_MANAGE,
					      &status);
	if (!memory)
		return call_error(status);
	if (memory->type != MEMORY_CONTIGUOUS)
		return call_error(STATUS_NOT_SUPPORTED);
	if (page >= memory->pages)
		return call_error(STATUS_OUT_OF_RANGE);
	return call_ok(object_slot(memory, page) & SLOT_ADDRESS);
}
