/* SPDX-License-Identifier: MIT
 *
 * RLIMIT_FSIZE on a file that is written to all the time: clipped at the limit, then EFBIG and SIGXFSZ; lowered and raised in
 * mid-stream, by the process itself and from outside; inherited by a child.
 */
#include "contract.h"
#include <sys/resource.h>

static volatile int signals;

static void caught(int number)
{
	(void)number;
	signals++;
}

static void limit(pid_t pid, rlim_t bytes)
{
	struct rlimit fresh = { bytes, RLIM_INFINITY };
	MUST(prlimit(pid, RLIMIT_FSIZE, &fresh, NULL));
}

static int child(void *argument)
{
	int fd = *(int *)argument;
	CALL(pwrite(fd, "12345678", 8, 96));
	CALL(pwrite(fd, "12345678", 8, 100));
	SHOW(signals);
	signal(SIGXFSZ, SIG_DFL);
	pwrite(fd, "12345678", 8, 100);
	return 0;
}

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	catch_signal(SIGXFSZ, caught, 0);
	for (int i = 0; i < 10; i++)
		MUST(write(fd, "0123456789", 10));
	limit(0, 105);
	CALL(write(fd, "0123456789", 10));
	SHOW(signals);
	CALL(write(fd, "0123456789", 10));
	SHOW(signals);
	CALL(pwrite(fd, "0123456789", 10, 50));
	CALL(pwrite(fd, "0123456789", 10, 100));
	CALL(pwrite(fd, "0123456789", 10, 105));
	CALL(pwrite(fd, "", 0, 200));
	SHOW(signals);
	SHOW(lseek(fd, 0, SEEK_CUR));
	limit(getpid(), 200);
	CALL(write(fd, "0123456789", 10));
	limit(0, 100);
	signals = 0;
	run_child("child", child, &fd);
	limit(0, RLIM_INFINITY);
	CALL(write(fd, "0123456789", 10));
	CALL(ftruncate(fd, 3));
	CALL(write(fd, "x", 1));
	SHOW(lseek(fd, 0, SEEK_END));
	SHOW(signals);
	return 0;
}
