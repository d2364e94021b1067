/* SPDX-License-Identifier: MIT */
/*
 * Copies between a guest and the caller's memory or an object.
 *
 * self->progress counts the bytes of all pieces done: a call that waited for a page starts over with the same arguments
 * and skips them.
 */
#include "call/lookup.h"
#include "memory/copy.h"

#define COPY_FLAGS_KNOWN (COPY_TO_GUEST | COPY_NOFAULT | COPY_FORCE)
#define PIECES_AT_ONCE 8u

/* Both sides of all pieces; addresses come from the piece in hand. */
struct copy_job {
	struct copy_side guest, own;
	bool to_guest;
	uint64_t skip;  /* bytes done in an earlier dispatch */
	uint64_t ended; /* bytes of the pieces that are finished */
};

static status_t copy_piece(struct copy_job *job, const struct copy_piece *piece)
{
	uint64_t done = job->skip < piece->length ? job->skip : piece->length;
	job->skip -= done;
	job->guest.address = piece->guest;
	job->own.address = piece->own;
	const struct copy_side *to = job->to_guest ? &job->guest : &job->own;
	const struct copy_side *from = job->to_guest ? &job->own : &job->guest;
	if (piece->guest + piece->length < piece->guest || piece->own + piece->length < piece->own)
		return STATUS_BAD_ADDRESS;
	status_code_t status = copy_run(to, from, piece->length, &done);
	job->ended += done;
	return status;
}

static status_t copy_pieces(struct thread *self, struct copy_job *job, uaddr_t pieces, uint32_t count)
{
	struct copy_piece batch[PIECES_AT_ONCE];
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i % PIECES_AT_ONCE,
			 rest = count - i < PIECES_AT_ONCE ? count - i : PIECES_AT_ONCE;
		status_code_t status = STATUS_OK;
		if (!at)
			status = copy_in(self->domain->aspace, batch,
					 (uaddr_t){ pieces.value + i * sizeof *batch }, rest * sizeof *batch);
		if (!status)
			status = copy_piece(job, &batch[at]);
		if (status)
			return status;
	}
	return STATUS_OK;
}

static struct call_result copy_all_pieces(struct thread *self, struct copy_job *job, uaddr_t pieces,
					  uint32_t count)
{
	job->skip = self->progress;
	status_code_t status = copy_pieces(self, job, pieces, count);
	if (status == STATUS_PENDING) {
		self->progress = job->ended > self->progress ? job->ended : self->progress;
		return CALL_BLOCKED;
	}
	self->progress = 0;
	return status && !job->ended ? call_error(status) : call_ok(job->ended);
}

static uint32_t touch_flags(uint32_t flags)
{
	return (flags & COPY_NOFAULT ? TOUCH_NOFAULT : 0) | (flags & COPY_FORCE ? TOUCH_FORCE : 0);
}

/* The space a handle names, or the caller's guest. */
static struct aspace *guest_space(struct thread *self, handle_t aspace, uint32_t rights,
				  status_code_t *status)
{
	if (aspace.value)
		return LOOKUP(aspace, self, aspace, KIND_ASPACE, rights, status);
	*status = STATUS_BAD_ADDRESS;
	return self->guest_aspace;
}

struct call_result kcall_guest_copy(struct thread *self, handle_t aspace, uaddr_t pieces, uint32_t count,
				    uint32_t flags)
{
	status_code_t status;
	uint32_t rights = flags & COPY_TO_GUEST ? RIGHT_WRITE : RIGHT_READ;
	if (count > COPY_PIECES_MAX || flags & ~COPY_FLAGS_KNOWN || ((flags & COPY_FORCE) && !aspace.value))
		return call_error(STATUS_INVALID);
	struct aspace *space = guest_space(self, aspace, flags & COPY_FORCE ? RIGHT_MANAGE : rights, &status);
	if (!space)
		return call_error(status);
	struct copy_job job = { .to_guest = flags & COPY_TO_GUEST };
	job.guest = (struct copy_side){ .aspace = space, .flags = touch_flags(flags) };
	job.own = (struct copy_side){ .aspace = self->domain->aspace };
	return copy_all_pieces(self, &job, pieces, count);
}

struct call_result kcall_guest_copy_object(struct thread *self, handle_t object, uaddr_t pieces,
					   uint32_t count, uint32_t flags)
{
	status_code_t status;
	uint32_t rights = flags & COPY_TO_GUEST ? RIGHT_READ : RIGHT_WRITE;
	if (count > COPY_PIECES_MAX || flags & ~(COPY_TO_GUEST | COPY_NOFAULT))
		return call_error(STATUS_INVALID);
	struct memory_object *memory = LOOKUP(memory_object, self, object, KIND_MEMORY, rights, &status);
	if (!memory)
		return call_error(status);
	if (!self->guest_aspace)
		return call_error(STATUS_BAD_ADDRESS);
	struct copy_job job = { .to_guest = flags & COPY_TO_GUEST };
	job.guest = (struct copy_side){ .aspace = self->guest_aspace, .flags = touch_flags(flags) };
	job.own = (struct copy_side){ .object = memory, .flags = touch_flags(flags) };
	struct call_result result = copy_all_pieces(self, &job, pieces, count);
	return result.status == STATUS_OUT_OF_RANGE ? call_ok(0)
						    : result; /* at its end: short, not an error */
}

struct call_result kcall_guest_copy_string(struct thread *self, gaddr_t source, uaddr_t buffer, uint64_t max)
{
	uint64_t length = 0;
	if (!self->guest_aspace)
		return call_error(STATUS_BAD_ADDRESS);
	struct copy_side to = copy_side_space(self->domain->aspace, buffer.value);
	struct copy_side from = copy_side_space(self->guest_aspace, source.value);
	status_code_t status = copy_string(&to, &from, max, &length);
	return status ? call_error(status) : call_ok(length);
}

struct call_result kcall_guest_compare_exchange(struct thread *self, gaddr_t address, uint32_t expected,
						uint32_t desired)
{
	uint32_t old;
	if (!self->guest_aspace)
		return call_error(STATUS_BAD_ADDRESS);
	status_code_t status = copy_compare_exchange(self->guest_aspace, address.value, expected, desired,
						     &old);
	return status ? call_error(status) : call_ok(old);
}
