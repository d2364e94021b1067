/* SPDX-License-Identifier: MIT */
/*
 * Terminals and sessions: who controls which terminal, background access, hang-up (credentials(7), ioctl_tty(2), vhangup(2)).
 *
 * A terminal and its session point at each other; both links, and the session's foreground group, change under
 * process_tree_lock (T). The link holds no reference: it ends with the session's leader, and with the terminal's last file.
 */
#include "tty/tty.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/files.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "process/tree.h"
#include "signal/state.h"
#include "tty/pty.h"
#include "tty/serial.h"

/* T. */
static struct tty *terminal_of(const struct process *process)
{
	return process->session && !process->without_tty ? process->session->tty : NULL;
}

bool tty_is_controlling(struct thread *self, const struct tty *tty)
{
	bool result;
	lock_acquire(&process_tree_lock);
	result = terminal_of(self->process) == tty;
	lock_release(&process_tree_lock);
	return result;
}

struct tty *tty_controlling(struct thread *self)
{
	struct tty *tty;
	lock_acquire(&process_tree_lock);
	tty = terminal_of(self->process);
	if (tty)
		tty_get(tty);
	lock_release(&process_tree_lock);
	return tty;
}

/* T. */
static void set_foreground(struct session *session, struct process_group *group)
{
	struct process_group *old = session->foreground;
	if (group)
		process_group_get(group);
	session->foreground = group;
	if (old)
		process_group_put(old);
}

/* T. */
static void forget_locked(struct tty *tty)
{
	struct session *session = tty->session;
	if (!session)
		return;
	tty->session = NULL;
	session->tty = NULL;
	set_foreground(session, NULL);
}

void tty_forget_session(struct tty *tty)
{
	lock_acquire(&process_tree_lock);
	forget_locked(tty);
	lock_release(&process_tree_lock);
}

/* T. */
static void acquire_locked(struct process *leader, struct tty *tty)
{
	leader->without_tty = false;
	leader->session->tty = tty;
	tty->session = leader->session;
	set_foreground(leader->session, leader->group);
}

static bool is_leader(const struct process *process)
{
	return process->session && process->session->leader == process;
}

void tty_acquire_on_open(struct thread *self, struct tty *tty)
{
	struct process *process = self->process;
	lock_acquire(&process_tree_lock);
	if (is_leader(process) && !process->session->tty && !tty->session)
		acquire_locked(process, tty);
	lock_release(&process_tree_lock);
}

void tty_signal_foreground(struct tty *tty, int number)
{
	lock_acquire(&process_tree_lock);
	if (tty->session && tty->session->foreground)
		(void)signal_send_group_locked(tty->session->foreground, number, NULL);
	lock_release(&process_tree_lock);
}

static bool ignores(struct thread *self, int number)
{
	return self->guest.signal_mask & SIGNAL_BIT(number) ||
	       sighand_action(self->sighand, number).handler == LINUX_SIG_IGN;
}

/* T; the caller is in a background group of the terminal's session. */
static int check_background(struct thread *self, int number)
{
	struct process_group *group = self->process->group;
	if (ignores(self, number))
		return number == LINUX_SIGTTIN ? -EIO : 0;
	if (process_group_is_orphaned(group, NULL))
		return -EIO;
	(void)signal_send_group_locked(group, number, NULL);
	return -ERESTARTSYS;
}

int tty_check_access(struct thread *self, struct tty *tty, int number)
{
	struct process *process = self->process;
	struct process_group *foreground;
	int result = 0;
	lock_acquire(&process_tree_lock);
	foreground = terminal_of(process) == tty ? process->session->foreground : NULL;
	if (foreground && foreground != process->group)
		result = check_background(self, number);
	lock_release(&process_tree_lock);
	return result;
}

/* hang-up */

bool tty_file_is_hung_up(const struct file *file)
{
	const struct tty *tty = file->object;
	return !(file->detail[1] & TTY_FILE_CONSOLE) &&
	       file->detail[0] != __atomic_load_n(&tty->hangups, __ATOMIC_ACQUIRE);
}

/* All open files are dead from here on. Sends no message: T may be held. */
static void mark_hung_up(struct tty *tty)
{
	lock_acquire(&tty->lock);
	__atomic_add_fetch(&tty->hangups, 1, __ATOMIC_RELEASE);
	discipline_flush_input(&tty->discipline);
	discipline_flush_output(&tty->discipline);
	tty->discipline.stopped = false;
	lock_release(&tty->lock);
	wait_wake_all(&tty->input_queue, 0);
	wait_wake_all(&tty->output_queue, 0);
	if (tty->kind == TTY_SERIAL)
		serial_wake(serial_of(tty));
}

void tty_hang_up(struct tty *tty)
{
	lock_acquire(&process_tree_lock);
	if (tty->session && tty->session->leader) {
		(void)signal_send_process(tty->session->leader, LINUX_SIGHUP, NULL);
		(void)signal_send_process(tty->session->leader, LINUX_SIGCONT, NULL);
	}
	forget_locked(tty);
	lock_release(&process_tree_lock);
	mark_hung_up(tty);
}

/* A pty stays usable for others when a session ends on it; a line is hung up, as a modem would be. T held. */
void tty_session_ended(struct session *session)
{
	struct tty *tty = session->tty;
	forget_locked(tty);
	if (tty->kind == TTY_SERIAL)
		mark_hung_up(tty);
}

int64_t sys_vhangup(struct thread *self)
{
	struct tty *tty;
	if (!thread_capable(self, LINUX_CAP_SYS_TTY_CONFIG))
		return -EPERM;
	tty = tty_controlling(self);
	if (tty) {
		tty_hang_up(tty);
		tty_put(tty);
	}
	return 0;
}

/* ioctls */

/* TIOCSCTTY. T. A terminal that controls another session can be taken away from it by the mighty. */
static int take_terminal(struct thread *self, struct file *file, struct tty *tty, bool force)
{
	struct process *process = self->process;
	bool mighty = thread_capable(self, LINUX_CAP_SYS_ADMIN);
	if (is_leader(process) && tty->session == process->session)
		return 0;
	if (!is_leader(process) || process->session->tty)
		return -EPERM;
	if (tty->session && !(force && mighty))
		return -EPERM;
	if ((file->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY && !mighty)
		return -EPERM;
	forget_locked(tty);
	acquire_locked(process, tty);
	return 0;
}

/* TIOCNOTTY. T. */
static int give_up_terminal(struct thread *self, struct tty *tty)
{
	struct process *process = self->process;
	struct session *session = process->session;
	if (terminal_of(process) != tty)
		return -ENOTTY;
	if (!is_leader(process)) {
		process->without_tty = true;
		return 0;
	}
	if (session->foreground) {
		(void)signal_send_group_locked(session->foreground, LINUX_SIGHUP, NULL);
		(void)signal_send_group_locked(session->foreground, LINUX_SIGCONT, NULL);
	}
	forget_locked(tty);
	return 0;
}

/* TIOCSPGRP. T. */
static int choose_foreground(struct thread *self, struct tty *tty, int32_t id)
{
	struct process_group *group;
	if (terminal_of(self->process) != tty)
		return -ENOTTY;
	group = process_group_find(id);
	if (!group)
		return -ESRCH;
	if (group->session != self->process->session)
		return -EPERM;
	set_foreground(tty->session, group);
	return 0;
}

static int64_t control_set_group(struct thread *self, struct tty *tty, uint64_t argument)
{
	int result = tty_check_access(self, tty, LINUX_SIGTTOU);
	int32_t id;
	if (result)
		return result == -EIO ? -ENOTTY : result;
	if (guest_read(&id, (gaddr_t){ argument }, sizeof(id)))
		return -EFAULT;
	if (id < 0)
		return -EINVAL;
	lock_acquire(&process_tree_lock);
	result = choose_foreground(self, tty, id);
	lock_release(&process_tree_lock);
	return result;
}

/* A master's side may ask about the slave's session, whosever it is. */
static int64_t control_get_id(struct thread *self, struct file *file, struct tty *tty, bool of_session,
			      uint64_t argument)
{
	int32_t id = 0;
	bool allowed;
	lock_acquire(&process_tree_lock);
	allowed = file->kind == FILE_PTMX || terminal_of(self->process) == tty;
	if (of_session)
		allowed = allowed && tty->session;
	if (allowed && of_session)
		id = tty->session->id;
	else if (allowed && tty->session && tty->session->foreground)
		id = tty->session->foreground->id;
	lock_release(&process_tree_lock);
	if (!allowed)
		return -ENOTTY;
	return guest_write((gaddr_t){ argument }, &id, sizeof(id));
}

int64_t tty_control_session(struct thread *self, struct file *file, struct tty *tty, uint32_t command,
			    uint64_t argument)
{
	int result;
	switch (command) {
	case LINUX_TIOCSPGRP: return control_set_group(self, tty, argument);
	case LINUX_TIOCGPGRP: return control_get_id(self, file, tty, false, argument);
	case LINUX_TIOCGSID: return control_get_id(self, file, tty, true, argument);
	case LINUX_TIOCSCTTY:
	case LINUX_TIOCNOTTY: break;
	default: return -ENOTTY;
	}
	lock_acquire(&process_tree_lock);
	result = command == LINUX_TIOCSCTTY ? take_terminal(self, file, tty, argument == 1)
					    : give_up_terminal(self, tty);
	lock_release(&process_tree_lock);
	return result;
}
