/* SPDX-License-Identifier: MIT */
/*
 * Opening terminals by device number, and what the first open and the last close of one do.
 */
#include "core/errno.h"
#include "file/open_kind.h"
#include "fs/inode.h"
#include "linux_abi/files.h"
#include "process/credentials.h"
#include "tty/console.h"
#include "tty/pty.h"
#include "tty/serial.h"

#define MAJOR_TERMINAL 4u

void tty_opened(struct tty *tty)
{
	lock_acquire(&tty->lock);
	__atomic_add_fetch(&tty->opens, 1, __ATOMIC_RELEASE);
	lock_release(&tty->lock);
	if (tty->kind == TTY_SERIAL)
		serial_wake(serial_of(tty));
	else
		__atomic_store_n(&pty_of(tty)->slave_closed, false, __ATOMIC_RELEASE);
}

/* Settings stay; what belonged to this use of a line goes. */
static void last_closed(struct tty *tty)
{
	tty_forget_session(tty);
	lock_acquire(&tty->lock);
	tty->exclusive = false;
	if (tty->kind == TTY_SERIAL) {
		discipline_flush_input(&tty->discipline);
		tty->size = serial_of(tty)->screen;
	}
	lock_release(&tty->lock);
	if (tty->kind != TTY_PTY)
		return;
	__atomic_store_n(&pty_of(tty)->slave_closed, true, __ATOMIC_RELEASE);
	pty_wake_master(pty_of(tty));
}

void tty_closed(struct tty *tty)
{
	bool last;
	lock_acquire(&tty->lock);
	last = __atomic_sub_fetch(&tty->opens, 1, __ATOMIC_RELEASE) == 0;
	lock_release(&tty->lock);
	if (last)
		last_closed(tty);
}

struct file *tty_open_file(struct thread *self, struct tty *tty, uint32_t flags, int *error)
{
	struct file *file;
	if (tty->exclusive && !thread_capable(self, LINUX_CAP_SYS_ADMIN)) {
		*error = -EBUSY;
		return NULL;
	}
	file = file_create(FILE_TTY, flags, tty);
	*error = file ? 0 : -ENOMEM;
	if (!file)
		return NULL;
	tty_get(tty);
	file->detail[0] = __atomic_load_n(&tty->hangups, __ATOMIC_ACQUIRE);
	tty_opened(tty);
	if (!(flags & LINUX_O_NOCTTY) && (flags & LINUX_O_ACCMODE) != LINUX_O_WRONLY)
		tty_acquire_on_open(self, tty);
	return file;
}

static struct file *open_slave(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	struct pty *pty = devpts_find(inode);
	struct file *file = NULL;
	*error = -EIO;
	if (!pty)
		return NULL;
	if (!__atomic_load_n(&pty->locked, __ATOMIC_ACQUIRE) && !pty->tty.other_closed)
		file = tty_open_file(self, &pty->tty, flags, error);
	pty_put(pty);
	return file;
}

struct file *tty_open_terminal(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	uint32_t major = (uint32_t)(inode->attributes.device >> 32);
	uint32_t minor = (uint32_t)inode->attributes.device;
	struct tty *tty;
	if (major != MAJOR_TERMINAL)
		return open_slave(self, inode, flags, error);
	tty = serial_find_minor(minor);
	*error = -ENXIO;
	return tty ? tty_open_file(self, tty, flags, error) : NULL;
}

/* The console never becomes a controlling terminal by being opened. */
struct file *tty_open_console(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	struct tty *tty = serial_find(console_line());
	struct file *file;
	(void)inode;
	*error = -ENXIO;
	file = tty ? tty_open_file(self, tty, flags | LINUX_O_NOCTTY, error) : NULL;
	if (file)
		file->detail[1] = TTY_FILE_CONSOLE;
	return file;
}

struct file *tty_open_current(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	struct tty *tty = tty_controlling(self);
	struct file *file;
	(void)inode;
	*error = -ENXIO;
	if (!tty)
		return NULL;
	file = tty_open_file(self, tty, flags | LINUX_O_NOCTTY, error);
	tty_put(tty);
	return file;
}

int tty_init(const char *command_line)
{
	int error = serial_init();
	console_init(command_line);
	return error;
}
