/* SPDX-License-Identifier: MIT */
/*
 * Fixture of the in-kernel tests: fixture.h.
 */
#include "arch/x86_64/cpu.h"
#include "call/call.h"
#include "memory/aspace.h"
#include "memory/memory.h"
#include "object/object.h"
#include "test/fixture.h"
#include "thread/thread.h"

struct domain *fixture_domain(void)
{
	struct domain *domain = domain_create(&root_account);
	if (!domain)
		return NULL;
	domain->entry = FIXTURE_ENTRY;
	if (aspace_load(domain->aspace, FIXTURE_DATA, 2 * FIXTURE_THREADS * PAGE_SIZE, NULL, 0,
			PROT_BIT_READ | PROT_BIT_WRITE)) {
		fixture_end(domain);
		return NULL;
	}
	return domain;
}

static void fixture_guest_space(struct thread *thread)
{
	struct aspace *space = aspace_create(thread->domain->account);
	thread_set_guest_space(thread, space);
	if (space)
		object_put(&space->object);
}

struct thread *fixture_thread(struct domain *domain, unsigned n, bool guest)
{
	struct thread_request request = {
		.entry = guest ? 0 : FIXTURE_ENTRY,
		.stack = 0x200000,
		.message_page = FIXTURE_DATA + 2 * n * PAGE_SIZE,
		.record = guest ? FIXTURE_DATA + (2 * n + 1) * PAGE_SIZE : 0,
		.flags = guest ? THREAD_GUEST : 0,
		.native_level = LEVEL_SERVER,
		.guest_level = LEVEL_FAIR,
	};
	status_code_t status;
	struct thread *thread = thread_create(domain, &request, NULL, &status);
	if (!thread)
		return NULL;
	object_put(&thread->object);
	if (guest)
		fixture_guest_space(thread);
	thread_start(thread);
	return thread;
}

void fixture_end(struct domain *domain)
{
	domain_end(domain, DOMAIN_KILLED, 0);
	object_put(&domain->object);
	cpu_self()->need_reschedule = false;
	object_reap();
}

void fixture_run(struct thread *thread)
{
	struct thread *current = cpu_self()->current;
	if (current && current != thread && current->state == THREAD_IS_RUNNING)
		current->state = THREAD_IS_WAITING;
	schedule_remove(thread);
	thread->state = THREAD_IS_RUNNING;
	thread->charged_at_ns = clock_now_ns();
	cpu_self()->current = thread;
}

struct thread *fixture_next(void)
{
	return schedule_next(cpu_self());
}

int64_t fixture_call(struct thread *thread, struct fixture_call call)
{
	fixture_run(thread);
	struct trap_frame *frame = &thread->frame;
	frame->vector = TRAP_SYSCALL;
	frame->rax = call.number;
	frame->rdi = call.words[0];
	frame->rsi = call.words[1];
	frame->rdx = call.words[2];
	frame->r10 = call.words[3];
	frame->r8 = call.words[4];
	frame->r9 = call.words[5];
	call_dispatch(thread);
	bool pending = thread->state == THREAD_IS_WAITING || thread->state == THREAD_IS_DEAD;
	return pending ? STATUS_PENDING : (int64_t)frame->rax;
}

uint64_t fixture_give(struct domain *domain, void *object, uint32_t rights, uint64_t badge)
{
	handle_t handle;
	if (handle_insert(domain, object, rights, badge, ORIGIN_GRANTED, &handle))
		return 0;
	return handle.value;
}
