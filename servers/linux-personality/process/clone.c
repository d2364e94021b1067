/* SPDX-License-Identifier: MIT */
/*
 * clone(2) and its family.
 *
 * Each kind of state is shared with its own flag and else copied: dispositions with CLONE_SIGHAND, descriptors with CLONE_FILES,
 * root and cwd with CLONE_FS, memory with CLONE_VM, the thread group with CLONE_THREAD. All that can fail is done
 * before the child is in any table; from then on it exists for everybody and is started.
 */
#include "process/clone.h"

#include "calls/calls.h"
#include "calls/strace.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/files.h"
#include "fs/path.h"
#include "memory/mm.h"
#include "process/create.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "process/namespaces.h"
#include "process/pidfd.h"
#include "process/schedule.h"
#include "process/tree.h"
#include "signal/state.h"

static int check_limit(struct thread *self)
{
	struct credentials *credentials = self->credentials;
	uint64_t limit = self->process->limits[LINUX_RLIMIT_NPROC].soft;
	uint32_t used = __atomic_load_n(&credentials->user->processes, __ATOMIC_RELAXED);
	if (used < limit || !credentials->uid)
		return 0;
	return thread_capable(self, LINUX_CAP_SYS_RESOURCE) || thread_capable(self, LINUX_CAP_SYS_ADMIN)
		       ? 0
		       : -EAGAIN;
}

static void copy_registers(struct thread *child, const struct thread *self,
			   const struct clone_request *request)
{
	child->guest.regs = self->guest.regs;
	child->guest.regs.rax = 0;
	child->guest.regs.orig_rax = GUEST_NO_CALL;
	if (request->stack)
		child->guest.regs.rsp = request->stack;
	if (request->flags & LINUX_CLONE_SETTLS)
		child->guest.regs.fs_base = request->tls;
}

static void copy_fields(struct thread *child, const struct thread *self, const struct clone_request *request)
{
	uint64_t flags = request->flags;
	child->guest.signal_mask = self->restore_mask ? self->saved_mask : self->guest.signal_mask;
	if ((flags & (LINUX_CLONE_VM | LINUX_CLONE_VFORK)) != LINUX_CLONE_VM)
		child->altstack = self->altstack;
	if (!(flags & LINUX_CLONE_VM)) {
		child->rseq = self->rseq;
		child->rseq_bytes = self->rseq_bytes;
		child->rseq_signature = self->rseq_signature;
	}
	if (flags & LINUX_CLONE_CHILD_SETTID)
		child->set_child_tid = request->child_tid;
	if (flags & LINUX_CLONE_CHILD_CLEARTID)
		child->clear_child_tid = request->child_tid;
	__builtin_memcpy(child->name, self->name, sizeof(child->name));
	child->no_new_privileges = self->no_new_privileges;
	child->personality = self->personality;
	child->cpu_mask = self->cpu_mask;
	child->timer_slack_ns = child->default_timer_slack_ns = self->timer_slack_ns;
	child->start_ns = clock_monotonic_ns();
	schedule_inherit(child, self);
}

/* References and copies; on failure the caller drops what is there. */
static int share(struct thread *child, struct thread *self, uint64_t flags)
{
	credentials_get(self->credentials);
	child->credentials = self->credentials;
	if (flags & LINUX_CLONE_FILES)
		files_get(child->files = self->files);
	else
		child->files = files_copy(self->files);
	files_publish(child);
	if (flags & LINUX_CLONE_FS)
		fs_context_get(child->fs = self->fs);
	else
		child->fs = fs_context_copy(self->fs);
	if (flags & LINUX_CLONE_SIGHAND)
		sighand_get(child->sighand = self->sighand);
	else
		child->sighand = sighand_copy(self->sighand, flags & LINUX_CLONE_CLEAR_SIGHAND);
	if (!child->files || !child->fs || !child->sighand)
		return -ENOMEM;
	if (flags & LINUX_CLONE_VM)
		mm_get(child->mm = self->mm);
	else
		child->mm = mm_fork(self->mm);
	sighand_publish(child);
	mm_publish(child);
	return child->mm ? 0 : -ENOMEM;
}

static void unshare(struct thread *child)
{
	if (child->mm)
		mm_put(child->mm);
	if (child->sighand)
		sighand_put(child->sighand);
	if (child->fs)
		fs_context_put(child->fs);
	if (child->files)
		files_put(child->files);
	credentials_put(child->credentials);
}

static int make_process(struct thread *child, struct thread *self, const struct clone_request *request)
{
	struct process *process = process_allocate(), *mine = self->process;
	int error;
	if (!process)
		return -ENOMEM;
	lock_acquire(&mine->lock);
	__builtin_memcpy(process->limits, mine->limits, sizeof(process->limits));
	process->strace = mine->strace & STRACE_CHILDREN ? mine->strace : 0;
	lock_release(&mine->lock);
	error = namespaces_inherit(process, child, mine, request->flags);
	if (error) {
		process_put(process);
		return error;
	}
	process->exit_signal = request->exit_signal;
	process->oom_score_adjust = mine->oom_score_adjust;
	process->without_tty = mine->without_tty;
	process->start_ns = child->start_ns;
	process->origin = (struct process_origin){
		.pid = mine->pid,
		.call = (uint32_t)self->guest.regs.orig_rax,
		.flags = request->flags | (uint32_t)request->exit_signal,
	};
	__builtin_memcpy(process->origin.name, self->name, sizeof(process->origin.name));
	process->parent_tid = self->tid;
	process->leader = child;
	process->uid = self->credentials->uid;
	child->process = process;
	return 0;
}

/* T held: a new process's place in the tree. */
static void place_process(struct process *process, struct thread *self, uint64_t flags)
{
	struct process *parent = self->process;
	if (flags & LINUX_CLONE_PARENT) {
		process->exit_signal = parent->exit_signal;
		process->parent_tid = parent->parent_tid;
		parent = parent->parent;
	}
	process_add_child(parent, process);
	process_join_group(process, self->process->group);
	process_table_add(process);
}

/* Into the tables, all or nothing. The new tid or -errno. */
static int64_t publish(struct thread *child, struct thread *self, uint64_t flags)
{
	bool is_thread = flags & LINUX_CLONE_THREAD;
	struct process *process = child->process;
	lock_acquire(&process_tree_lock);
	lock_acquire(&self->process->lock);
	bool interrupted = signal_pending(self);
	lock_release(&self->process->lock);
	int32_t id = interrupted ? -ERESTARTNOINTR : id_allocate();
	if (id >= 0) {
		child->tid = id;
		if (!is_thread) {
			process->pid = id;
			place_process(process, self, flags);
		}
		process_get(process);
		lock_acquire(&process->lock);
		thread_enlist(child);
		if (process->stopping)
			process->stop_pending_count++;
		signal_update_work(child);
		lock_release(&process->lock);
		__atomic_add_fetch(&child->credentials->user->processes, 1, __ATOMIC_RELAXED);
	}
	lock_release(&process_tree_lock);
	return id;
}

static void vfork_wait(struct thread *self, int32_t tid)
{
	struct wait_node node = { 0 };
	wait_prepare(self, &node, &self->vfork_queue);
	while (!__atomic_load_n(&self->vfork_done, __ATOMIC_ACQUIRE))
		if (wait_sleep(self, DEADLINE_NEVER, WAIT_KILL_ONLY))
			break;
	wait_finish(self, &node);
	lock_acquire(&process_tree_lock);
	struct thread *child = thread_find(tid);
	if (child && child->vfork_parent == self)
		child->vfork_parent = NULL;
	lock_release(&process_tree_lock);
}

void clone_release_vfork_parent(struct thread *self)
{
	if (!self->vfork_parent)
		return;
	lock_acquire(&process_tree_lock);
	struct thread *parent = self->vfork_parent;
	self->vfork_parent = NULL;
	if (parent) {
		__atomic_store_n(&parent->vfork_done, true, __ATOMIC_RELEASE);
		wait_wake_all(&parent->vfork_queue, 0);
	}
	lock_release(&process_tree_lock);
}

static int64_t start_child(struct thread *child, struct thread *self, const struct clone_request *request)
{
	int32_t tid = child->tid;
	bool waits = request->flags & LINUX_CLONE_VFORK;
	if (request->flags & LINUX_CLONE_PARENT_SETTID)
		(void)guest_write(request->parent_tid, &tid, sizeof(tid));
	if (waits) {
		self->vfork_done = false;
		child->vfork_parent = self;
	}
	thread_run(child);
	if (waits)
		vfork_wait(self, tid);
	return tid;
}

static int64_t build_child(struct thread *child, struct thread *self, const struct clone_request *request)
{
	int fd = -1;
	int64_t result = share(child, self, request->flags);
	if (result)
		goto undo_share;
	child->process = self->process;
	if (!(request->flags & LINUX_CLONE_THREAD))
		result = make_process(child, self, request);
	if (result)
		goto undo_share;
	result = thread_make_kernel_thread(child, true);
	if (!result && (request->flags & LINUX_CLONE_PIDFD))
		result = fd = pidfd_install(self, child->process, 0);
	if (fd >= 0)
		result = guest_write(request->pidfd, &fd, sizeof(fd));
	if (result)
		goto undo_process;
	result = publish(child, self, request->flags);
	if (result >= 0)
		return result;
undo_process:
	if (fd >= 0)
		(void)files_close(self->files, fd);
	if (child->process != self->process) {
		namespaces_drop(child->process);
		process_put(child->process);
	}
undo_share:
	unshare(child);
	return result;
}

int64_t clone_run(struct thread *self, const struct clone_request *request)
{
	int error = clone_check_flags(request->flags);
	if (!error && (request->flags & LINUX_CLONE_PARENT) && self->process == process_init)
		error = -EINVAL;
	if (!error)
		error = namespaces_check(self, request->flags);
	if (!error)
		error = check_limit(self);
	if (error)
		return error;
	struct thread *child = thread_allocate();
	if (!child)
		return -ENOMEM;
	copy_registers(child, self, request);
	copy_fields(child, self, request);
	int64_t result = build_child(child, self, request);
	if (result < 0) {
		thread_discard(child);
		return result;
	}
	return start_child(child, self, request);
}

void clone_first_entry(struct thread *self)
{
	gaddr_t where = self->set_child_tid;
	if (where.value)
		(void)guest_write(where, &self->tid, sizeof(self->tid));
	if (self->process->leader == self && posix_timers_limit_changed)
		posix_timers_limit_changed(self->process); /* inherited */
}
