/* SPDX-License-Identifier: MIT
 *
 * mknod(2), fifo(7): a fifo connects a reader and a writer that wait for one another, O_NONBLOCK gives ENXIO to a
 * lone writer and end of file to a reader; device nodes open the device; regular files; normal users.
 */
#include "contract.h"

#include <sys/sysmacros.h>

static int writer(void *unused)
{
	(void)unused;
	int fd = (int)MUST(open("fifo", O_WRONLY));
	return write(fd, "through the fifo", 16) == 16 ? 0 : 1;
}

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	CALL(mknod("open/null", S_IFCHR | 0600, makedev(1, 3)));
	CALL(mknod("open/fifo", S_IFIFO | 0600, 0));
	return 0;
}

int main(void)
{
	char text[32];
	struct stat status;
	CALL(mknodat(AT_FDCWD, "fifo", S_IFIFO | 0640, 0));
	MUST(stat("fifo", &status));
	say("mode 0%o, size %ld\n", status.st_mode, (long)status.st_size);
	CALL(mknod("fifo", S_IFIFO | 0600, 0));
	CALL(open("fifo", O_WRONLY | O_NONBLOCK));
	int reader = (int)CALL(open("fifo", O_RDONLY | O_NONBLOCK));
	CALL(read(reader, text, 1));
	int lone = (int)CALL(open("fifo", O_WRONLY | O_NONBLOCK));
	CALL(read(reader, text, 1));
	MUST(close(lone));
	MUST(close(reader));
	pid_t child = start(writer, NULL);
	wait_until_asleep(child);
	reader = (int)CALL(open("fifo", O_RDONLY));
	show_bytes("read", text, read(reader, text, sizeof(text)));
	show_bytes("read", text, read(reader, text, sizeof(text)));
	reap("writer", child);
	int both = (int)CALL(open("fifo", O_RDWR));
	CALL(write(both, "x", 1));
	CALL(read(reader, text, 1));
	CALL(mknod("regular", S_IFREG | 0600, 0));
	CALL(mknod("plain", 0600, 0));
	MUST(stat("plain", &status));
	IS(S_ISREG(status.st_mode));
	CALL(mknod("directory", S_IFDIR | 0755, 0));
	CALL(mknod("link", S_IFLNK | 0755, 0));
	CALL(mknod("null", S_IFCHR | 0600, makedev(1, 3)));
	MUST(stat("null", &status));
	say("device %u:%u\n", major(status.st_rdev), minor(status.st_rdev));
	CALL(mknod("socket", S_IFSOCK | 0600, 0));
	CALL(open("socket", O_RDWR));
	MUST(mkdir("open", 0777) | chmod("open", 0777) | chmod(".", 0755));
	run_child("normal user", normal_user, NULL);
	return 0;
}
