/* SPDX-License-Identifier: MIT */
/*
 * Opening pipes: pipe(2), pipe2(2), and fifos, whose open waits for the other side (fifo(7)).
 */
#include "stream/pipe_open.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/open_kind.h"
#include "fs/inode.h"
#include "linux_abi/poll.h"
#include "process/credentials.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define PIPE_SLOTS_DEFAULT 16u

static struct pipe *pipe_create(void)
{
	struct pipe *pipe = slab_allocate(sizeof(*pipe));
	if (!pipe)
		return NULL;
	wait_queue_init(&pipe->read_queue);
	wait_queue_init(&pipe->write_queue);
	if (pipe_ring_init(&pipe->ring, PIPE_SLOTS_DEFAULT))
		return pipe;
	slab_free(pipe, sizeof(*pipe));
	return NULL;
}

static void pipe_destroy(struct pipe *pipe)
{
	pipe_ring_destroy(&pipe->ring);
	slab_free(pipe, sizeof(*pipe));
}

/* The inode's pipe, made if it has none, with one more file counted; NULL without memory. */
static struct pipe *pipe_of_inode(struct inode *inode)
{
	struct pipe *fresh = inode->attached ? NULL : pipe_create(), *pipe;
	for (;;) {
		lock_acquire(&inode->lock);
		if (!inode->attached) {
			inode->attached = fresh;
			fresh = NULL;
		}
		pipe = inode->attached;
		if (pipe)
			pipe->files++;
		lock_release(&inode->lock);
		if (pipe)
			break;
		fresh = pipe_create();
		if (!fresh)
			return NULL;
	}
	if (fresh)
		pipe_destroy(fresh);
	return pipe;
}

static void pipe_drop(struct pipe *pipe, struct inode *inode)
{
	bool last;
	lock_acquire(&inode->lock);
	last = --pipe->files == 0;
	if (last)
		inode->attached = NULL;
	lock_release(&inode->lock);
	if (last)
		pipe_destroy(pipe);
}

static void add(uint32_t *counter, uint32_t by)
{
	__atomic_add_fetch(counter, by, __ATOMIC_ACQ_REL);
}

static bool opens_read(uint32_t flags)
{
	return (flags & LINUX_O_ACCMODE) != LINUX_O_WRONLY;
}

static bool opens_write(uint32_t flags)
{
	return (flags & LINUX_O_ACCMODE) != LINUX_O_RDONLY;
}

static void end_opened(struct pipe *pipe, uint32_t flags)
{
	if (opens_read(flags)) {
		add(&pipe->readers, 1);
		add(&pipe->reader_opens, 1);
	}
	if (opens_write(flags)) {
		add(&pipe->writers, 1);
		add(&pipe->writer_opens, 1);
	}
}

static void end_closed(struct pipe *pipe, uint32_t flags)
{
	mutex_acquire(&pipe->mutex);
	if (opens_read(flags))
		add(&pipe->readers, -1u);
	if (opens_write(flags))
		add(&pipe->writers, -1u);
	mutex_release(&pipe->mutex);
	if (!pipe->readers || !pipe->writers) {
		wait_wake_all(&pipe->read_queue, LINUX_POLL_READABLE | LINUX_POLLERR | LINUX_POLLHUP);
		wait_wake_all(&pipe->write_queue, LINUX_POLL_WRITABLE | LINUX_POLLERR | LINUX_POLLHUP);
		pipe_wake_parked(pipe);
	}
}

void pipe_close(struct pipe *pipe, struct inode *inode, uint32_t flags)
{
	end_closed(pipe, flags);
	pipe_drop(pipe, inode);
}

static int fifo_wait(struct thread *self, struct wait_queue *queue, const uint32_t *opens, uint32_t before)
{
	struct wait_node node = { 0 };
	int error = 0;
	wait_prepare(self, &node, queue);
	while (!error && __atomic_load_n(opens, __ATOMIC_ACQUIRE) == before)
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	wait_finish(self, &node);
	return error;
}

/* Count this end in, tell waiting partners, and wait for one as far as the flags say. The end is counted afterwards also
   when this fails with -ERESTARTSYS. */
static int fifo_join(struct thread *self, struct pipe *pipe, uint32_t flags)
{
	uint32_t reader_opens = pipe->reader_opens, writer_opens = pipe->writer_opens;
	bool alone = opens_read(flags) ? !pipe->writers : !pipe->readers;
	end_opened(pipe, flags);
	mutex_release(&pipe->mutex);
	wait_wake_all(&pipe->read_queue, 0);
	wait_wake_all(&pipe->write_queue, 0);
	pipe_wake_parked(pipe);
	if (!alone || (opens_read(flags) && opens_write(flags)) || flags & LINUX_O_NONBLOCK)
		return 0;
	if (opens_read(flags))
		return fifo_wait(self, &pipe->read_queue, &pipe->writer_opens, writer_opens);
	return fifo_wait(self, &pipe->write_queue, &pipe->reader_opens, reader_opens);
}

static int fifo_enter(struct thread *self, struct file *file, struct pipe *pipe, struct inode *inode)
{
	/* An inode that is in no file system is a pipe's, opened again through /proc: it does not wait. */
	uint32_t flags = inode->super ? file->flags : file->flags | LINUX_O_NONBLOCK;
	int error;
	mutex_acquire(&pipe->mutex);
	if (inode->super && !opens_read(flags) && flags & LINUX_O_NONBLOCK && !pipe->readers) {
		mutex_release(&pipe->mutex);
		pipe_drop(pipe, inode);
		return -ENXIO;
	}
	/* Until a writer comes, poll shows no hang-up to a reader that did not wait for one. */
	if (flags & LINUX_O_NONBLOCK && !pipe->writers)
		file->detail[0] = pipe->writer_opens;
	error = fifo_join(self, pipe, flags);
	if (error)
		pipe_close(pipe, inode, flags);
	else
		file->object = pipe;
	return error;
}

struct file *pipe_open_fifo(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	struct file *file = file_create(FILE_PIPE, flags, NULL);
	struct pipe *pipe = file ? pipe_of_inode(inode) : NULL;
	*error = pipe ? fifo_enter(self, file, pipe, inode) : -ENOMEM;
	if (!*error)
		return file;
	if (file)
		file_put(file);
	return NULL;
}

static struct file *pipe_open_end(struct pipe *pipe, struct inode *inode, uint32_t flags)
{
	struct file *file = file_create(FILE_PIPE, flags, NULL);
	if (!file)
		return NULL;
	lock_acquire(&inode->lock);
	pipe->files++;
	lock_release(&inode->lock);
	end_opened(pipe, flags);
	file->object = pipe;
	file_attach(file, NULL, inode);
	return file;
}

static struct inode *pipe_inode(struct thread *self)
{
	struct inode *inode = inode_create_anonymous(LINUX_S_IFIFO | 0600);
	if (inode) {
		inode->attributes.user = self->credentials->fsuid;
		inode->attributes.group = self->credentials->fsgid;
	}
	return inode;
}

/* Both ends: reader, writer. */
static int pipe_make(struct thread *self, uint32_t flags, struct file *ends[2])
{
	struct inode *inode = pipe_inode(self);
	struct pipe *pipe = inode ? pipe_of_inode(inode) : NULL;
	if (pipe) {
		ends[0] = pipe_open_end(pipe, inode, LINUX_O_RDONLY | (flags & LINUX_O_NONBLOCK));
		ends[1] = pipe_open_end(pipe, inode, LINUX_O_WRONLY | flags);
		pipe_drop(pipe, inode);
	}
	if (inode)
		inode_put(inode);
	if (ends[0] && ends[1])
		return 0;
	for (int i = 0; i < 2; i++) {
		if (ends[i])
			file_put(ends[i]);
	}
	return -ENOMEM;
}

static int pipe_install(struct thread *self, struct file *ends[2], bool close_on_exec, int32_t fds[2])
{
	fds[0] = files_install(self, ends[0], 0, close_on_exec);
	if (fds[0] < 0) {
		file_put(ends[1]);
		return fds[0];
	}
	fds[1] = files_install(self, ends[1], 0, close_on_exec);
	if (fds[1] < 0) {
		(void)files_close(self->files, fds[0]);
		return fds[1];
	}
	return 0;
}

int64_t sys_pipe2(struct thread *self, gaddr_t descriptors, int32_t flags)
{
	struct file *ends[2] = { NULL, NULL };
	int32_t fds[2];
	int error;
	if ((uint32_t)flags & ~(LINUX_O_CLOEXEC | LINUX_O_NONBLOCK | LINUX_O_DIRECT))
		return -EINVAL;
	error = pipe_make(self, (uint32_t)flags & (LINUX_O_NONBLOCK | LINUX_O_DIRECT), ends);
	if (!error)
		error = pipe_install(self, ends, (uint32_t)flags & LINUX_O_CLOEXEC, fds);
	if (error)
		return error;
	error = guest_write(descriptors, fds, sizeof(fds));
	if (error) {
		(void)files_close(self->files, fds[0]);
		(void)files_close(self->files, fds[1]);
	}
	return error;
}

int64_t sys_pipe(struct thread *self, gaddr_t descriptors)
{
	return sys_pipe2(self, descriptors, 0);
}
