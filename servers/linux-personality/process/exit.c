/* SPDX-License-Identifier: MIT */
/*
 * Exit: a thread gives back what it holds, the last one makes its process a zombie and tells the family.
 *
 * Order matters: the space is left first (futex words are still there to be written), descriptors next (closing may
 * wait), the tree last. After the tree the process may be reaped at any moment.
 */
#include "process/exit.h"

#include <string.h>

#include "calls/calls.h"
#include "calls/strace.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "dump/core.h"
#include "file/file.h"
#include "fs/path.h"
#include "memory/futex.h"
#include "memory/mm.h"
#include "process/clone.h"
#include "process/create.h"
#include "process/credentials.h"
#include "process/family.h"
#include "process/hooks.h"
#include "process/namespaces.h"
#include "process/notify.h"
#include "process/tree.h"
#include "process/usage.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "signal/state.h"

void thread_leave_space(struct thread *self)
{
	gaddr_t word = self->clear_child_tid;
	const uint32_t zero = 0;
	robust_list_exit(self);
	futex_pi_exit(self);
	if (word.value && __atomic_load_n(&self->mm->references, __ATOMIC_ACQUIRE) > 1) {
		/* A latched kill ends the first copy only. */
		if (guest_write(word, &zero, sizeof(zero)) != -EINTR ||
		    !guest_write(word, &zero, sizeof(zero)))
			(void)k_word_wake(word.value, 1, WAIT_ANY, WAIT_GUEST | WAIT_SHARED);
	}
	self->clear_child_tid = (gaddr_t){ 0 };
	self->rseq = (gaddr_t){ 0 };
	clone_release_vfork_parent(self);
}

/* No longer a target of signals; those of the process that it was chosen for go to others. */
static void stop_listening(struct thread *self)
{
	struct process *process = self->process;
	lock_acquire(&process->lock);
	self->exiting = true;
	if (process->dumper)
		wait_wake_thread(process->dumper);
	self->guest.signal_mask = ~0ull;
	signal_stop_leave(self);
	for (struct thread *other = process->threads; other; other = other->next_in_process)
		if (other != self && !other->exiting)
			signal_notify_thread(other);
	lock_release(&process->lock);
}

/* The thread's own share of the process's usage; peak size and faults are read while the space is there. */
static void account_space(struct thread *self)
{
	struct process *process = self->process;
	struct aspace_info info;
	if (process->thread_count > 1 || k_aspace_info(self->mm->aspace, own_address(&info)).status < 0)
		return;
	struct process_times space = {
		.minor_faults = info.minor_faults,
		.major_faults = info.major_faults,
		.peak_resident_pages = info.peak_resident_pages,
	};
	lock_acquire(&process->lock);
	process_times_add(&process->times, &space);
	lock_release(&process->lock);
}

static void drop_space(struct thread *self)
{
	struct mm *mm = self->mm;
	account_space(self);
	lock_acquire(&self->process->lock);
	self->mm = NULL;
	mm_publish(self);
	lock_release(&self->process->lock);
	(void)k_guest_set_aspace(HANDLE_NONE);
	mm_put(mm);
	if (shared_memory_collect)
		shared_memory_collect();
}

static void drop_files(struct thread *self)
{
	struct files *files = self->files;
	struct fs_context *fs = self->fs;
	lock_acquire(&self->process->lock);
	self->files = NULL;
	self->fs = NULL;
	lock_release(&self->process->lock);
	files_put(files);
	fs_context_put(fs);
}

static void end_process_hooks(struct process *process)
{
	if (posix_timers_exit)
		posix_timers_exit(process);
	if (file_locks_exit)
		file_locks_exit(process);
	if (semaphore_undo_exit)
		semaphore_undo_exit(process);
}

/* T held. The last thread is gone: zombie, or straight to dead. */
static void process_end(struct process *process)
{
	lock_acquire(&process->lock);
	signal_free_entries(signal_queue_flush(&process->pending, ~0ull));
	process->exit_status = process->group_exit_status;
	process->stopped = process->stopping = false;
	process->notify_code = 0;
	lock_release(&process->lock);
	family_leave(process);
	process->state = PROCESS_ZOMBIE;
	wait_wake_all(&process->exit_queue, 0);
	if (process_notify_exit(process))
		process_reap(process);
}

/* T and P not held. true: this was the last thread. */
static bool leave_tables(struct thread *self)
{
	struct process *process = self->process;
	struct process_times times = thread_times_of(self);
	bool last;
	lock_acquire(&process_tree_lock);
	family_thread_ended(self);
	lock_acquire(&process->lock);
	signal_free_entries(signal_queue_flush(&self->pending, ~0ull));
	usage_thread_ended(process, &times);
	process->uid = self->credentials->uid;
	process->gid = self->credentials->gid;
	if (process->leader == self || !process->name[0])
		memcpy(process->name, self->name, sizeof(process->name));
	/* The code of whoever ends last counts, as on Linux since 6.0. */
	if (process->thread_count == 1 && !process->group_exiting)
		process->group_exit_status = (uint32_t)self->operation.result;
	thread_delist(self);
	last = !process->threads;
	if (process->execing)
		wait_wake_all(&process->exec_queue, 0);
	lock_release(&process->lock);
	__atomic_sub_fetch(&self->credentials->user->processes, 1, __ATOMIC_RELAXED);
	if (last)
		process_end(process);
	lock_release(&process_tree_lock);
	return last;
}

static bool is_last_alive(struct process *process)
{
	uint32_t alive = 0;
	lock_acquire(&process->lock);
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		alive += !thread->exiting;
	lock_release(&process->lock);
	return !alive;
}

_Noreturn void thread_exit_call(struct thread *self, uint32_t status)
{
	struct process *process = self->process;
	if (__atomic_load_n(&process->dumper, __ATOMIC_ACQUIRE))
		dump_park(self);
	self->operation.result = status;
	if (process == process_init && process->thread_count == 1) {
		log_error("the first process ended with status 0x%x: nothing is left to run", status);
		(void)k_domain_kill(HANDLE_SELF_DOMAIN, 1);
	}
	if (self->guest.route_gate & GATE_STRACE)
		strace_ended(self, status);
	stop_listening(self);
	if (self->mm) {
		thread_leave_space(self);
		drop_space(self);
	}
	if (is_last_alive(process))
		end_process_hooks(process);
	drop_files(self);
	struct sighand *sighand = self->sighand;
	struct credentials *credentials = self->credentials;
	if (leave_tables(self))
		namespaces_drop(process);
	sighand_put(sighand);
	credentials_put(credentials);
	process_put(process);
	thread_vanish(self);
}

_Noreturn void process_exit_group(struct thread *self, uint32_t status)
{
	struct process *process = self->process;
	lock_acquire(&process->lock);
	signal_begin_group_exit(process, status);
	lock_release(&process->lock);
	thread_exit_call(self, status);
}

int64_t sys_exit(struct thread *self, int32_t code)
{
	thread_exit_call(self, ((uint32_t)code & 0xff) << 8);
}

int64_t sys_exit_group(struct thread *self, int32_t code)
{
	process_exit_group(self, ((uint32_t)code & 0xff) << 8);
}
