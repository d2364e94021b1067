/* SPDX-License-Identifier: MIT
 *
 * fchmod(2): changes the mode through a read-only descriptor, also of an unlinked file; what is forbidden is then
 * refused to a normal user, while descriptors opened before keep working.
 */
#include "contract.h"

static int normal_user(void *descriptor)
{
	char byte;
	MUST(setuid(1000));
	CALL(open("file", O_RDONLY));
	CALL(open("file", O_WRONLY));
	CALL(pread(*(int *)descriptor, &byte, 1, 0));
	CALL(fchmod(*(int *)descriptor, 0777));
	return 0;
}

static void mode_of(int fd)
{
	struct stat status;
	MUST(fstat(fd, &status));
	say("mode 0%o\n", status.st_mode);
}

int main(void)
{
	write_file("file", "x");
	MUST(chmod(".", 0755));
	int fd = (int)MUST(open("file", O_RDONLY)), ends[2];
	CALL(fchmod(fd, 0640));
	mode_of(fd);
	run_child("0640", normal_user, &fd);
	CALL(fchmod(fd, 0644));
	run_child("0644", normal_user, &fd);
	CALL(fchmod(fd, 0666));
	run_child("0666", normal_user, &fd);
	CALL(fchmodat(AT_FDCWD, "file", 04711, 0));
	mode_of(fd);
	MUST(unlink("file"));
	CALL(fchmod(fd, 0123));
	mode_of(fd);
	MUST(pipe(ends));
	CALL(fchmod(ends[0], 0));
	mode_of(ends[1]);
	CALL(fchmod(99, 0600));
	return 0;
}
