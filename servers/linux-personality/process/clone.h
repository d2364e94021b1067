/* SPDX-License-Identifier: MIT */
/*
 * Making threads and processes from the calling one.
 */
#ifndef LICHEN_PERSONALITY_CLONE_H
#define LICHEN_PERSONALITY_CLONE_H

#include "abi/types.h"
#include "linux_abi/process.h"
#include "process/thread.h"

struct clone_request {
	uint64_t flags; /* CLONE_*, without CSIGNAL */
	int32_t exit_signal;
	gaddr_t pidfd, child_tid, parent_tid;
	uint64_t stack, tls; /* stack: top, 0: the caller's */
};

/* clone(2)'s rules on flags that do not depend on the caller: 0 or -EINVAL. Pure. */
int clone_check_flags(uint64_t flags);
/* clone3's block in clone's terms: 0, -EINVAL, -EOPNOTSUPP. Pure. */
int clone3_convert(const struct linux_clone_args *args, struct clone_request *request);
/* The new tid or -errno. */
int64_t clone_run(struct thread *self, const struct clone_request *request);
/* What a new thread does before its guest's first instruction. */
void clone_first_entry(struct thread *self);
/* The calling thread no longer uses its vfork parent's space: the parent goes on. */
void clone_release_vfork_parent(struct thread *self);

#endif
