/* SPDX-License-Identifier: MIT
 *
 * Times and size as fstat tells them again and again, while reads, writes and other calls change them between: mtime and ctime
 * with each write, atime by the relatime rule, nothing by O_NOATIME; mode, links, owner at once.
 */
#include "contract.h"
#include <sys/mount.h>

static int fd;

static int order(const struct timespec *one, const struct timespec *other)
{
	if (one->tv_sec != other->tv_sec)
		return one->tv_sec < other->tv_sec ? -1 : 1;
	return one->tv_nsec < other->tv_nsec ? -1 : one->tv_nsec > other->tv_nsec;
}

/* Clocks of files may stand still for a tick. */
static void tick(void)
{
	sleep_ms(25);
}

static struct stat status_of(void)
{
	struct stat status, again;
	MUST(fstat(fd, &status));
	MUST(fstat(fd, &again));
	if (memcmp(&status, &again, sizeof(status)))
		say("two of fstat differ\n");
	MUST(stat("file", &again));
	if (memcmp(&status, &again, sizeof(status)))
		say("fstat and stat differ\n");
	return status;
}

static struct stat show_changes(const char *what, const struct stat *before)
{
	struct stat now = status_of();
	say("%s: size %lld, atime %d, mtime %d, ctime %d, mode %o, links %d, mtime is ctime %d\n", what,
	    (long long)now.st_size, order(&now.st_atim, &before->st_atim),
	    order(&now.st_mtim, &before->st_mtim), order(&now.st_ctim, &before->st_ctim), now.st_mode & 07777,
	    (int)now.st_nlink, !order(&now.st_mtim, &now.st_ctim));
	tick();
	return now;
}

static void read_some(void)
{
	char bytes[4];
	MUST(pread(fd, bytes, 4, 0));
}

static void times_set(void)
{
	const struct timespec old[2] = { { 1000, 5 }, { 2000, 6 } };
	MUST(futimens(fd, old));
	struct stat status = status_of();
	SHOW(status.st_atim.tv_sec);
	SHOW(status.st_mtim.tv_nsec);
}

static void no_access_time(void)
{
	struct stat status = status_of();
	MUST(pwrite(fd, "data", 4, 0));
	tick();
	status = show_changes("written", &status);
	MUST(fcntl(fd, F_SETFL, O_NOATIME));
	read_some();
	status = show_changes("read with O_NOATIME", &status);
	MUST(fcntl(fd, F_SETFL, 0));
	read_some();
	show_changes("read without", &status);
}

int main(void)
{
	fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	MUST(write(fd, "content", 7));
	tick();
	struct stat status = status_of();
	read_some();
	status = show_changes("first read", &status);
	read_some();
	status = show_changes("second read", &status);
	MUST(write(fd, "more", 4));
	status = show_changes("write", &status);
	read_some();
	status = show_changes("read behind it", &status);
	MUST(pread(fd, NULL, 0, 0));
	MUST(pread(fd, &status, 10, 5000));
	status = show_changes("read at the end", &status);
	MUST(fchmod(fd, 0640));
	status = show_changes("mode", &status);
	MUST(link("file", "other"));
	status = show_changes("link", &status);
	MUST(unlink("other"));
	status = show_changes("unlink", &status);
	MUST(ftruncate(fd, 3));
	status = show_changes("truncate", &status);
	times_set();
	status = status_of();
	read_some();
	status = show_changes("read with old times", &status);
	no_access_time();
	MUST(fchown(fd, 7, 8));
	status = status_of();
	SHOW(status.st_uid * 100 + status.st_gid);
	MUST(pwrite(fd, "x", 1, 100000));
	status = status_of();
	SHOW(status.st_size);
	IS(status.st_blocks >= 8);
	return 0;
}
