/* SPDX-License-Identifier: MIT
 *
 * fchmodat(2), fchownat(2) relative to a directory descriptor, the link flag of fchownat, an empty path, and that
 * ctime but not mtime changes.
 */
#include "contract.h"

static struct stat status_of(int at, const char *path)
{
	struct stat status;
	MUST(fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW));
	say("%s: 0%o %u:%u\n", path, status.st_mode, status.st_uid, status.st_gid);
	return status;
}

int main(void)
{
	MUST(mkdir("directory", 0755));
	write_file("directory/file", "x");
	MUST(symlink("file", "directory/link"));
	int at = (int)MUST(open("directory", O_RDONLY));
	struct stat before = status_of(at, "file");
	sleep_ms(20);
	CALL(syscall(SYS_fchmodat, at, "file", 0751));
	struct stat after = status_of(at, "file");
	IS(after.st_mtim.tv_nsec == before.st_mtim.tv_nsec && after.st_mtim.tv_sec == before.st_mtim.tv_sec);
	IS(after.st_ctim.tv_nsec != before.st_ctim.tv_nsec);
	CALL(syscall(SYS_fchmodat, at, "link", 0700));
	status_of(at, "file");
	CALL(fchownat(at, "link", 3, 4, 0));
	status_of(at, "file");
	CALL(fchownat(at, "link", 5, 6, AT_SYMLINK_NOFOLLOW));
	status_of(at, "link");
	status_of(at, "file");
	CALL(fchownat(at, "", 7, 8, AT_EMPTY_PATH));
	status_of(AT_FDCWD, "directory");
	CALL(fchownat(at, "", 7, 8, 0));
	CALL(fchownat(at, "none", 7, 8, 0));
	CALL(fchownat(at, "file", 7, 8, 4));
	CALL(syscall(SYS_fchmodat, at, "none", 0700));
	CALL(syscall(SYS_fchmodat, 99, "file", 0700));
	CALL(syscall(SYS_fchmodat, AT_FDCWD, "/proc/self/none", 0700));
	return 0;
}
