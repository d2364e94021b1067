/* SPDX-License-Identifier: MIT */
/*
 * Linux's numbers and structures around files on x86-64: open flags, *at flags, file types, stat, statx, statfs,
 * dirent, mount flags, locks. Source: open(2), stat(2), statx(2), statfs(2), getdents(2), mount(2), fcntl(2) and the
 * kernel's UAPI headers; test/unit/personality compares every value with the host's.
 */
#ifndef LICHEN_LINUX_ABI_FILES_H
#define LICHEN_LINUX_ABI_FILES_H

#include <stdint.h>
#include "linux_abi/timespec.h"

#define LINUX_O_ACCMODE 00000003u
#define LINUX_O_RDONLY 00000000u
#define LINUX_O_WRONLY 00000001u
#define LINUX_O_RDWR 00000002u
#define LINUX_O_CREAT 00000100u
#define LINUX_O_EXCL 00000200u
#define LINUX_O_NOCTTY 00000400u
#define LINUX_O_TRUNC 00001000u
#define LINUX_O_APPEND 00002000u
#define LINUX_O_NONBLOCK 00004000u
#define LINUX_O_DSYNC 00010000u
#define LINUX_O_ASYNC 00020000u
#define LINUX_O_DIRECT 00040000u
#define LINUX_O_LARGEFILE 00100000u
#define LINUX_O_DIRECTORY 00200000u
#define LINUX_O_NOFOLLOW 00400000u
#define LINUX_O_NOATIME 01000000u
#define LINUX_O_CLOEXEC 02000000u
#define LINUX_O_SYNC 04010000u
#define LINUX_O_PATH 010000000u
#define LINUX_O_TMPFILE 020200000u

#define LINUX_AT_FDCWD (-100)
#define LINUX_AT_SYMLINK_NOFOLLOW 0x100u
#define LINUX_AT_EACCESS 0x200u
#define LINUX_AT_REMOVEDIR 0x200u
#define LINUX_AT_SYMLINK_FOLLOW 0x400u
#define LINUX_AT_NO_AUTOMOUNT 0x800u
#define LINUX_AT_EMPTY_PATH 0x1000u
#define LINUX_AT_STATX_SYNC_TYPE 0x6000u

#define LINUX_S_IFMT 0170000u
#define LINUX_S_IFSOCK 0140000u
#define LINUX_S_IFLNK 0120000u
#define LINUX_S_IFREG 0100000u
#define LINUX_S_IFBLK 0060000u
#define LINUX_S_IFDIR 0040000u
#define LINUX_S_IFCHR 0020000u
#define LINUX_S_IFIFO 0010000u
#define LINUX_S_ISUID 0004000u
#define LINUX_S_ISGID 0002000u
#define LINUX_S_ISVTX 0001000u

#define LINUX_PATH_MAX 4096
#define LINUX_NAME_MAX 255
#define LINUX_SYMLINK_DEPTH 40

#define LINUX_R_OK 4u
#define LINUX_W_OK 2u
#define LINUX_X_OK 1u

#define LINUX_UTIME_NOW ((1ll << 30) - 1)
#define LINUX_UTIME_OMIT ((1ll << 30) - 2)

struct linux_stat {
	uint64_t device, inode, links;
	uint32_t mode, user, group, padding;
	uint64_t node_device;
	int64_t size, block_size, blocks;
	struct linux_timespec accessed, modified, changed;
	int64_t reserved[3];
};
_Static_assert(sizeof(struct linux_stat) == 144, "struct stat of x86-64");

struct linux_statx_timestamp {
	int64_t seconds;
	uint32_t nanoseconds;
	int32_t reserved;
};

struct linux_statx {
	uint32_t mask, block_size;
	uint64_t attributes;
	uint32_t links, user, group;
	uint16_t mode, padding;
	uint64_t inode, size, blocks, attributes_mask;
	struct linux_statx_timestamp accessed, born, changed, modified;
	uint32_t node_major, node_minor, device_major, device_minor;
	uint64_t mount_id;
	uint32_t dio_memory_align, dio_offset_align;
	uint64_t spare[12];
};
_Static_assert(sizeof(struct linux_statx) == 256, "struct statx");
#define LINUX_STATX_BASIC_STATS 0x7ffu
#define LINUX_STATX_BTIME 0x800u
#define LINUX_STATX_MNT_ID 0x1000u
#define LINUX_STATX_RESERVED 0x80000000u
#define LINUX_STATX_ATTR_MOUNT_ROOT 0x2000u

struct linux_statfs {
	int64_t type, block_size;
	uint64_t blocks, blocks_free, blocks_available, files, files_free;
	int32_t identity[2];
	int64_t name_length, fragment_size, flags;
	int64_t spare[4];
};
_Static_assert(sizeof(struct linux_statfs) == 120, "struct statfs of x86-64");

#define LINUX_TMPFS_MAGIC 0x01021994
#define LINUX_RAMFS_MAGIC 0x858458f6
#define LINUX_PROC_MAGIC 0x9fa0
#define LINUX_SYSFS_MAGIC 0x62656572
#define LINUX_DEVPTS_MAGIC 0x1cd1
#define LINUX_PIPEFS_MAGIC 0x50495045
#define LINUX_SOCKFS_MAGIC 0x534f434b
#define LINUX_ANON_INODE_MAGIC 0x09041934

/* A record of getdents64: header, then the NUL-terminated name, padded to 8 bytes. */
struct linux_dirent64 {
	uint64_t inode;
	int64_t next;
	uint16_t record_bytes;
	uint8_t type;
	char name[5];
};
#define LINUX_DIRENT64_HEADER 19u

#define LINUX_MS_RDONLY 1u
#define LINUX_MS_NOSUID 2u
#define LINUX_MS_NODEV 4u
#define LINUX_MS_NOEXEC 8u
#define LINUX_MS_SYNCHRONOUS 16u
#define LINUX_MS_REMOUNT 32u
#define LINUX_MS_NOATIME 1024u
#define LINUX_MS_NODIRATIME 2048u
#define LINUX_MS_BIND 4096u
#define LINUX_MS_MOVE 8192u
#define LINUX_MS_REC 16384u
#define LINUX_MS_SILENT 32768u
#define LINUX_MS_UNBINDABLE (1u << 17)
#define LINUX_MS_PRIVATE (1u << 18)
#define LINUX_MS_SLAVE (1u << 19)
#define LINUX_MS_SHARED (1u << 20)
#define LINUX_MS_RELATIME (1u << 21)
#define LINUX_MS_STRICTATIME (1u << 24)
#define LINUX_MS_LAZYTIME (1u << 25)
#define LINUX_MNT_FORCE 1u
#define LINUX_MNT_DETACH 2u
#define LINUX_MNT_EXPIRE 4u
#define LINUX_UMOUNT_NOFOLLOW 8u

#define LINUX_SEEK_SET 0
#define LINUX_SEEK_CUR 1
#define LINUX_SEEK_END 2
#define LINUX_SEEK_DATA 3
#define LINUX_SEEK_HOLE 4

#define LINUX_F_DUPFD 0
#define LINUX_F_GETFD 1
#define LINUX_F_SETFD 2
#define LINUX_F_GETFL 3
#define LINUX_F_SETFL 4
#define LINUX_F_GETLK 5
#define LINUX_F_SETLK 6
#define LINUX_F_SETLKW 7
#define LINUX_F_SETOWN 8
#define LINUX_F_GETOWN 9
#define LINUX_F_SETSIG 10
#define LINUX_F_GETSIG 11
#define LINUX_F_SETOWN_EX 15
#define LINUX_F_GETOWN_EX 16
#define LINUX_F_OFD_GETLK 36
#define LINUX_F_OFD_SETLK 37
#define LINUX_F_OFD_SETLKW 38
#define LINUX_F_SETLEASE 1024
#define LINUX_F_GETLEASE 1025
#define LINUX_F_DUPFD_CLOEXEC 1030
#define LINUX_F_SETPIPE_SZ 1031
#define LINUX_F_GETPIPE_SZ 1032
#define LINUX_F_ADD_SEALS 1033
#define LINUX_F_GET_SEALS 1034
#define LINUX_FD_CLOEXEC 1u

#define LINUX_F_RDLCK 0
#define LINUX_F_WRLCK 1
#define LINUX_F_UNLCK 2
struct linux_flock {
	int16_t type, whence;
	int32_t padding;
	int64_t start, length;
	int32_t pid, padding2;
};
_Static_assert(sizeof(struct linux_flock) == 32, "struct flock of x86-64");

#define LINUX_LOCK_SH 1u
#define LINUX_LOCK_EX 2u
#define LINUX_LOCK_NB 4u
#define LINUX_LOCK_UN 8u

#define LINUX_RENAME_NOREPLACE 1u
#define LINUX_RENAME_EXCHANGE 2u
#define LINUX_RENAME_WHITEOUT 4u

#define LINUX_FALLOC_KEEP_SIZE 0x01u
#define LINUX_FALLOC_PUNCH_HOLE 0x02u
#define LINUX_FALLOC_ZERO_RANGE 0x10u

#define LINUX_RESOLVE_NO_XDEV 0x01u
#define LINUX_RESOLVE_NO_MAGICLINKS 0x02u
#define LINUX_RESOLVE_NO_SYMLINKS 0x04u
#define LINUX_RESOLVE_BENEATH 0x08u
#define LINUX_RESOLVE_IN_ROOT 0x10u
#define LINUX_RESOLVE_CACHED 0x20u

struct linux_open_how {
	uint64_t flags, mode, resolve;
};

/* st_dev and st_rdev as stat shows them: glibc's makedev. */
static inline uint64_t linux_device(uint32_t major, uint32_t minor)
{
	return (uint64_t)(minor & 0xff) | (uint64_t)(major & 0xfff) << 8 | (uint64_t)(minor & ~0xffu) << 12 |
	       (uint64_t)(major & ~0xfffu) << 32;
}

#endif
