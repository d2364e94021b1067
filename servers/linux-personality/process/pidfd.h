/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that name a process: pidfd_open(2). The file's object is the process record, referenced.
 */
#ifndef LICHEN_PERSONALITY_PIDFD_H
#define LICHEN_PERSONALITY_PIDFD_H

#include "process/process.h"

/* A new descriptor of the calling thread, close-on-exec; -errno. */
int pidfd_install(struct thread *self, struct process *process, uint32_t flags);
/* The process behind a descriptor, referenced; NULL and -EBADF. */
struct process *pidfd_process(struct thread *self, int32_t fd, int *error);

extern const struct file_operations pidfd_operations;

#endif
