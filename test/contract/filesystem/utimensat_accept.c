/* SPDX-License-Identifier: MIT
 *
 * utimensat(2): exact values are read back, UTIME_NOW and UTIME_OMIT, links themselves, descriptors, who may, ctime
 * moves; reading and writing change the times that they should.
 */
#include "contract.h"

static void show_times(const char *path)
{
	struct stat status;
	MUST(lstat(path, &status));
	bool now = status.st_mtim.tv_sec > 1600000000;
	say("%s: access %ld.%09ld, modify %s%ld.%09ld\n", path,
	    status.st_atim.tv_sec > 1600000000 ? -1 : (long)status.st_atim.tv_sec,
	    status.st_atim.tv_sec > 1600000000 ? 0 : status.st_atim.tv_nsec, now ? "now " : "",
	    now ? 0 : (long)status.st_mtim.tv_sec, now ? 0 : status.st_mtim.tv_nsec);
}

static int normal_user(void *unused)
{
	struct timespec set[2] = { { 5, 0 }, { 6, 0 } };
	(void)unused;
	MUST(setuid(1000));
	CALL(utimensat(AT_FDCWD, "file", set, 0));
	CALL(utimensat(AT_FDCWD, "file", NULL, 0));
	CALL(utimensat(AT_FDCWD, "writable", set, 0));
	CALL(utimensat(AT_FDCWD, "writable", NULL, 0));
	return 0;
}

int main(void)
{
	struct timespec set[2] = { { 1000, 123456789 }, { 2000, 987654321 } };
	char byte;
	write_file("file", "x");
	write_file("writable", "x");
	MUST(chmod("file", 0644) | chmod("writable", 0666) | chmod(".", 0755) | symlink("file", "link"));
	CALL(utimensat(AT_FDCWD, "file", set, 0));
	show_times("file");
	CALL(utimensat(AT_FDCWD, "file", (struct timespec[2]){ { 0, UTIME_OMIT }, { 7, 8 } }, 0));
	show_times("file");
	CALL(utimensat(AT_FDCWD, "file", (struct timespec[2]){ { 0, UTIME_NOW }, { 0, UTIME_OMIT } }, 0));
	show_times("file");
	CALL(utimensat(AT_FDCWD, "link", set, AT_SYMLINK_NOFOLLOW));
	show_times("link");
	CALL(utimensat(AT_FDCWD, "file", NULL, 0));
	show_times("file");
	int fd = (int)MUST(open("file", O_RDWR));
	CALL(futimens(fd, set));
	show_times("file");
	MUST(read(fd, &byte, 1));
	show_times("file");
	MUST(futimens(fd, set));
	MUST(write(fd, "y", 1));
	show_times("file");
	MUST(futimens(fd, (struct timespec[2]){ { -5, 0 }, { 0x100000000, 1 } }));
	struct stat status;
	MUST(fstat(fd, &status));
	say("%ld %ld\n", (long)status.st_atim.tv_sec, (long)status.st_mtim.tv_sec);
	CALL(utimensat(AT_FDCWD, "none", set, 0));
	CALL(utimensat(AT_FDCWD, "file", (struct timespec[2]){ { 0, 1000000000 }, { 0, 0 } }, 0));
	CALL(utimensat(AT_FDCWD, "none", (struct timespec[2]){ { 0, UTIME_OMIT }, { 0, UTIME_OMIT } }, 0));
	CALL(utimensat(99, "file", set, 0));
	CALL(syscall(SYS_utimensat, fd, NULL, set, 0));
	CALL(syscall(SYS_utimensat, AT_FDCWD, "file", 8L, 0));
	run_child("normal user", normal_user, NULL);
	return 0;
}
