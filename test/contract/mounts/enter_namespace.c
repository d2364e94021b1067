/* SPDX-License-Identifier: MIT
 *
 * setns(2) into a mount namespace: root and working directory become its root, what is mounted there is seen; not while
 * they are shared, not without CAP_SYS_CHROOT's owner.
 */
#include "contract.h"

#include <sys/mount.h>

static char here[256], name[300];
static int ready[2], leave[2];

static const char *absolute(const char *last)
{
	snprintf(name, sizeof(name), "%s/%s", here, last);
	return name;
}

static int owner(void *unused)
{
	char byte;
	(void)unused;
	MUST(unshare(CLONE_NEWNS));
	MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	MUST(mount("none", "place", "tmpfs", 0, NULL));
	MUST(mkdir("place/inside", 0755));
	MUST(write(ready[1], "", 1));
	MUST(read(leave[0], &byte, 1));
	return 0;
}

static int open_namespace(pid_t pid)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)pid);
	return open(path, O_RDONLY);
}

static int share_and_enter(void *argument)
{
	return (int)CALL(setns(*(int *)argument, CLONE_NEWNS)) ? 1 : 0;
}

static void shared(int fd)
{
	static char stack[65536];
	int status = 0;
	pid_t child = clone(share_and_enter, stack + sizeof(stack), CLONE_FS | CLONE_VM | SIGCHLD, &fd);
	MUST(waitpid(child, &status, 0));
	show_status("shared", status);
}

int main(void)
{
	char text[256], byte, own[64], other[64];
	pid_t child;
	int fd;
	MUST(getcwd(here, sizeof(here)) ? 0 : -1);
	MUST(mkdir("place", 0755));
	MUST(pipe(ready));
	MUST(pipe(leave));
	child = start(owner, NULL);
	MUST(read(ready[0], &byte, 1));
	fd = (int)MUST(open_namespace(child));
	snprintf(name, sizeof(name), "/proc/%d/ns/mnt", (int)child);
	own[MUST(readlink("/proc/self/ns/mnt", own, sizeof(own) - 1))] = 0;
	other[MUST(readlink(name, other, sizeof(other) - 1))] = 0;
	IS(strcmp(own, other));
	shared(fd);
	CALL(setns(fd, CLONE_NEWUTS));
	CALL(access("place/inside", F_OK));
	CALL(setns(fd, CLONE_NEWNS));
	IS(!strcmp(getcwd(text, sizeof(text)), "/"));
	CALL(access(absolute("place/inside"), F_OK));
	MUST(write(leave[1], "", 1));
	reap("owner", child);
	CALL(access(absolute("place/inside"), F_OK));
	return 0;
}
