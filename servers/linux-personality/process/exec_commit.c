/* SPDX-License-Identifier: MIT */
/*
 * exec from the point of no return: other threads end, the old image goes, the new program's first state is set.
 */
#include <string.h>
#include "core/errno.h"
#include "file/files.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "process/create.h"
#include "process/exec.h"
#include "process/exit.h"
#include "process/hooks.h"
#include "process/identity.h"
#include "process/personality.h"
#include "process/tree.h"
#include "runtime/kernel.h"
#include "signal/state.h"
#include "system/events.h"

#define FLAGS_FIRST 0x202ull

/* P. false: the process is ending, or another thread execs already. */
static bool claim(struct process *process, struct thread *self)
{
	if (process->group_exiting || process->execing)
		return false;
	process->execing = self;
	process->stopping = process->stopped = false;
	for (struct thread *other = process->threads; other; other = other->next_in_process) {
		if (other == self)
			continue;
		other->stopped = false;
		signal_notify_thread(other);
		wait_wake_thread(other);
	}
	return true;
}

/* The survivor is the process's leader from now on, with its tid. T and P. */
static void take_leadership(struct process *process, struct thread *self)
{
	if (self->tid != process->pid) {
		thread_table_remove(self);
		self->tid = process->pid;
		identity_publish_thread(self);
		thread_table_add(self);
	}
	process->leader = self;
	process->execing = NULL;
}

int exec_become_only_thread(struct thread *self)
{
	struct process *process = self->process;
	struct wait_node node = { 0 };
	int error = 0;
	lock_acquire(&process->lock);
	bool claimed = claim(process, self);
	lock_release(&process->lock);
	if (!claimed)
		return -EAGAIN;
	wait_prepare(self, &node, &process->exec_queue);
	while (__atomic_load_n(&process->thread_count, __ATOMIC_ACQUIRE) > 1 && !error)
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_KILL_ONLY);
	wait_finish(self, &node);
	lock_acquire(&process_tree_lock);
	lock_acquire(&process->lock);
	if (error)
		process->execing = NULL;
	else
		take_leadership(process, self);
	lock_release(&process->lock);
	lock_release(&process_tree_lock);
	return error ? -EAGAIN : 0;
}

static void replace_tables(struct exec_context *context)
{
	struct thread *self = context->self;
	struct files *files = self->files;
	struct sighand *sighand = self->sighand;
	lock_acquire(&self->process->lock);
	if (context->files)
		self->files = context->files;
	files_publish(self);
	if (context->sighand)
		self->sighand = context->sighand;
	sighand_publish(self);
	lock_release(&self->process->lock);
	context->files = context->files ? files : NULL;
	context->sighand = context->sighand ? sighand : NULL;
	sighand_reset_for_exec(self->sighand);
	files_close_on_exec(self->files);
}

/* Into the new space; the old one is left behind in the context, to be dropped with it. */
static void replace_space(struct exec_context *context)
{
	struct thread *self = context->self;
	struct mm *old = self->mm;
	lock_acquire(&self->process->lock);
	self->mm = context->mm;
	mm_publish(self);
	lock_release(&self->process->lock);
	(void)k_guest_set_aspace(self->mm->aspace);
	context->mm = old;
}

static void replace_credentials(struct exec_context *context)
{
	struct thread *self = context->self;
	bool changed = context->identity.secure;
	const struct credentials *old = self->credentials;
	self->mm->dumpable = old->uid == context->credentials->euid &&
			     old->gid == context->credentials->egid && !changed;
	if (changed) {
		self->parent_death_signal = 0;
		self->personality &= ~(uint64_t)LINUX_PER_CLEAR_ON_SETID;
	}
	credentials_publish(self, context->credentials);
	context->credentials = NULL;
}

static void set_name(struct thread *self, const char *shown)
{
	const char *base = strrchr(shown, '/');
	char name[sizeof(self->name)] = { 0 };
	base = base ? base + 1 : shown;
	memcpy(name, base, strnlen(base, sizeof(name) - 1));
	lock_acquire(&self->process->lock);
	memcpy(self->name, name, sizeof(name));
	lock_release(&self->process->lock);
	event_note_task(self);
}

static void reset_thread(struct thread *self)
{
	self->futex_closed = false;
	self->altstack = (struct altstack){ .flags = LINUX_SS_DISABLE };
	self->restart.kind = RESTART_NONE;
	self->handler.number = 0;
	self->robust_list = (gaddr_t){ 0 };
	self->restore_mask = false;
}

static void set_registers(struct exec_context *context)
{
	const struct exec_image *first = context->has_interpreter ? &context->interpreter : &context->program;
	struct thread *self = context->self;
	self->guest.regs = (struct guest_registers){
		.orig_rax = GUEST_NO_CALL,
		.rip = first->header.entry + first->bias,
		.rsp = context->stack.pointer,
		.rflags = FLAGS_FIRST,
		.cs = GUEST_CS,
		.ss = GUEST_SS,
	};
	(void)k_guest_fpu_reset(HANDLE_NONE);
}

void exec_commit(struct exec_context *context)
{
	struct thread *self = context->self;
	struct process *process = self->process;
	if (self->mm)
		thread_leave_space(self);
	replace_space(context);
	replace_tables(context);
	replace_credentials(context);
	if (posix_timers_exec)
		posix_timers_exec(process);
	reset_thread(self);
	set_name(self, context->shown);
	if (context->arguments.argument_count > 1)
		event_note_argument(context->arguments.bytes + strlen(context->arguments.bytes) + 1);
	lock_acquire(&process_tree_lock);
	process->did_exec = true;
	process->exit_signal = LINUX_SIGCHLD;
	lock_release(&process_tree_lock);
	set_registers(context);
}
