/* SPDX-License-Identifier: MIT
 *
 * Set-user-id and set-group-id bits set in mid-stream: the next write of a normal user clears them, root's does not; a write
 * that moves nothing leaves them.
 */
#include "contract.h"

static int fd;

static void show_mode(const char *when)
{
	struct stat status;
	MUST(fstat(fd, &status));
	say("%s: 0%o\n", when, status.st_mode & 07777);
}

static int user(void *unused)
{
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	for (int i = 0; i < 4; i++)
		MUST(pwrite(fd, "data", 4, 0));
	show_mode("written");
	MUST(fchmod(fd, 06755));
	show_mode("set");
	MUST(pwrite(fd, "", 0, 0));
	show_mode("nothing written");
	MUST(pwrite(fd, "data", 4, 0));
	show_mode("written again");
	MUST(fchmod(fd, 02745));
	MUST(write(fd, "data", 4));
	show_mode("group without execution");
	MUST(chmod("file", 04700));
	show_mode("by name");
	MUST(write(fd, "data", 4));
	show_mode("written by position");
	return 0;
}

int main(void)
{
	MUST(chmod(".", 0777));
	fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	MUST(fchown(fd, 1000, 1000));
	run_child("user", user, NULL);
	for (int i = 0; i < 4; i++)
		MUST(pwrite(fd, "data", 4, 0));
	MUST(fchmod(fd, 06755));
	MUST(pwrite(fd, "data", 4, 0));
	show_mode("root wrote");
	return 0;
}
