/* SPDX-License-Identifier: MIT
 *
 * execve(2), open(2): exactly the descriptors marked close-on-exec are closed, also when the table was shared with
 * CLONE_FILES, and then only in the executing process; directory streams and locks behave alike.
 */
#include "../contract.h"

static char stack[65536] __attribute__((aligned(16)));

static int show_open(void)
{
	char text[16] = { 0 };
	for (int fd = 0; fd < 12; fd++) {
		int flags = fcntl(fd, F_GETFD);
		text[fd] = flags == -1 ? '-' : flags ? 'c' : 'o';
	}
	say("0 to 11: %s\n", text);
	return 0;
}

static int executes(void *unused)
{
	(void)unused;
	execl("/proc/self/exe", "self", "show", (char *)NULL);
	return 1;
}

static int fails_to_execute(void *unused)
{
	(void)unused;
	execl("./none", "none", (char *)NULL);
	return show_open();
}

int main(int argc, char **argv)
{
	int ends[2];
	(void)argv;
	if (argc > 1)
		return show_open();
	MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));
	MUST(open("/dev/null", O_RDONLY));
	MUST(pipe2(ends, O_CLOEXEC));
	MUST(pipe(ends));
	MUST(fcntl(0, F_DUPFD_CLOEXEC, 9));
	MUST(dup3(0, 10, O_CLOEXEC));
	MUST(dup2(9, 11));
	show_open();
	run_child("executes", executes, NULL);
	run_child("fails", fails_to_execute, NULL);
	pid_t child = (pid_t)MUST(clone(executes, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL));
	reap("executes with a shared table", child);
	child = (pid_t)MUST(
		clone(executes, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, NULL));
	reap("executes with all shared", child);
	show_open();
	return 0;
}
