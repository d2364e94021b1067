/* SPDX-License-Identifier: MIT
 *
 * statx(2), stat(2), fstatat(2): all fields of both agree for each kind of file, the mask says what is there, link
 * and empty-path flags, reserved bits refused.
 */
#include "contract.h"

#include <sys/sysmacros.h>

struct statx_time {
	int64_t seconds;
	uint32_t nanoseconds;
	int32_t unused;
};

struct statx_result {
	uint32_t mask, block_size;
	uint64_t attributes;
	uint32_t links, uid, gid;
	uint16_t mode, unused;
	uint64_t inode, size, blocks, attributes_mask;
	struct statx_time access, birth, change, modify;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t spare[14];
};

enum { STATX = 332, BASIC = 0x7ff, EMPTY = AT_EMPTY_PATH };

static bool same(const struct statx_result *x, const struct stat *s)
{
	return x->links == s->st_nlink && x->uid == s->st_uid && x->gid == s->st_gid &&
	       x->mode == s->st_mode && x->inode == s->st_ino && x->size == (uint64_t)s->st_size &&
	       x->blocks == (uint64_t)s->st_blocks && x->block_size == (uint32_t)s->st_blksize &&
	       x->modify.seconds == s->st_mtim.tv_sec && x->modify.nanoseconds == s->st_mtim.tv_nsec &&
	       x->change.seconds == s->st_ctim.tv_sec && x->access.nanoseconds == s->st_atim.tv_nsec &&
	       x->rdev_major == major(s->st_rdev) && x->rdev_minor == minor(s->st_rdev) &&
	       x->dev_major == major(s->st_dev) && x->dev_minor == minor(s->st_dev);
}

static void compare(const char *path)
{
	struct statx_result x;
	struct stat s;
	MUST(lstat(path, &s));
	MUST(syscall(STATX, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, BASIC, &x));
	say("%s: same %d, mask 0x%x, kind 0%o, block size %u\n", path, same(&x, &s), x.mask & BASIC,
	    x.mode & S_IFMT, x.block_size);
}

int main(void)
{
	struct statx_result x;
	struct stat s;
	write_file("file", "0123456789");
	MUST(symlink("file", "link"));
	MUST(mkfifo("fifo", 0600));
	compare("file");
	compare("link");
	compare("fifo");
	compare(".");
	compare("/dev/null");
	compare("/proc/self/status");
	MUST(stat("link", &s));
	SHOW(s.st_size);
	MUST(lstat("link", &s));
	SHOW(s.st_size);
	int fd = (int)MUST(open("file", O_RDONLY));
	CALL(syscall(STATX, fd, "", EMPTY, BASIC, &x));
	SHOW(x.size);
	CALL(syscall(STATX, fd, "", 0, BASIC, &x));
	CALL(syscall(STATX, AT_FDCWD, "none", 0, BASIC, &x));
	CALL(syscall(STATX, AT_FDCWD, "file", 0, 0x80000000, &x));
	CALL(syscall(STATX, AT_FDCWD, "file", 0x6000, BASIC, &x));
	CALL(syscall(STATX, AT_FDCWD, "file", 1, BASIC, &x));
	CALL(syscall(STATX, AT_FDCWD, "file", 0, BASIC, (void *)8));
	CALL(syscall(SYS_newfstatat, fd, "", &s, EMPTY));
	CALL(syscall(SYS_newfstatat, fd, "", &s, 0));
	CALL(syscall(SYS_newfstatat, AT_FDCWD, "file", &s, 0x10));
	CALL(syscall(SYS_fstat, 99, &s));
	CALL(syscall(SYS_stat, "file", 8L));
	return 0;
}
