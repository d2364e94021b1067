/* SPDX-License-Identifier: MIT
 *
 * close_range(2): closes exactly the range, holes are no error, CLOSE_RANGE_CLOEXEC only marks, CLOSE_RANGE_UNSHARE
 * leaves a sharing process's table alone; argument errors.
 */
#include "contract.h"

enum { UNSHARE = 2, CLOEXEC = 4 };

static char stack[16384] __attribute__((aligned(16)));

static long close_range_call(unsigned first, unsigned last, unsigned flags)
{
	return syscall(SYS_close_range, first, last, flags);
}

static void show_open(void)
{
	char text[16] = { 0 };
	for (int fd = 3; fd < 12; fd++) {
		int flags = fcntl(fd, F_GETFD);
		text[fd - 3] = flags == -1 ? '-' : flags ? 'c' : 'o';
	}
	say("3 to 11: %s\n", text);
}

static int unshares(void *unused)
{
	(void)unused;
	long result = close_range_call(3, 8, UNSHARE);
	long left = fcntl(3, F_GETFD);
	_exit(result == 0 && left == -1 ? 6 : 1);
}

static void fill(void)
{
	for (int fd = 3; fd < 12; fd++)
		MUST(dup2(0, fd));
}

int main(void)
{
	fill();
	CALL(close_range_call(5, 5, 0));
	show_open();
	CALL(close_range_call(4, 7, 0));
	show_open();
	CALL(close_range_call(100, ~0U, 0));
	CALL(close_range_call(9, 10, CLOEXEC));
	show_open();
	CALL(close_range_call(9, 8, 0));
	CALL(close_range_call(3, 4, 99));
	CALL(close_range_call(9, ~0U, 0));
	show_open();
	fill();
	pid_t child = (pid_t)MUST(clone(unshares, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL));
	reap("child sharing the table", child);
	show_open();
	SHOW(dup(0));
	CALL(close_range_call(3, ~0U, 0));
	SHOW(dup(0));
	return 0;
}
