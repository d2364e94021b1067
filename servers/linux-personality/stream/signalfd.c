/* SPDX-License-Identifier: MIT */
/*
 * signalfd(2): pending signals of whoever reads, taken through a descriptor.
 *
 * The signals asked about are those of the calling thread and its process, as on Linux: a descriptor passed to another process
 * tells of that process's signals.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/kinds.h"
#include "linux_abi/epoll.h"
#include "linux_abi/files.h"
#include "linux_abi/signal.h"
#include "process/process.h"
#include "signal/state.h"
#include "stream/anonymous.h"

#define SI_SIGIO_CODE (-5)

struct signalfd {
	sigset_bits mask; /* A; the signals it tells of */
};

static sigset_bits mask_of(const struct signalfd *watch)
{
	return __atomic_load_n(&watch->mask, __ATOMIC_ACQUIRE);
}

static bool has_signal(void *object)
{
	struct thread *self = thread_self();
	sigset_bits pending;
	lock_acquire(&self->process->lock);
	pending = self->pending.set | self->process->pending.set;
	lock_release(&self->process->lock);
	return pending & mask_of(object);
}

enum layout {
	LAYOUT_SENDER,
	LAYOUT_QUEUED,
	LAYOUT_TIMER,
	LAYOUT_POLL,
	LAYOUT_CHILD,
	LAYOUT_FAULT,
	LAYOUT_SYS
};

/* Which member of siginfo's union is filled: by the code, and for the kernel's own codes by the signal (sigaction(2)). */
static enum layout layout_of(int number, int code)
{
	if (code <= 0 || code >= LINUX_SI_KERNEL) {
		if (code == LINUX_SI_TIMER)
			return LAYOUT_TIMER;
		if (code == SI_SIGIO_CODE)
			return LAYOUT_POLL;
		return code < 0 ? LAYOUT_QUEUED : LAYOUT_SENDER;
	}
	switch (number) {
	case LINUX_SIGCHLD: return LAYOUT_CHILD;
	case LINUX_SIGSYS: return LAYOUT_SYS;
	case LINUX_SIGILL:
	case LINUX_SIGFPE:
	case LINUX_SIGSEGV:
	case LINUX_SIGBUS:
	case LINUX_SIGTRAP: return LAYOUT_FAULT;
	default: return LAYOUT_POLL;
	}
}

static void fill_child(struct linux_signalfd_siginfo *out, const struct linux_siginfo *info)
{
	out->pid = (uint32_t)info->u.child.pid;
	out->uid = info->u.child.uid;
	out->status = info->u.child.status;
	out->user_time = (uint64_t)info->u.child.user;
	out->system_time = (uint64_t)info->u.child.system;
}

static void fill_timer(struct linux_signalfd_siginfo *out, const struct linux_siginfo *info)
{
	out->timer_id = (uint32_t)info->u.timer.timer_id;
	out->overrun = (uint32_t)info->u.timer.overrun;
	out->pointer = info->u.timer.value;
	out->value = (int32_t)info->u.timer.value;
}

static void fill_sender(struct linux_signalfd_siginfo *out, const struct linux_siginfo *info, bool queued)
{
	out->pid = (uint32_t)info->u.sender.pid;
	out->uid = info->u.sender.uid;
	if (!queued)
		return;
	out->pointer = info->u.sender.value;
	out->value = (int32_t)info->u.sender.value;
}

static void fill_sys(struct linux_signalfd_siginfo *out, const struct linux_siginfo *info)
{
	out->call_address = info->u.sys.call_address;
	out->syscall = info->u.sys.call;
	out->architecture = info->u.sys.architecture;
}

static void fill(struct linux_signalfd_siginfo *out, const struct linux_siginfo *info)
{
	enum layout layout = layout_of(info->number, info->code);
	*out = (struct linux_signalfd_siginfo){ .signo = (uint32_t)info->number,
						.error = info->error,
						.code = info->code };
	switch (layout) {
	case LAYOUT_CHILD: fill_child(out, info); break;
	case LAYOUT_TIMER: fill_timer(out, info); break;
	case LAYOUT_SYS: fill_sys(out, info); break;
	case LAYOUT_FAULT: out->address = info->u.fault.address; break;
	case LAYOUT_POLL:
		out->band = (uint32_t)info->u.poll.band;
		out->fd = info->u.poll.fd;
		break;
	default: fill_sender(out, info, layout == LAYOUT_QUEUED); break;
	}
}

static bool take_signal(struct thread *self, sigset_bits mask, struct linux_signalfd_siginfo *out)
{
	struct linux_siginfo info;
	int number;
	lock_acquire(&self->process->lock);
	number = signal_dequeue(self, ~mask, &info);
	lock_release(&self->process->lock);
	if (number)
		fill(out, &info);
	return number;
}

static int64_t signalfd_read(struct thread *self, struct file *file, struct guest_iter *iter,
			     uint64_t *offset)
{
	struct signalfd *watch = file->object;
	struct linux_signalfd_siginfo info;
	int64_t done = 0;
	(void)offset;
	if (iter->remaining < sizeof(info))
		return -EINVAL;
	while (!done) {
		int error = stream_wait_file(self, file, &self->process->signal_queue_waiters, has_signal);
		if (error)
			return error;
		while (iter->remaining >= sizeof(info) && take_signal(self, mask_of(watch), &info)) {
			if (iter_to_guest(iter, &info, sizeof(info)) != sizeof(info))
				return done ? done : -EFAULT;
			done += (int64_t)sizeof(info);
		}
	}
	return done;
}

static uint32_t signalfd_poll(struct file *file, struct poll_table *table)
{
	poll_add(table, file, &thread_self()->process->signal_queue_waiters);
	return has_signal(file->object) ? LINUX_POLLIN : 0;
}

static void signalfd_release(struct file *file)
{
	slab_free(file->object, sizeof(struct signalfd));
}

const struct file_operations signalfd_operations = {
	.read = signalfd_read,
	.poll = signalfd_poll,
	.seek = anonymous_seek,
	.release = signalfd_release,
};

static int64_t signalfd_create(struct thread *self, sigset_bits mask, uint32_t flags)
{
	struct signalfd *watch = slab_allocate(sizeof(*watch));
	int fd;
	if (!watch)
		return -ENOMEM;
	watch->mask = mask;
	fd = anonymous_install(self, FILE_SIGNALFD, watch, flags);
	if (fd < 0)
		slab_free(watch, sizeof(*watch));
	return fd;
}

static int64_t signalfd_change(struct thread *self, int32_t fd, sigset_bits mask)
{
	struct file *file = files_find(self->files, fd);
	int64_t result = -EINVAL;
	if (!file)
		return -EBADF;
	if (file->kind == FILE_SIGNALFD) {
		struct signalfd *watch = file->object;
		__atomic_store_n(&watch->mask, mask, __ATOMIC_RELEASE);
		wait_wake_all(&self->process->signal_queue_waiters, 0);
		result = fd;
	}
	file_put(file);
	return result;
}

int64_t sys_signalfd4(struct thread *self, int32_t fd, gaddr_t guest, uint64_t set_bytes, int32_t flags)
{
	sigset_bits mask;
	if (set_bytes != sizeof(mask))
		return -EINVAL;
	if (guest_read(&mask, guest, sizeof(mask)))
		return -EFAULT;
	if ((uint32_t)flags & ~(LINUX_SFD_CLOEXEC | LINUX_SFD_NONBLOCK))
		return -EINVAL;
	mask &= ~SIGNALS_UNBLOCKABLE;
	return fd == -1 ? signalfd_create(self, mask, (uint32_t)flags) : signalfd_change(self, fd, mask);
}

int64_t sys_signalfd(struct thread *self, int32_t fd, gaddr_t guest, uint64_t set_bytes)
{
	return sys_signalfd4(self, fd, guest, set_bytes, 0);
}
