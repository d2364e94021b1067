/* SPDX-License-Identifier: MIT */
/*
 * One nameless inode serves all anonymous files, as on Linux: mode 0600 and no type.
 */
#include "stream/anonymous.h"

#include "core/errno.h"
#include "core/survive.h"
#include "fs/inode.h"
#include "runtime/kernel.h"

SURVIVES static struct inode *shared_inode;

static struct inode *anonymous_inode(void)
{
	struct inode *inode = __atomic_load_n(&shared_inode, __ATOMIC_ACQUIRE), *expected = NULL;
	if (inode)
		return inode;
	inode = inode_create_anonymous(0600);
	if (!inode || __atomic_compare_exchange_n(&shared_inode, &expected, inode, false, __ATOMIC_ACQ_REL,
						  __ATOMIC_ACQUIRE))
		return inode;
	inode_put(inode);
	return expected;
}

bool anonymous_attach(struct file *file)
{
	struct inode *inode = anonymous_inode();
	if (inode)
		file_attach(file, NULL, inode);
	return inode;
}

/* The object is given to the file last: until then a failure leaves it alone. */
int anonymous_install(struct thread *self, enum file_kind kind, void *object, uint32_t flags)
{
	struct file *file = file_create(kind, LINUX_O_RDWR | (flags & LINUX_O_NONBLOCK), NULL);
	int fd;
	if (!file)
		return -ENOMEM;
	if (!anonymous_attach(file)) {
		file_put(file);
		return -ENOMEM;
	}
	file_get(file);
	file->object = object;
	fd = files_install(self, file, 0, flags & LINUX_O_CLOEXEC);
	if (fd < 0)
		file->object = NULL;
	file_put(file);
	return fd;
}

int64_t anonymous_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence)
{
	(void)self;
	(void)file;
	(void)offset;
	(void)whence;
	return 0;
}

int stream_wait(struct thread *self, struct wait_queue *queue, wait_condition *condition, void *object,
		uint64_t deadline_ns)
{
	struct wait_node node = { 0 };
	int error = 0;
	if (condition(object))
		return 0;
	wait_prepare_exclusive(self, &node, queue);
	while (!error && !condition(object))
		error = wait_sleep(self, deadline_ns, WAIT_SIGNALS);
	wait_finish(self, &node);
	/* A wake that came with the signal is handed on. */
	if (error && condition(object))
		wait_wake_one(queue, 0);
	return error;
}

int stream_wait_file(struct thread *self, const struct file *file, struct wait_queue *queue,
		     wait_condition *condition)
{
	if (condition(file->object))
		return 0;
	if (__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK)
		return -EAGAIN;
	return stream_wait(self, queue, condition, file->object, DEADLINE_NEVER);
}
