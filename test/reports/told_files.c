/* SPDX-License-Identifier: MIT */
/*
 * The groups of told.c that are about files, descriptors and memory.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include "told.h"

void tell_files(void)
{
	struct stat status;
	struct statx more;
	int fd = (int)NUMBER(open, "file", O_RDWR | O_CREAT | O_TRUNC, 0640);
	NUMBER(write, fd, "one\ttwo\n\"three\" \\ \1\0012\377", 22);
	NUMBER(write, fd, "forty bytes are more than are shown here", 40);
	NUMBER(lseek, fd, 0, SEEK_SET);
	NUMBER(read, fd, bytes, 10);
	NUMBER(read, fd, BAD, 10);
	NUMBER(read, fd, bytes, 100);
	NUMBER(read, fd, bytes, 100);
	NUMBER(pread64, fd, bytes, 5, 3);
	NUMBER(pwrite64, fd, "abc", 3, 100);
	struct iovec vector[3] = { { bytes, 4 }, { bytes + 100, 100 }, { bytes + 300, 50 } };
	NUMBER(lseek, fd, 0, SEEK_SET);
	NUMBER(readv, fd, vector, 3);
	struct iovec words[2] = { { "hello ", 6 }, { "world", 5 } };
	NUMBER(writev, fd, words, 2);
	NUMBER(preadv, fd, vector, 1, 1, 0);
	NUMBER(pwritev, fd, words, 2, 7, 0);
	NUMBER(writev, fd, BAD, 2);
	NUMBER(stat, "file", &status);
	NUMBER(stat, "missing", &status);
	NUMBER(fstat, fd, &status);
	NUMBER(fstat, fd, BAD);
	NUMBER(lstat, "/dev/null", &status);
	NUMBER(newfstatat, AT_FDCWD, "/proc", &status, AT_SYMLINK_NOFOLLOW);
	NUMBER(newfstatat, fd, "", &status, AT_EMPTY_PATH);
	NUMBER(statx, AT_FDCWD, "file", AT_STATX_SYNC_AS_STAT, STATX_TYPE | STATX_SIZE, &more);
	NUMBER(statx, AT_FDCWD, "missing", 0, STATX_BASIC_STATS, &more);
	NUMBER(openat, AT_FDCWD, "file", O_RDONLY | O_CLOEXEC);
	NUMBER(openat, AT_FDCWD, "missing", O_WRONLY | O_APPEND | O_NONBLOCK);
	NUMBER(openat, AT_FDCWD, NULL, O_RDONLY);
	NUMBER(openat, AT_FDCWD, BAD, O_RDONLY);
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH };
	NUMBER(openat2, AT_FDCWD, "file", &how, sizeof(how));
	NUMBER(creat, "other", 0600);
	NUMBER(access, "file", F_OK);
	NUMBER(access, "file", R_OK | W_OK);
	NUMBER(faccessat, AT_FDCWD, "missing", X_OK);
	NUMBER(faccessat2, AT_FDCWD, "file", R_OK, AT_EACCESS);
	NUMBER(symlink, "file", "link");
	NUMBER(readlink, "link", bytes, 100);
	NUMBER(readlink, "file", bytes, 100);
	NUMBER(readlinkat, AT_FDCWD, "link", bytes, 2);
	NUMBER(mkdir, "folder", 0755);
	NUMBER(mknod, "pipe", S_IFIFO | 0600, 0);
	NUMBER(mknodat, AT_FDCWD, "device", S_IFCHR | 0666, makedev(1, 3));
	NUMBER(chmod, "file", 04711);
	NUMBER(fchmod, fd, 0);
	NUMBER(stat, "file", &status);
	NUMBER(fchmodat, AT_FDCWD, "file", 0644);
	NUMBER(umask, 022);
	NUMBER(chown, "file", 1, -1);
	NUMBER(fchownat, AT_FDCWD, "file", 0, 0, AT_SYMLINK_NOFOLLOW);
	NUMBER(rename, "other", "third");
	NUMBER(renameat2, AT_FDCWD, "third", AT_FDCWD, "file", RENAME_NOREPLACE);
	NUMBER(linkat, AT_FDCWD, "file", AT_FDCWD, "second", 0);
	NUMBER(unlinkat, AT_FDCWD, "folder", AT_REMOVEDIR);
	NUMBER(unlink, "second");
	NUMBER(ftruncate, fd, 10);
	NUMBER(fallocate, fd, FALLOC_FL_KEEP_SIZE, 0, 4096);
	NUMBER(chdir, "/tmp");
	NUMBER(getcwd, bytes, sizeof(bytes));
	NUMBER(getcwd, bytes, 2);
}

void tell_descriptors(void)
{
	int pair[2], fd = (int)NUMBER(open, "/dev/null", O_RDWR);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 3, .l_len = 4 };
	NUMBER(pipe, pair);
	NUMBER(pipe2, pair, O_CLOEXEC | O_NONBLOCK);
	NUMBER(pipe2, pair, 0);
	NUMBER(pipe, BAD);
	NUMBER(fcntl, fd, F_GETFD);
	NUMBER(fcntl, fd, F_SETFD, FD_CLOEXEC);
	NUMBER(fcntl, fd, F_GETFD);
	NUMBER(fcntl, fd, F_GETFL);
	NUMBER(fcntl, fd, F_SETFL, O_RDONLY | O_NONBLOCK);
	NUMBER(fcntl, fd, F_DUPFD, 20);
	NUMBER(fcntl, fd, F_DUPFD_CLOEXEC, 30);
	NUMBER(fcntl, 99, F_GETFL);
	fd = (int)NUMBER(open, "file", O_RDWR);
	NUMBER(fcntl, fd, F_SETLK, &lock);
	NUMBER(fcntl, fd, F_GETLK, &lock);
	NUMBER(flock, fd, LOCK_EX | LOCK_NB);
	NUMBER(dup, fd);
	NUMBER(dup2, fd, 40);
	NUMBER(dup3, fd, 41, O_CLOEXEC);
	NUMBER(close_range, 40, 41, 0);
	NUMBER(memfd_create, "memory", MFD_CLOEXEC);
	off_t offset = 2;
	NUMBER(sendfile, pair[1], fd, &offset, 4);
	NUMBER(sendfile, pair[1], fd, NULL, 4);
	NUMBER(copy_file_range, fd, NULL, fd, NULL, 0, 0);
	NUMBER(tee, pair[0], pair[1], 1, 0);
	int count = 0;
	NUMBER(ioctl, pair[0], FIONREAD, &count);
	NUMBER(ioctl, fd, TCGETS, bytes);
	NUMBER(ioctl, fd, TIOCGWINSZ, bytes);
	int folder = (int)NUMBER(open, "/proc/self/fd/../../self/fdinfo/..", O_RDONLY | O_DIRECTORY);
	NUMBER(close, folder);
	folder = (int)NUMBER(open, ".", O_RDONLY | O_DIRECTORY);
	NUMBER(getdents64, folder, bytes, sizeof(bytes));
	NUMBER(getdents64, folder, bytes, sizeof(bytes));
	NUMBER(getdents64, fd, bytes, sizeof(bytes));
}

void tell_memory(void)
{
	char *page = (char *)NUMBER(mmap, NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				    0);
	int fd = (int)NUMBER(open, "file", O_RDWR);
	NUMBER(mmap, NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096);
	NUMBER(mmap, NULL, 0, PROT_NONE, MAP_PRIVATE, fd, 0);
	NUMBER(mmap, page, 4096, PROT_NONE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	NUMBER(mprotect, page, 4096, PROT_READ | PROT_EXEC);
	NUMBER(mprotect, page, 4096, PROT_NONE);
	NUMBER(madvise, page, 4096, MADV_DONTNEED);
	NUMBER(msync, page, 4096, MS_SYNC);
	NUMBER(mremap, page, 8192, 4096, 0);
	NUMBER(mremap, page, 4096, 8192, MREMAP_MAYMOVE);
	NUMBER(munmap, page, 4096);
	NUMBER(brk, 0);
	NUMBER(mlock, bytes, 4096);
	uint32_t word = 1;
	struct timespec soon = { .tv_nsec = 1000 };
	NUMBER(futex, &word, FUTEX_WAKE_PRIVATE, 1);
	NUMBER(futex, &word, FUTEX_WAIT, 2, NULL);
	NUMBER(futex, &word, FUTEX_WAIT_PRIVATE, 1, &soon);
	NUMBER(futex, &word, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 1, &soon, NULL,
	       FUTEX_BITSET_MATCH_ANY);
	NUMBER(futex, &word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 3);
	NUMBER(futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, &word, 1);
	NUMBER(getrandom, bytes, 0, GRND_NONBLOCK);
	NUMBER(arch_prctl, 0x1003 /* ARCH_GET_FS */, bytes);
	NUMBER(prctl, PR_SET_NAME, "told");
	NUMBER(prctl, PR_GET_NAME, bytes);
	NUMBER(prctl, PR_SET_PDEATHSIG, SIGTERM);
	NUMBER(prctl, PR_GET_DUMPABLE);
	NUMBER(prctl, PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
	NUMBER(set_robust_list, bytes, 24);
	NUMBER(rseq, BAD, 32, 0, 0x53053053);
}
