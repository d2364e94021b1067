/* SPDX-License-Identifier: MIT */
/*
 * Namespaces of a process: mount and UTS ones are there; asking for another kind is EINVAL, as on a kernel built without it.
 */
#ifndef LICHEN_PERSONALITY_NAMESPACES_H
#define LICHEN_PERSONALITY_NAMESPACES_H

#include "process/process.h"

/* Numbers as Linux shows them: the first of each kind has a fixed one, later ones count up from NAMESPACE_NUMBER_LATER. */
#define NAMESPACE_NUMBER_TIME 4026531834ull
#define NAMESPACE_NUMBER_CGROUP 4026531835ull
#define NAMESPACE_NUMBER_PID 4026531836ull
#define NAMESPACE_NUMBER_USER 4026531837ull
#define NAMESPACE_NUMBER_UTS 4026531838ull
#define NAMESPACE_NUMBER_IPC 4026531839ull
#define NAMESPACE_NUMBER_NET 4026531840ull
#define NAMESPACE_NUMBER_MOUNT 4026531841ull
#define NAMESPACE_NUMBER_LATER 4026532176ull
uint64_t namespace_number_next(void);

/* May the caller have what the CLONE_NEW* flags ask for: 0, -EPERM, -EINVAL. */
int namespaces_check(struct thread *self, uint64_t flags);
/* A new process's: the parent's or copies. -ENOMEM; then nothing is held. */
int namespaces_inherit(struct process *process, struct thread *child, struct process *parent, uint64_t flags);
void namespaces_drop(struct process *process);

#endif
