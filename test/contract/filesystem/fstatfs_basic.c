/* SPDX-License-Identifier: MIT
 *
 * fstatfs(2): types by descriptor of tmpfs, proc, sysfs, devpts and pipes; the numbers of tmpfs follow what is
 * written; name lengths and flags.
 */
#include "contract.h"

#include <sys/mount.h>
#include <sys/vfs.h>

static void type_of(const char *path)
{
	struct statfs status;
	int fd = (int)MUST(open(path, O_RDONLY));
	MUST(fstatfs(fd, &status));
	say("%s: type 0x%lx, block size %ld, name length %ld\n", path, (unsigned long)status.f_type,
	    (long)status.f_bsize, (long)status.f_namelen);
	MUST(close(fd));
}

int main(void)
{
	struct statfs before, after;
	type_of("/tmp");
	type_of("/proc");
	type_of("/proc/self/status");
	type_of("/sys");
	type_of("/dev/pts");
	MUST(mkdir("m", 0755));
	MUST(mount("tmpfs", "m", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=50"));
	int fd = (int)MUST(open("m/file", O_RDWR | O_CREAT, 0600)), ends[2];
	MUST(fstatfs(fd, &before));
	say("blocks %ld, files %ld, flags 0x%lx\n", (long)before.f_blocks, (long)before.f_files,
	    (long)before.f_flags);
	IS(before.f_bfree == before.f_bavail && before.f_bfree <= before.f_blocks);
	static char bytes[40960];
	MUST(write(fd, bytes, sizeof(bytes)));
	write_file("m/second", "");
	MUST(fstatfs(fd, &after));
	say("blocks used %ld, files used %ld\n", (long)(before.f_bfree - after.f_bfree),
	    (long)(before.f_ffree - after.f_ffree));
	MUST(close(fd));
	CALL(umount("m"));
	MUST(pipe(ends));
	MUST(fstatfs(ends[0], &after));
	HEX(after.f_type);
	CALL(fstatfs(99, &after));
	CALL(syscall(SYS_fstatfs, ends[0], 8L));
	return 0;
}
