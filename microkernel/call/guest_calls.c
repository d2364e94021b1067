/* SPDX-License-Identifier: MIT */
/*
 * Calls on the guest side of threads: entering it, its space, its FPU image.
 */
#include "arch/x86_64/cpu.h"
#include "call/lookup.h"
#include "memory/aspace.h"
#include "memory/memory.h"
#include "structure/bytes.h"
#include "thread/guest.h"

struct call_result kcall_guest_enter(struct thread *self)
{
	status_code_t status = guest_enter(self);
	return status ? call_error(status) : CALL_BLOCKED;
}

struct call_result kcall_guest_set_aspace(struct thread *self, handle_t aspace)
{
	struct aspace *space = NULL;
	status_code_t status = STATUS_OK;
	if (aspace.value)
		space = LOOKUP(aspace, self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	if (status)
		return call_error(status);
	if (!self->record)
		return call_error(STATUS_INVALID);
	if (space)
		object_get(&space->object);
	if (self->guest_aspace)
		object_put(&self->guest_aspace->object);
	self->guest_aspace = space;
	return call_ok(0);
}

/* The guest thread a call on FPU images means; it is the caller, or stopped at the boundary or not started. */
static struct thread *guest_of(struct thread *self, handle_t handle, status_code_t *status)
{
	struct thread *thread = self;
	*status = STATUS_OK;
	if (handle.value)
		thread = lookup_thread(self, handle, RIGHT_MANAGE, status);
	if (!thread)
		return NULL;
	if (!thread->guest_fpu)
		*status = STATUS_INVALID;
	else if (thread->mode == MODE_GUEST)
		*status = STATUS_BUSY;
	return *status ? NULL : thread;
}

struct call_result kcall_guest_fpu_read(struct thread *self, handle_t thread, uaddr_t buffer, uint64_t bytes)
{
	status_code_t status;
	struct thread *guest = guest_of(self, thread, &status);
	if (!guest)
		return call_error(status);
	if (bytes < cpu_features.fpu_bytes)
		return call_error(STATUS_INVALID);
	const void *image = fpu_guest_image(guest);
	status = copy_out(self->domain->aspace, buffer, image, cpu_features.fpu_bytes);
	return status ? call_error(status) : call_ok(cpu_features.fpu_bytes);
}

struct call_result kcall_guest_fpu_write(struct thread *self, handle_t thread, uaddr_t buffer, uint64_t bytes)
{
	status_code_t status;
	struct thread *guest = guest_of(self, thread, &status);
	if (!guest)
		return call_error(status);
	if (bytes != cpu_features.fpu_bytes)
		return call_error(STATUS_INVALID);
	void *image = kernel_allocate(bytes);
	if (!image)
		return call_error(STATUS_NO_MEMORY);
	status = copy_in(self->domain->aspace, image, buffer, bytes);
	if (!status && !fpu_image_valid(image))
		status = STATUS_INVALID;
	if (!status) {
		memcpy(guest->guest_fpu, image, bytes);
		fpu_forget_guest(guest);
	}
	kernel_free(image, bytes);
	return call_error(status);
}

struct call_result kcall_guest_fpu_reset(struct thread *self, handle_t thread)
{
	status_code_t status;
	struct thread *guest = guest_of(self, thread, &status);
	if (!guest)
		return call_error(status);
	fpu_init_image(guest->guest_fpu);
	fpu_forget_guest(guest);
	return call_ok(0);
}
