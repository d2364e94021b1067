/* SPDX-License-Identifier: MIT */
/*
 * Calls on threads: their life and schedule, their guest side, and waiting on words (abi/wait.h).
 */
#include "arch/x86_64/cpu.h"
#include "call/call.h"
#include "memory/aspace.h"
#include "structure/bytes.h"

#define QUEUE_FLAGS (WAIT_GUEST | WAIT_SHARED)
#define WAIT_FLAGS (QUEUE_FLAGS | WAIT_INTERRUPTIBLE | WAIT_KILLABLE)

struct call_result kcall_thread_create(struct thread *self, struct domain *domain,
				       struct thread_request *request)
{
	status_code_t status = handle_reserve(self->domain, 1);
	if (status)
		return call_error(status);
	struct thread *thread = thread_create(domain, request, self, &status);
	return thread ? call_created(self, &thread->object) : call_error(status);
}

struct call_result kcall_thread_start(struct thread *self, struct thread *thread)
{
	if (thread->state != THREAD_IS_NEW || (!thread->frame.rip && !thread->exit_entry))
		return call_error(STATUS_INVALID);
	thread_start(thread);
	return call_ok(0);
}

/* Zero the word and wake who waits for the thread's end; a bad address is the ending thread's own affair. */
static status_t clear_word(struct thread *self, uaddr_t clear)
{
	uint64_t key[2];
	uint32_t value, zero = 0;
	if (!clear.value || clear.value % sizeof(zero))
		return STATUS_OK;
	status_code_t status = copy_out(self->domain->aspace, clear, &zero, sizeof(zero));
	if (!status)
		status = aspace_word(self->domain->aspace, clear.value, false, key, &value);
	if (!status)
		(void)word_wake(key, 1, WAIT_ANY);
	return status;
}

struct call_result kcall_thread_exit(struct thread *self, uint32_t code, uaddr_t clear)
{
	struct domain *domain = self->domain;
	if (clear_word(self, clear) == STATUS_PENDING)
		return CALL_BLOCKED;
	thread_end(self);
	if (list_empty(&domain->threads))
		domain_end(domain, DOMAIN_EXITED, code);
	return CALL_BLOCKED;
}

struct call_result kcall_thread_kick(struct thread *self, struct thread *thread, uint32_t kick)
{
	if (kick != KICK_SIGNAL && kick != KICK_KILL)
		return call_error(STATUS_INVALID);
	thread_kick(thread, (uint8_t)kick);
	return call_ok(0);
}

struct call_result kcall_thread_schedule(struct thread *self, struct thread *thread,
					 struct thread_schedule *schedule)
{
	if (!schedule_valid(schedule))
		return call_error(STATUS_INVALID);
	schedule_set(thread, schedule);
	return call_ok(0);
}

struct call_result kcall_thread_info(struct thread *self, struct thread *thread, struct thread_info *info)
{
	if (thread == self)
		(void)schedule_charge(self);
	info->user_time_ns = thread->user_time_ns;
	info->total_time_ns = thread->total_time_ns;
	info->switches[0] = thread->switches[0];
	info->switches[1] = thread->switches[1];
	info->state = thread->state;
	info->cpu = thread->cpu->number;
	info->object_id = thread->object.id;
	return call_ok(0);
}

struct call_result kcall_thread_yield(struct thread *self)
{
	schedule_yield(self);
	return call_ok(0);
}

struct call_result kcall_thread_set_tls(struct thread *self, uint64_t base)
{
	if (base >= USER_LIMIT)
		return call_error(STATUS_INVALID);
	self->native_fs = base;
	return call_ok(0);
}

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
		space = call_lookup(self, aspace, KIND_ASPACE, RIGHT_MANAGE, &status);
	if (status)
		return call_error(status);
	if (!self->record)
		return call_error(STATUS_INVALID);
	thread_set_guest_space(self, space);
	return call_ok(0);
}

/* The guest thread a call on FPU images means; it is the caller, or stopped at the boundary or not started. */
static struct thread *guest_of(struct thread *self, handle_t handle, status_code_t *status)
{
	struct thread *thread = self;
	*status = STATUS_OK;
	if (handle.value)
		thread = call_lookup(self, handle, KIND_THREAD, RIGHT_MANAGE, status);
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
	status = copy_out(self->domain->aspace, buffer, fpu_guest_image(guest), cpu_features.fpu_bytes);
	return call_answer(status, cpu_features.fpu_bytes);
}

struct call_result kcall_guest_fpu_write(struct thread *self, handle_t thread, uaddr_t buffer, uint64_t bytes)
{
	status_code_t status;
	struct thread *guest = guest_of(self, thread, &status);
	if (!guest)
		return call_error(status);
	if (bytes != cpu_features.fpu_bytes)
		return call_error(STATUS_INVALID);
	void *image = kernel_allocate(bytes, self->domain->account);
	if (!image)
		return call_error(STATUS_NO_MEMORY);
	status = copy_in(self->domain->aspace, image, buffer, bytes);
	if (!status && !fpu_image_valid(image))
		status = STATUS_INVALID;
	if (!status) {
		memcpy(guest->guest_fpu, image, bytes);
		fpu_forget_guest(guest);
	}
	kernel_free(image, bytes, self->domain->account);
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

/* A word as a call names it. */
struct word {
	uint64_t key[2];
	uint32_t value;
};

static status_t word_find(struct thread *self, uint64_t address, uint32_t flags, struct word *word)
{
	struct aspace *space = flags & WAIT_GUEST ? self->guest_aspace : self->domain->aspace;
	if (!space)
		return STATUS_INVALID;
	return aspace_word(space, address, flags & WAIT_SHARED, word->key, &word->value);
}

struct call_result kcall_word_wait(struct thread *self, uint64_t address, uint32_t expected, uint32_t bitset,
				   uint64_t deadline_ns, uint32_t flags)
{
	if ((flags & ~WAIT_FLAGS) || !bitset)
		return call_error(STATUS_INVALID);
	struct word word;
	status_code_t status = word_find(self, address, flags, &word);
	if (status)
		return call_error(status);
	if (word.value != expected)
		return call_error(STATUS_MISMATCH);
	if (deadline_ns != DEADLINE_NEVER && deadline_ns <= clock_now_ns())
		return call_error(STATUS_TIMED_OUT);
	self->interruptible = flags & WAIT_INTERRUPTIBLE;
	self->killable = flags & (WAIT_INTERRUPTIBLE | WAIT_KILLABLE);
	word_enqueue(self, word.key, bitset);
	thread_block(self, WAIT_WORD, deadline_ns, false);
	return CALL_BLOCKED;
}

struct call_result kcall_word_wake(struct thread *self, uint64_t address, uint32_t count, uint32_t bitset,
				   uint32_t flags)
{
	if ((flags & ~QUEUE_FLAGS) || !bitset)
		return call_error(STATUS_INVALID);
	struct word word;
	status_code_t status = word_find(self, address, flags, &word);
	return status ? call_error(status) : call_ok(word_wake(word.key, count, bitset));
}

struct call_result kcall_word_requeue(struct thread *self, struct requeue_request *request)
{
	if (request->flags & ~QUEUE_FLAGS)
		return call_error(STATUS_INVALID);
	struct word from, to;
	status_code_t status = word_find(self, request->to, request->flags, &to);
	if (!status)
		status = word_find(self, request->from, request->flags, &from);
	if (!status && request->compare && from.value != request->expected)
		status = STATUS_MISMATCH;
	if (status)
		return call_error(status);
	uint64_t done = word_wake(from.key, request->wake, WAIT_ANY);
	return call_ok(done + word_requeue(from.key, to.key, request->requeue));
}
