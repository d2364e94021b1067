/* SPDX-License-Identifier: MIT
 *
 * statfs(2): the magic numbers that programs test, the same by path and by descriptor, mount flags, errors.
 */
#include "contract.h"

#include <sys/statvfs.h>
#include <sys/vfs.h>

static void magic(const char *path)
{
	struct statfs by_path, by_descriptor;
	MUST(statfs(path, &by_path));
	MUST(fstatfs((int)MUST(open(path, O_PATH)), &by_descriptor));
	say("%s: 0x%lx, same by descriptor %d, block size %ld, nosuid %d, noexec %d\n", path,
	    (unsigned long)by_path.f_type, by_path.f_type == by_descriptor.f_type, (long)by_path.f_bsize,
	    (by_path.f_flags & ST_NOSUID) != 0, (by_path.f_flags & ST_NOEXEC) != 0);
}

int main(void)
{
	struct statfs status;
	magic("/tmp");
	magic("/proc");
	magic("/proc/self/fd");
	magic("/sys");
	magic("/dev/shm");
	magic("/dev/pts");
	magic("/run");
	magic("/dev/pts/ptmx");
	CALL(statfs("none", &status));
	CALL(statfs("/dev/null/x", &status));
	CALL(statfs((char *)8, &status));
	CALL(syscall(SYS_statfs, "/tmp", 8L));
	write_file("file", "x");
	MUST(symlink("file", "link"));
	CALL(statfs("link", &status));
	HEX(status.f_type);
	return 0;
}
