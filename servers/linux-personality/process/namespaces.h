/* SPDX-License-Identifier: MIT */
/*
 * Namespaces of a process: mount and UTS ones are there; asking for another kind is EINVAL, as on a kernel built without it.
 */
#ifndef LICHEN_PERSONALITY_NAMESPACES_H
#define LICHEN_PERSONALITY_NAMESPACES_H

#include "process/process.h"

/* May the caller have what the CLONE_NEW* flags ask for: 0, -EPERM, -EINVAL. */
int namespaces_check(struct thread *self, uint64_t flags);
/* A new process's: the parent's or copies. -ENOMEM; then nothing is held. */
int namespaces_inherit(struct process *process, struct thread *child, struct process *parent, uint64_t flags);
void namespaces_drop(struct process *process);

#endif
