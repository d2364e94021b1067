/* SPDX-License-Identifier: MIT */
/*
 * Records of threads and processes.
 *
 * A thread that ends still stands on its native stack and its record is pinned, so it puts itself on the list of the dead
 * and leaves; the kernel clears `alive` when it is off. Whoever makes the next thread buries them.
 */
#include "process/create.h"

#include "core/errno.h"
#include "core/slab.h"
#include "core/stack_pool.h"
#include "core/survive.h"
#include "linux_abi/process.h"
#include "linux_abi/signal.h"
#include "memory/mm.h"
#include "process/identity.h"
#include "process/schedule.h"
#include "process/tree.h"
#include "runtime/kernel.h"

handle_t personality_account, guest_account;

SURVIVES static struct thread *dead_threads;

static void thread_free(struct thread *thread)
{
	if (thread->kernel_thread.value)
		(void)k_handle_close(thread->kernel_thread);
	if (thread->native_stack)
		stack_pool_put(thread->native_stack);
	slab_free(thread, sizeof(*thread));
}

/* Free those of the dead that have left; the list is taken whole, the rest put back. */
static void bury_dead(void)
{
	struct thread *list = __atomic_exchange_n(&dead_threads, NULL, __ATOMIC_ACQ_REL), *next;
	for (; list; list = next) {
		next = list->next_dead;
		if (!__atomic_load_n(&list->alive, __ATOMIC_ACQUIRE)) {
			thread_free(list);
			continue;
		}
		list->next_dead = __atomic_load_n(&dead_threads, __ATOMIC_RELAXED);
		while (!__atomic_compare_exchange_n(&dead_threads, &list->next_dead, list, true,
						    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			;
	}
}

_Noreturn void thread_vanish(struct thread *self)
{
	self->next_dead = __atomic_load_n(&dead_threads, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&dead_threads, &self->next_dead, self, true, __ATOMIC_ACQ_REL,
					    __ATOMIC_RELAXED))
		;
	for (;;)
		(void)k_thread_exit(0, own_address(&self->alive));
}

struct thread *thread_allocate(void)
{
	bury_dead();
	struct thread *thread = slab_allocate(sizeof(*thread));
	if (!thread)
		return NULL;
	thread->native_stack = stack_pool_get();
	if (!thread->native_stack) {
		slab_free(thread, sizeof(*thread));
		return NULL;
	}
	thread->altstack.flags = LINUX_SS_DISABLE;
	thread->state_letter = 'R';
	wait_queue_init(&thread->vfork_queue);
	return thread;
}

void thread_discard(struct thread *thread)
{
	thread_free(thread);
}

int thread_make_kernel_thread(struct thread *thread, bool copy_fpu)
{
	struct thread_request request = {
		.stack = thread->native_stack->top,
		.message_page = (uintptr_t)thread->native_stack->message_page,
		.record = (uintptr_t)&thread->guest,
		.tls = thread->native_stack->tls,
		.aspace = thread->mm ? thread->mm->aspace : HANDLE_NONE,
		.flags = THREAD_GUEST | (copy_fpu ? THREAD_COPY_FPU : 0),
		.native_level = LEVEL_SERVER,
	};
	struct thread_schedule schedule = schedule_of(thread);
	request.guest_level = schedule.guest_level;
	request.weight = schedule.weight;
	struct call_result result = k_thread_create(HANDLE_SELF_DOMAIN, own_address(&request));
	if (result.status < 0)
		return result.status == STATUS_NO_MEMORY || result.status == STATUS_LIMIT ? -EAGAIN : -ENOMEM;
	thread->kernel_thread = call_handle(result);
	return 0;
}

void thread_run(struct thread *thread)
{
	thread->alive = 1;
	(void)k_thread_start(thread->kernel_thread);
}

void thread_enlist(struct thread *thread)
{
	struct process *process = thread->process;
	thread->previous_in_process = NULL;
	thread->next_in_process = process->threads;
	if (process->threads)
		process->threads->previous_in_process = thread;
	process->threads = thread;
	process->thread_count++;
	identity_publish_process_to(thread);
	identity_publish_thread(thread);
	thread_table_add(thread);
}

void thread_delist(struct thread *thread)
{
	struct process *process = thread->process;
	if (thread->previous_in_process)
		thread->previous_in_process->next_in_process = thread->next_in_process;
	else
		process->threads = thread->next_in_process;
	if (thread->next_in_process)
		thread->next_in_process->previous_in_process = thread->previous_in_process;
	process->thread_count--;
	if (process->leader == thread)
		process->leader = NULL;
	thread_table_remove(thread);
}

struct process *process_allocate(void)
{
	struct process *process = slab_allocate(sizeof(*process));
	if (!process)
		return NULL;
	lock_init(&process->lock, RANK_PROCESS);
	process->references = 1;
	wait_queue_init(&process->child_queue);
	wait_queue_init(&process->exec_queue);
	wait_queue_init(&process->signal_queue_waiters);
	wait_queue_init(&process->exit_queue);
	wait_queue_init(&process->dump_queue);
	return process;
}
