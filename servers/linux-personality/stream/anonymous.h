/* SPDX-License-Identifier: MIT */
/*
 * Open files that stand for an object only (eventfd, epoll, timerfd, signalfd, inotify, pidfd), and waiting on such an object.
 */
#ifndef LICHEN_PERSONALITY_ANONYMOUS_H
#define LICHEN_PERSONALITY_ANONYMOUS_H

#include "file/file.h"

/* Make and install a descriptor: O_RDWR and the O_NONBLOCK of `flags`, close-on-exec by its O_CLOEXEC. On failure (-errno)
   the object is still the caller's. */
int anonymous_install(struct thread *self, enum file_kind kind, void *object, uint32_t flags);

/* Give a fresh file the inode that all such files share; every open file has one. False without memory. */
bool anonymous_attach(struct file *file);

/* seek: allowed and without effect. */
int64_t anonymous_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence);

/* What a blocking operation waits for. */
typedef bool wait_condition(void *object);
/* 0 once the condition holds, -EAGAIN where the file is not to block, -ERESTARTSYS, -ETIMEDOUT. Exclusive. */
int stream_wait(struct thread *self, struct wait_queue *queue, wait_condition *condition, void *object,
		uint64_t deadline_ns);
/* The same as the file's O_NONBLOCK says, without a deadline. */
int stream_wait_file(struct thread *self, const struct file *file, struct wait_queue *queue,
		     wait_condition *condition);

#endif
