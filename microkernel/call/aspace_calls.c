/* SPDX-License-Identifier: MIT */
/*
 * Calls on address spaces, and copies between a guest and the caller's memory or an object. The work is in memory/.
 *
 * A copy counts the bytes of all pieces done in self->progress: a call that waited for a page starts over with the
 * same arguments and skips them.
 */
#include "call/call.h"
#include "memory/aspace.h"
#include "thread/work.h"

#define RESIDENT_AT_ONCE 256u
#define COPY_FLAGS_KNOWN (COPY_TO_GUEST | COPY_NOFAULT | COPY_FORCE)
#define PIECES_AT_ONCE 8u

struct call_result kcall_aspace_create(struct thread *self, struct account *account)
{
	return call_created(self, aspace_create(account));
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
	*object = call_lookup(self, request->object, KIND_MEMORY, RIGHT_READ, &status);
	if (!*object)
		return status;
	uint32_t allowed = prot_allowed(handle_slot_of(self->domain, request->object)->rights,
					request->flags);
	request->max_prot = request->max_prot ? request->max_prot & allowed : allowed;
	return request->prot & ~request->max_prot ? STATUS_DENIED : STATUS_OK;
}

struct call_result kcall_aspace_map(struct thread *self, struct aspace *aspace, struct map_request *request)
{
	struct memory_object *object;
	uint64_t address = page_down(self->place);
	status_code_t status = aspace_enter(aspace, true);
	if (!status && !self->place) {
		status = decode_object(self, request, &object);
		if (!status)
			status = aspace_map(aspace, request, object, &address);
	}
	if (status)
		return call_error(status);
	self->place = address | 1; /* not 0, wherever it is */
	return call_answer(aspace_fill(aspace, address, request, &self->progress), address);
}

struct call_result kcall_aspace_unmap(struct thread *self, struct aspace *aspace, uint64_t address,
				      uint64_t length)
{
	status_code_t status = aspace_enter(aspace, true);
	return call_error(status ? status : aspace_unmap(aspace, address, length));
}

struct call_result kcall_aspace_protect(struct thread *self, struct aspace *aspace, uint64_t address,
					uint64_t length, uint32_t prot)
{
	status_code_t status = aspace_enter(aspace, true);
	return call_error(status ? status : aspace_protect(aspace, address, length, prot, &self->progress));
}

struct call_result kcall_aspace_remap(struct thread *self, struct aspace *aspace,
				      struct remap_request *request)
{
	status_code_t status = aspace_enter(aspace, true);
	if (!status)
		status = aspace_remap(aspace, request, &self->place, &self->progress);
	return call_answer(status, self->place);
}

struct call_result kcall_aspace_fork(struct thread *self, struct aspace *aspace, struct account *account)
{
	status_code_t status = aspace_enter(aspace, true);
	if (!status)
		status = aspace_fork(aspace, account, &self->fork, &self->progress);
	if (status)
		return call_error(status);
	struct aspace *child = self->fork;
	self->fork = NULL;
	return call_created(self, child);
}

struct call_result kcall_aspace_query(struct thread *self, struct aspace *aspace, uint64_t address,
				      struct region_info *info)
{
	return call_error(aspace_query(aspace, address, info, &self->progress, &self->place));
}

struct call_result kcall_aspace_advise(struct thread *self, struct aspace *aspace, uint64_t address,
				       uint64_t length, uint32_t advice)
{
	status_code_t status = aspace_enter(aspace, true);
	if (!status)
		status = aspace_advise(aspace, address, length, advice, &self->progress);
	return call_error(status);
}

struct call_result kcall_aspace_info(struct thread *self, struct aspace *aspace, struct aspace_info *info)
{
	aspace_fill_info(aspace, info);
	return call_ok(0);
}

struct call_result kcall_aspace_limit(struct thread *self, struct aspace *aspace, uint32_t which,
				      uint64_t value)
{
	return call_error(aspace_set_limit(aspace, which, value));
}

struct call_result kcall_aspace_resident(struct thread *self, struct aspace *aspace, uint64_t address,
					 uint64_t pages, uaddr_t bytes)
{
	uint8_t batch[RESIDENT_AT_ONCE];
	if (pages > USER_LIMIT >> PAGE_SHIFT || (pages && !range_valid(address, pages << PAGE_SHIFT)))
		return call_error(STATUS_INVALID);
	for (uint64_t done; (done = self->progress) < pages; self->progress += RESIDENT_AT_ONCE) {
		uint64_t count = least(pages - done, RESIDENT_AT_ONCE);
		if (work_spent(RESIDENT_AT_ONCE))
			return call_error(work_stop());
		status_code_t status = aspace_resident(aspace, address + (done << PAGE_SHIFT), count, batch);
		if (!status)
			status = copy_out(self->domain->aspace, (uaddr_t){ bytes.value + done }, batch,
					  count);
		if (status)
			return call_error(status);
	}
	return call_ok(0);
}

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

static struct call_result copy_answer(struct thread *self, const struct copy_job *job, status_code_t status)
{
	if (status == STATUS_PENDING) {
		self->progress = job->ended > self->progress ? job->ended : self->progress;
		return CALL_BLOCKED;
	}
	self->progress = 0;
	return status && !job->ended ? call_error(status) : call_ok(job->ended);
}

static struct call_result copy_all_pieces(struct thread *self, struct copy_job *job, uaddr_t pieces,
					  uint32_t count)
{
	job->skip = self->progress;
	status_code_t status = copy_pieces(self, job, pieces, count);
	return copy_answer(self, job, status);
}

static uint32_t touch_flags(uint32_t flags)
{
	return (flags & COPY_NOFAULT ? TOUCH_NOFAULT : 0) | (flags & COPY_FORCE ? TOUCH_FORCE : 0);
}

static status_t copy_job_start(struct thread *self, struct copy_job *job, handle_t aspace, uint32_t flags)
{
	status_code_t status = STATUS_BAD_ADDRESS;
	struct aspace *space = self->guest_aspace;
	uint32_t rights = flags & COPY_FORCE      ? RIGHT_MANAGE
			  : flags & COPY_TO_GUEST ? RIGHT_WRITE
						  : RIGHT_READ;
	if (flags & ~COPY_FLAGS_KNOWN || ((flags & COPY_FORCE) && !aspace.value))
		return STATUS_INVALID;
	if (aspace.value)
		space = call_lookup(self, aspace, KIND_ASPACE, rights, &status);
	if (!space)
		return status;
	*job = (struct copy_job){ .to_guest = flags & COPY_TO_GUEST };
	job->guest = (struct copy_side){ .aspace = space, .flags = touch_flags(flags) };
	job->own = (struct copy_side){ .aspace = self->domain->aspace };
	return STATUS_OK;
}

struct call_result kcall_guest_copy(struct thread *self, handle_t aspace, uaddr_t pieces, uint32_t count,
				    uint32_t flags)
{
	struct copy_job job;
	status_code_t status = count > COPY_PIECES_MAX ? STATUS_INVALID
						       : copy_job_start(self, &job, aspace, flags);
	return status ? call_error(status) : copy_all_pieces(self, &job, pieces, count);
}

struct call_result kcall_guest_copy_piece(struct thread *self, handle_t aspace, gaddr_t guest, uaddr_t own,
					  uint64_t bytes, uint32_t flags)
{
	struct copy_piece piece = { guest.value, own.value, bytes };
	struct copy_job job;
	status_code_t status = copy_job_start(self, &job, aspace, flags);
	if (status)
		return call_error(status);
	job.skip = self->progress;
	status = copy_piece(&job, &piece);
	return copy_answer(self, &job, status);
}

struct call_result kcall_guest_copy_object(struct thread *self, handle_t object, uaddr_t pieces,
					   uint32_t count, uint32_t flags)
{
	status_code_t status;
	uint32_t rights = flags & COPY_TO_GUEST ? RIGHT_READ : RIGHT_WRITE;
	if (count > COPY_PIECES_MAX || flags & ~(COPY_TO_GUEST | COPY_NOFAULT))
		return call_error(STATUS_INVALID);
	struct memory_object *memory = call_lookup(self, object, KIND_MEMORY, rights, &status);
	if (!memory)
		return call_error(status);
	if (!self->guest_aspace)
		return call_error(STATUS_BAD_ADDRESS);
	struct copy_job job = { .to_guest = flags & COPY_TO_GUEST };
	job.guest = (struct copy_side){ .aspace = self->guest_aspace, .flags = touch_flags(flags) };
	job.own = (struct copy_side){ .object = memory, .flags = touch_flags(flags) };
	struct call_result result = copy_all_pieces(self, &job, pieces, count);
	bool at_end = result.status == STATUS_OUT_OF_RANGE; /* short, not an error */
	return at_end ? call_ok(0) : result;
}

struct call_result kcall_guest_copy_string(struct thread *self, gaddr_t source, uaddr_t buffer, uint64_t max)
{
	uint64_t length = 0;
	if (!self->guest_aspace)
		return call_error(STATUS_BAD_ADDRESS);
	struct copy_side to = copy_side_space(self->domain->aspace, buffer.value);
	struct copy_side from = copy_side_space(self->guest_aspace, source.value);
	status_code_t status = copy_string(&to, &from, max, &length);
	return call_answer(status, length);
}

struct call_result kcall_guest_compare_exchange(struct thread *self, gaddr_t address, uint32_t expected,
						uint32_t desired)
{
	uint32_t old = 0;
	if (!self->guest_aspace)
		return call_error(STATUS_BAD_ADDRESS);
	status_code_t status = copy_compare_exchange(self->guest_aspace, address.value, expected, desired,
						     &old);
	return call_answer(status, old);
}
