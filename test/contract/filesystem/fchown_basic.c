/* SPDX-License-Identifier: MIT
 *
 * fchown(2): sets owner and group, -1 leaves each, works on unlinked files, pipes and directories, EBADF on O_PATH,
 * EPERM for who is not privileged.
 */
#include "contract.h"

static void owner_of(int fd)
{
	struct stat status;
	MUST(fstat(fd, &status));
	say("owner %u:%u\n", status.st_uid, status.st_gid);
}

static int normal_user(void *fd)
{
	MUST(setgid(1000));
	MUST(setuid(1000));
	CALL(fchown(*(int *)fd, 1000, 1000));
	CALL(fchown(*(int *)fd, (uid_t)-1, (gid_t)-1));
	return 0;
}

int main(void)
{
	write_file("file", "x");
	int fd = (int)MUST(open("file", O_RDONLY)), ends[2];
	CALL(fchown(fd, getuid(), getgid()));
	owner_of(fd);
	CALL(fchown(fd, 11, 22));
	owner_of(fd);
	CALL(fchown(fd, (uid_t)-1, 33));
	owner_of(fd);
	CALL(fchown(fd, 44, (gid_t)-1));
	owner_of(fd);
	CALL(fchown(fd, 0xfffffffe, 0xfffffffe));
	owner_of(fd);
	MUST(unlink("file"));
	CALL(fchown(fd, 55, 66));
	owner_of(fd);
	run_child("normal user", normal_user, &fd);
	MUST(pipe(ends));
	CALL(fchown(ends[0], 77, 88));
	owner_of(ends[1]);
	CALL(syscall(SYS_fchown, (int)MUST(open(".", O_PATH)), 1, 1));
	CALL(fchown(99, 1, 1));
	return 0;
}
