/* SPDX-License-Identifier: MIT */
/*
 * Calls on threads.
 */
#include "call/lookup.h"
#include "memory/memory.h"
#include "thread/schedule.h"
#include "thread/word.h"

struct call_result kcall_thread_create(struct thread *self, handle_t domain, uaddr_t request)
{
	status_code_t status;
	struct domain *target = LOOKUP(domain, self, domain, KIND_DOMAIN, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	struct thread_request copy;
	status = copy_in(self->domain->aspace, &copy, request, sizeof(copy));
	if (status)
		return call_error(status);
	status = handle_reserve(self->domain, 1);
	if (status)
		return call_error(status);
	struct thread *thread = thread_create(target, &copy, self, &status);
	return thread ? call_created(self, &thread->object) : call_error(status);
}

struct call_result kcall_thread_start(struct thread *self, handle_t thread)
{
	status_code_t status;
	struct thread *target = lookup_thread(self, thread, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	if (target->state != THREAD_IS_NEW || (!target->frame.rip && !target->domain->entry))
		return call_error(STATUS_INVALID);
	thread_start(target);
	return call_ok(0);
}

/* Zero the word and wake who waits for the thread's end; a bad address is the ending thread's own affair. */
static status_t clear_word(struct thread *self, uaddr_t clear)
{
	uint64_t key[2];
	uint32_t value, zero = 0;
	if (!clear.value)
		return STATUS_OK;
	status_code_t status = clear.value % sizeof(zero)
				       ? STATUS_BAD_ADDRESS
				       : copy_out(self->domain->aspace, clear, &zero, sizeof(zero));
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

struct call_result kcall_thread_kick(struct thread *self, handle_t thread, uint32_t kick)
{
	status_code_t status;
	struct thread *target = lookup_thread(self, thread, RIGHT_WRITE, &status);
	if (!target)
		return call_error(status);
	if (kick != KICK_SIGNAL && kick != KICK_KILL)
		return call_error(STATUS_INVALID);
	thread_kick(target, (uint8_t)kick);
	return call_ok(0);
}

struct call_result kcall_thread_schedule(struct thread *self, handle_t thread, uaddr_t schedule)
{
	status_code_t status;
	struct thread *target = lookup_thread(self, thread, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	struct thread_schedule copy;
	status = copy_in(self->domain->aspace, &copy, schedule, sizeof(copy));
	if (!status && !schedule_valid(&copy))
		status = STATUS_INVALID;
	if (!status)
		schedule_set(target, &copy);
	return call_error(status);
}

struct call_result kcall_thread_info(struct thread *self, handle_t thread, uaddr_t info)
{
	status_code_t status;
	struct thread *target = lookup_thread(self, thread, RIGHT_READ, &status);
	if (!target)
		return call_error(status);
	if (target == self)
		(void)schedule_charge(self);
	struct thread_info answer = {
		.user_time_ns = target->user_time_ns,
		.total_time_ns = target->total_time_ns,
		.switches = { target->switches[0], target->switches[1] },
		.state = target->state,
		.cpu = target->cpu,
		.object_id = target->object.id,
	};
	return call_error(copy_out(self->domain->aspace, info, &answer, sizeof(answer)));
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
