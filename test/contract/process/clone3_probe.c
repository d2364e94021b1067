/* SPDX-License-Identifier: MIT
 *
 * clone3(2): makes a child with exit signal, tids and pidfd as asked; sizes below the first version are EINVAL,
 * unknown bytes behind the known ones must be zero (E2BIG), bad combinations are EINVAL.
 */
#include "contract.h"

struct arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid,
		set_tid_size, cgroup;
	uint64_t unknown[4];
};

enum { KNOWN = 88, FIRST = 64 };

static long clone3(struct arguments *arguments, size_t size)
{
	return syscall(SYS_clone3, arguments, size);
}

static void refused(const char *name, struct arguments arguments, size_t size)
{
	errno = 0;
	long result = clone3(&arguments, size);
	if (result == 0)
		_exit(1);
	say("%s: %s\n", name, result == -1 ? errno_name(errno) : "done");
	if (result > 0)
		waitpid((pid_t)result, NULL, __WALL);
}

int main(void)
{
	int pidfd = -1, parent_tid = 0;
	struct arguments arguments = { .flags = CLONE_PIDFD | CLONE_PARENT_SETTID,
				       .pidfd = (uint64_t)&pidfd,
				       .parent_tid = (uint64_t)&parent_tid,
				       .exit_signal = SIGCHLD };
	long child = clone3(&arguments, KNOWN);
	if (child == 0)
		_exit(21);
	IS(child > 0 && parent_tid == child);
	SHOW(pidfd);
	CALL(fcntl(pidfd, F_GETFD));
	reap("child", (pid_t)child);
	refused("first version", (struct arguments){ .exit_signal = SIGCHLD }, FIRST);
	refused("too small", (struct arguments){ .exit_signal = SIGCHLD }, FIRST - 1);
	refused("size 0", (struct arguments){ .exit_signal = SIGCHLD }, 0);
	refused("zero bytes behind", (struct arguments){ .exit_signal = SIGCHLD }, sizeof(arguments));
	refused("other bytes behind", (struct arguments){ .exit_signal = SIGCHLD, .unknown = { 1 } },
		sizeof(arguments));
	refused("huge", (struct arguments){ .exit_signal = SIGCHLD }, 8192);
	refused("thread without sighand", (struct arguments){ .flags = CLONE_THREAD }, KNOWN);
	refused("sighand without vm", (struct arguments){ .flags = CLONE_SIGHAND }, KNOWN);
	refused("signal in flags", (struct arguments){ .flags = SIGCHLD }, KNOWN);
	refused("exit signal 99", (struct arguments){ .exit_signal = 99 }, KNOWN);
	refused("stack without size", (struct arguments){ .exit_signal = SIGCHLD, .stack = 4096 }, KNOWN);
	refused("size without stack", (struct arguments){ .exit_signal = SIGCHLD, .stack_size = 4096 },
		KNOWN);
	refused("set_tid 1 twice", (struct arguments){ .exit_signal = SIGCHLD, .set_tid_size = 1 }, KNOWN);
	CALL(clone3(NULL, KNOWN));
	CALL(clone3(NULL, 0));
	CALL(clone3((void *)8, KNOWN));
	return 0;
}
