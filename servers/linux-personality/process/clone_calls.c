/* SPDX-License-Identifier: MIT */
/*
 * The calls that make threads and processes: each becomes a clone request.
 */
#include <string.h>
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/signal.h"
#include "process/clone.h"

#define PAGE_BYTES 4096u

int64_t sys_fork(struct thread *self)
{
	struct clone_request request = { .exit_signal = LINUX_SIGCHLD };
	return clone_run(self, &request);
}

int64_t sys_vfork(struct thread *self)
{
	struct clone_request request = {
		.flags = LINUX_CLONE_VFORK | LINUX_CLONE_VM,
		.exit_signal = LINUX_SIGCHLD,
	};
	return clone_run(self, &request);
}

int64_t sys_clone(struct thread *self, uint32_t flags, gaddr_t stack, gaddr_t parent_tid, gaddr_t child_tid,
		  gaddr_t tls)
{
	struct clone_request request = {
		.flags = flags & ~LINUX_CSIGNAL,
		.exit_signal = (int32_t)(flags & LINUX_CSIGNAL),
		.pidfd = parent_tid,
		.parent_tid = parent_tid,
		.child_tid = child_tid,
		.stack = stack.value,
		.tls = tls.value,
	};
	if ((flags & LINUX_CLONE_PIDFD) && (flags & LINUX_CLONE_PARENT_SETTID))
		return -EINVAL;
	return clone_run(self, &request);
}

/* A newer program's longer block is fine as long as what we do not know is zero. */
static int read_arguments(struct linux_clone_args *args, gaddr_t where, uint64_t bytes)
{
	uint8_t rest[PAGE_BYTES];
	memset(args, 0, sizeof(*args));
	if (bytes > PAGE_BYTES)
		return -E2BIG;
	if (bytes < LINUX_CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (guest_read(rest, where, bytes))
		return -EFAULT;
	memcpy(args, rest, bytes < sizeof(*args) ? bytes : sizeof(*args));
	for (uint64_t i = sizeof(*args); i < bytes; i++)
		if (rest[i])
			return -E2BIG;
	return 0;
}

int64_t sys_clone3(struct thread *self, gaddr_t arguments, uint64_t size)
{
	struct linux_clone_args args;
	struct clone_request request;
	int error = read_arguments(&args, arguments, size);
	if (!error)
		error = clone3_convert(&args, &request);
	return error ? error : clone_run(self, &request);
}
