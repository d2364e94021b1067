/* SPDX-License-Identifier: MIT */
/*
 * The rules of clone's flags, and clone3's argument block: pure, tested on the host.
 */
#include "process/clone.h"

#include "core/errno.h"
#include "core/guest_memory.h"

#define CLONE_LEGACY_FLAGS 0xffffffffull
#define SIGNALS_MAX 64u

static bool together(uint64_t flags, uint64_t both)
{
	return (flags & both) == both;
}

int clone_check_flags(uint64_t flags)
{
	if (together(flags, LINUX_CLONE_NEWNS | LINUX_CLONE_FS) ||
	    together(flags, LINUX_CLONE_NEWUSER | LINUX_CLONE_FS))
		return -EINVAL;
	if ((flags & LINUX_CLONE_THREAD) && !(flags & LINUX_CLONE_SIGHAND))
		return -EINVAL;
	if ((flags & LINUX_CLONE_SIGHAND) && !(flags & LINUX_CLONE_VM))
		return -EINVAL;
	if ((flags & LINUX_CLONE_THREAD) && (flags & (LINUX_CLONE_NEWUSER | LINUX_CLONE_NEWPID)))
		return -EINVAL;
	if ((flags & LINUX_CLONE_PIDFD) && (flags & (LINUX_CLONE_DETACHED | LINUX_CLONE_THREAD)))
		return -EINVAL;
	if (together(flags, LINUX_CLONE_SIGHAND | LINUX_CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	return 0;
}

static int clone3_check(const struct linux_clone_args *args)
{
	uint64_t known = CLONE_LEGACY_FLAGS | LINUX_CLONE_CLEAR_SIGHAND | LINUX_CLONE_INTO_CGROUP;
	if (args->flags & ~known ||
	    args->flags & (LINUX_CLONE_DETACHED | (LINUX_CSIGNAL & ~LINUX_CLONE_NEWTIME)))
		return -EINVAL;
	if (args->exit_signal > SIGNALS_MAX)
		return -EINVAL;
	if ((args->flags & (LINUX_CLONE_THREAD | LINUX_CLONE_PARENT)) && args->exit_signal)
		return -EINVAL;
	if (!args->stack != !args->stack_size)
		return -EINVAL;
	if (args->stack &&
	    (args->stack >= GUEST_USER_LIMIT || args->stack_size > GUEST_USER_LIMIT - args->stack))
		return -EINVAL;
	if (!args->set_tid != !args->set_tid_size)
		return -EINVAL;
	if (args->set_tid || (args->flags & LINUX_CLONE_INTO_CGROUP))
		return -EOPNOTSUPP;
	return 0;
}

int clone3_convert(const struct linux_clone_args *args, struct clone_request *request)
{
	int error = clone3_check(args);
	if (error)
		return error;
	*request = (struct clone_request){
		.flags = args->flags,
		.exit_signal = (int32_t)args->exit_signal,
		.pidfd = { args->pidfd },
		.child_tid = { args->child_tid },
		.parent_tid = { args->parent_tid },
		.stack = args->stack + args->stack_size,
		.tls = args->tls,
	};
	return 0;
}
