/* SPDX-License-Identifier: MIT */
/*
 * Finding the process or thread behind a node, and taking what belongs to it.
 */
#include "proc/subject.h"

#include "core/errno.h"
#include "file/file.h"
#include "fs/walk.h"
#include "memory/mm.h"
#include "process/credentials.h"
#include "process/process.h"
#include "process/tree.h"

bool subject_find(int32_t tid, bool task, struct subject *subject)
{
	struct process *process = NULL;
	struct thread *thread;
	lock_acquire(&process_tree_lock);
	if (task) {
		thread = thread_find(tid);
		process = thread ? thread->process : NULL;
	} else {
		process = process_find(tid);
	}
	if (process && process->state == PROCESS_DEAD)
		process = NULL;
	if (process)
		process_get(process);
	lock_release(&process_tree_lock);
	*subject = (struct subject){ process, tid, task };
	return process;
}

void subject_put(struct subject *subject)
{
	if (subject->process)
		process_put(subject->process);
	subject->process = NULL;
}

uint32_t subject_generation(const struct subject *subject)
{
	uint64_t start = subject->process->start_ns;
	return (uint32_t)(start ^ start >> 32);
}

struct thread *subject_lock(const struct subject *subject)
{
	struct process *process = subject->process;
	struct thread *thread;
	lock_acquire(&process->lock);
	if (!subject->task)
		return process->leader ? process->leader : process->threads;
	thread = process->threads;
	while (thread && thread->tid != subject->tid)
		thread = thread->next_in_process;
	return thread;
}

void subject_unlock(const struct subject *subject)
{
	lock_release(&subject->process->lock);
}

struct mm *subject_mm(const struct subject *subject)
{
	struct thread *thread = subject_lock(subject);
	struct mm *mm = thread ? thread->mm : NULL;
	if (mm)
		mm_get(mm);
	subject_unlock(subject);
	return mm;
}

struct files *subject_files(const struct subject *subject)
{
	struct thread *thread = subject_lock(subject);
	struct files *files = thread ? thread->files : NULL;
	if (files)
		files_get(files);
	subject_unlock(subject);
	return files;
}

struct credentials *subject_credentials(const struct subject *subject)
{
	struct thread *thread = subject_lock(subject);
	struct credentials *credentials = thread ? thread->credentials : NULL;
	if (credentials)
		credentials_get(credentials);
	subject_unlock(subject);
	return credentials;
}

static struct fs_context *subject_context(const struct subject *subject)
{
	struct thread *thread = subject_lock(subject);
	struct fs_context *context = thread ? thread->fs : NULL;
	if (context)
		fs_context_get(context);
	subject_unlock(subject);
	return context;
}

static int subject_place(const struct subject *subject, bool working, struct path *place)
{
	struct fs_context *context = subject_context(subject);
	if (!context)
		return -ENOENT;
	lock_acquire(&context->lock);
	*place = working ? context->working : context->root;
	path_get(place);
	lock_release(&context->lock);
	fs_context_put(context);
	return 0;
}

int subject_root(const struct subject *subject, struct path *place)
{
	return subject_place(subject, false, place);
}

int subject_working(const struct subject *subject, struct path *place)
{
	return subject_place(subject, true, place);
}

static bool credentials_match(const struct credentials *caller, const struct credentials *target)
{
	return caller->fsuid == target->euid && caller->fsuid == target->suid &&
	       caller->fsuid == target->uid && caller->fsgid == target->egid &&
	       caller->fsgid == target->sgid && caller->fsgid == target->gid &&
	       !(target->permitted & ~caller->permitted);
}

bool subject_readable(struct thread *self, const struct subject *subject)
{
	struct credentials *target;
	struct thread *thread;
	bool allowed = false, dumpable;
	if (subject->process == self->process || thread_capable(self, LINUX_CAP_SYS_PTRACE))
		return true;
	thread = subject_lock(subject);
	target = thread ? thread->credentials : NULL;
	dumpable = thread && thread->mm && thread->mm->dumpable;
	if (target)
		allowed = dumpable && credentials_match(self->credentials, target);
	subject_unlock(subject);
	return allowed;
}

void subject_owner(const struct subject *subject, bool always_effective, uint32_t *user, uint32_t *group)
{
	struct thread *thread = subject_lock(subject);
	*user = *group = 0;
	if (thread && thread->credentials && (always_effective || (thread->mm && thread->mm->dumpable))) {
		*user = thread->credentials->euid;
		*group = thread->credentials->egid;
	}
	subject_unlock(subject);
}
