/* SPDX-License-Identifier: MIT */
/*
 * Reparenting, orphaned process groups and the death of session leaders: credentials(7), _exit(2), setsid(2).
 */
#include "process/family.h"

#include "process/exit.h"
#include "process/hooks.h"
#include "process/notify.h"
#include "process/tree.h"
#include "signal/state.h"

void family_thread_ended(struct thread *ended)
{
	for (struct process *child = ended->process->children; child; child = child->next_sibling) {
		if (child->parent_tid != ended->tid || child->state != PROCESS_ALIVE)
			continue;
		for (struct thread *thread = child->threads; thread; thread = thread->next_in_process) {
			struct linux_siginfo info = {
				.code = LINUX_SI_USER,
				.u.sender = { .pid = ended->process->pid, .uid = ended->process->uid },
			};
			if (thread->parent_death_signal)
				(void)signal_send_process(child, thread->parent_death_signal, &info);
		}
	}
}

/* A group that becomes orphaned with stopped members: they are told and go on. */
static void check_orphaned(struct process_group *group, struct process *ignored, bool was_orphaned)
{
	if (was_orphaned || !process_group_is_orphaned(group, ignored) || !process_group_has_stopped(group))
		return;
	(void)signal_send_group_locked(group, LINUX_SIGHUP, NULL);
	(void)signal_send_group_locked(group, LINUX_SIGCONT, NULL);
}

/* One child gets a new parent; a zombie may be reaped by that parent's disposition. */
static void adopt(struct process *child, struct process *reaper)
{
	struct process *old = child->parent;
	bool counted = old->group != child->group && old->session == child->session;
	process_remove_child(child);
	process_add_child(reaper, child);
	child->parent_tid = reaper->leader ? reaper->leader->tid : reaper->pid;
	child->exit_signal = LINUX_SIGCHLD;
	if (child->state == PROCESS_ZOMBIE && process_notify_exit(child)) {
		process_reap(child);
		return;
	}
	if (child->group && counted)
		check_orphaned(child->group, NULL, false);
}

static void end_session(struct process *process)
{
	struct session *session = process->session;
	if (!session || session->leader != process)
		return;
	session->leader = NULL;
	if (!session->tty)
		return;
	if (session->foreground) {
		(void)signal_send_group_locked(session->foreground, LINUX_SIGHUP, NULL);
		(void)signal_send_group_locked(session->foreground, LINUX_SIGCONT, NULL);
	}
	if (tty_session_ended)
		tty_session_ended(session);
	session->tty = NULL;
}

void family_leave(struct process *process)
{
	struct process *parent = process->parent;
	struct process_group *group = process->group;
	struct process *reaper = process_find_reaper(process);
	/* Did the ending process itself keep its group from being orphaned? */
	bool kept = parent && parent->group != group && parent->session == process->session;
	end_session(process);
	process->state = PROCESS_ZOMBIE;
	while (process->children && reaper != process)
		adopt(process->children, reaper);
	if (group && kept)
		check_orphaned(group, process, false);
}

void process_reap(struct process *process)
{
	struct session *session = process->session;
	process->state = PROCESS_DEAD;
	process_remove_child(process);
	process_leave_group(process);
	process->session = NULL;
	if (session)
		session_put(session);
	process_table_remove(process);
	process->parent = NULL;
	process_put(process);
}
