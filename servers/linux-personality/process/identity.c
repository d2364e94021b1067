/* SPDX-License-Identifier: MIT */
/*
 * Where ids become the words that routes answer.
 */
#include "process/identity.h"

#include "linux_abi/process.h"
#include "process/credentials.h"

void identity_publish_thread(struct thread *thread)
{
	const struct credentials *credentials = thread->credentials;
	uint32_t *words = thread->guest.route_words;
	words[ROUTE_WORD_THREAD] = (uint32_t)thread->tid;
	words[ROUTE_WORD_USER] = credentials->uid;
	words[ROUTE_WORD_EFFECTIVE_USER] = credentials->euid;
	words[ROUTE_WORD_GROUP] = credentials->gid;
	words[ROUTE_WORD_EFFECTIVE_GROUP] = credentials->egid;
	thread->guest.route_group = (uintptr_t)&thread->process->route;
}

static void publish(struct thread *thread, enum route_word word, int32_t id)
{
	__atomic_store_n(&thread->guest.route_words[word], (uint32_t)id, __ATOMIC_RELAXED);
}

void identity_publish_process_to(struct thread *thread)
{
	const struct process *process = thread->process;
	publish(thread, ROUTE_WORD_PROCESS, process->pid);
	publish(thread, ROUTE_WORD_PARENT, process->parent ? process->parent->pid : 0);
	publish(thread, ROUTE_WORD_PROCESS_GROUP, process->group ? process->group->id : 0);
}

void identity_publish_process(struct process *process)
{
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		identity_publish_process_to(thread);
	__atomic_store_n(&process->route.file_size_limit, process->limits[LINUX_RLIMIT_FSIZE].soft,
			 __ATOMIC_RELAXED);
	__atomic_store_n(&process->route.poll_limit, process->limits[LINUX_RLIMIT_NOFILE].soft,
			 __ATOMIC_RELAXED);
}
