/* SPDX-License-Identifier: MIT
 *
 * Whose table a number is looked up in: fork and vfork children have their own, CLONE_FILES shares one, unshare and
 * CLOSE_RANGE_UNSHARE make a copy. Each number was read from before, in every table.
 */
#include "contract.h"
#include <pthread.h>

static char read_byte(int fd)
{
	char byte = '-';
	if (pread(fd, &byte, 1, 0) == -1)
		return errno == EBADF ? '!' : '?';
	return byte;
}

static void show(const char *who, int fd)
{
	read_byte(fd);
	say("%s: %c\n", who, read_byte(fd));
}

static int in_child(void *argument)
{
	int fd = *(int *)argument;
	show("child before", fd);
	MUST(dup2((int)MUST(open("b", O_RDONLY)), fd));
	show("child after dup2", fd);
	MUST(close(fd));
	show("child after close", fd);
	return 0;
}

static void vfork_child(int fd)
{
	volatile char before = 0, after = 0;
	pid_t child = vfork();
	if (child == 0) {
		before = read_byte(fd);
		close(fd);
		after = read_byte(fd);
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0));
	say("vfork child: %c, closed: %c\n", before, after);
	show("parent behind vfork", fd);
}

static int sharing(void *argument)
{
	int fd = *(int *)argument;
	read_byte(fd);
	return close(fd);
}

static char stack[65536];

static void clone_files(int fd)
{
	pid_t child = (pid_t)MUST(clone(sharing, stack + sizeof(stack), CLONE_FILES | SIGCHLD, &fd));
	MUST(waitpid(child, NULL, 0));
	show("parent behind CLONE_FILES", fd);
}

static void *unsharing(void *argument)
{
	int fd = *(int *)argument;
	MUST(unshare(CLONE_FILES));
	show("thread unshared", fd);
	MUST(close(fd));
	show("thread closed", fd);
	return NULL;
}

static void *range_unsharing(void *argument)
{
	int fd = *(int *)argument;
	show("thread with range", fd);
	MUST(syscall(SYS_close_range, fd, fd, 2));
	show("thread unshared by close_range", fd);
	return NULL;
}

static void in_thread(void *(*body)(void *), int fd)
{
	pthread_t thread;
	MUST(pthread_create(&thread, NULL, body, &fd));
	MUST(pthread_join(thread, NULL));
	show("process behind thread", fd);
}

int main(void)
{
	write_file("a", "aaaa");
	write_file("b", "bbbb");
	int fd = (int)MUST(open("a", O_RDONLY));
	show("parent", fd);
	run_child("child", in_child, &fd);
	show("parent behind child", fd);
	vfork_child(fd);
	in_thread(unsharing, fd);
	in_thread(range_unsharing, fd);
	clone_files(fd);
	return 0;
}
