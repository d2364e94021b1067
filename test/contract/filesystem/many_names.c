/* SPDX-License-Identifier: MIT
 *
 * Names made and removed in quick succession, in new directories, more than any batch holds: listings, counts, links and sizes
 * are right at every point, open files outlive their names, limits of a file system hold to the last inode, and a directory
 * that is removed while others make names in it is either full or gone.
 */
#include "contract.h"

#include <dirent.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

#define MANY 700

static int listed(const char *path)
{
	DIR *directory = opendir(path);
	int count = 0;
	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count - 2;
}

static struct stat stat_of(const char *path)
{
	struct stat st = { 0 };
	MUST(stat(path, &st));
	return st;
}

static int make(const char *directory, int number)
{
	char name[64];
	snprintf(name, sizeof(name), "%s/f%d", directory, number);
	int fd = open(name, O_CREAT | O_EXCL | O_RDWR, 0640);
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : -1;
}

static int drop(const char *directory, int number)
{
	char name[64];
	snprintf(name, sizeof(name), "%s/f%d", directory, number);
	return unlink(name);
}

static void make_and_drop(void)
{
	int failed = 0;
	MUST(mkdir("d", 0755));
	for (int i = 0; i < MANY; i++)
		failed += make("d", i) != 0;
	SHOW(failed);
	SHOW(listed("d"));
	IS(stat_of("d").st_size == (MANY + 2) * 20);
	CALL(make("d", 3));
	CALL(rmdir("d"));
	for (int i = 0; i < MANY; i += 2)
		failed += drop("d", i) != 0;
	SHOW(failed);
	SHOW(listed("d"));
	CALL(drop("d", 0));
	CALL(access("d/f1", F_OK));
	CALL(access("d/f2", F_OK));
	for (int i = 0; i < MANY; i += 2)
		failed += make("d", i) != 0;
	SHOW(listed("d"));
	for (int i = 0; i < MANY; i++)
		failed += drop("d", i) != 0;
	SHOW(failed);
	SHOW(listed("d"));
	IS(stat_of("d").st_size == 40);
	CALL(rmdir("d"));
	CALL(make("d", 0));
}

/* A name just made is written, linked, moved, replaced and removed while open. */
static void mixed(void)
{
	char text[16] = { 0 };
	MUST(mkdir("m", 0755));
	MUST(make("m", 1));
	write_file("m/f1", "one");
	MUST(make("m", 2));
	CALL(link("m/f2", "m/g2"));
	SHOW(stat_of("m/f2").st_nlink);
	CALL(drop("m", 2));
	SHOW(stat_of("m/g2").st_nlink);
	IS(stat_of("m/g2").st_ino != stat_of("m/f1").st_ino);
	CALL(make("m", 2));
	CALL(rename("m/f2", "m/f1"));
	SHOW(stat_of("m/f1").st_size);
	SHOW(listed("m"));
	int fd = (int)MUST(open("m/k", O_CREAT | O_EXCL | O_RDWR, 0600));
	CALL(unlink("m/k"));
	CALL(write(fd, "kept", 4));
	CALL(pread(fd, text, 4, 0));
	TEXT(text);
	CALL(open("m/k", O_RDONLY));
	close(fd);
	MUST(mkdir("m/sub", 0755) | make("m/sub", 1));
	CALL(rename("m/sub", "m/moved"));
	CALL(make("m/moved", 2));
	CALL(make("m/moved", 1));
	SHOW(listed("m/moved"));
	CALL(symlink("f1", "m/moved/f3"));
	CALL(make("m/moved", 3));
	CALL(drop("m/moved", 3));
	CALL(make("m/moved", 3));
	int at = (int)MUST(open("m/moved", O_RDONLY | O_DIRECTORY));
	MUST(drop("m/moved", 1) | drop("m/moved", 2) | drop("m/moved", 3));
	CALL(rmdir("m/moved"));
	CALL(openat(at, "late", O_CREAT | O_WRONLY, 0600));
	close(at);
	struct stat st = stat_of("m");
	IS(st.st_mtime == st.st_ctime && st.st_size == (2 + listed("m")) * 20);
}

/* A file system that is mounted twice: names made on one side are there on the other. */
static void twice(void)
{
	MUST(mkdir("v", 0755) | mkdir("w", 0755));
	MUST(mount("none", "v", "devtmpfs", 0, "") | mount("none", "w", "devtmpfs", 0, ""));
	MUST(mkdir("v/twice", 0755));
	CALL(make("v/twice", 1));
	CALL(access("w/twice/f1", F_OK));
	CALL(make("w/twice", 2));
	CALL(make("v/twice", 2));
	CALL(make("v/twice", 3));
	CALL(drop("w/twice", 3));
	CALL(make("v/twice", 4));
	SHOW(listed("w/twice"));
	CALL(drop("w/twice", 1));
	CALL(drop("w/twice", 2));
	CALL(drop("w/twice", 4));
	CALL(rmdir("w/twice"));
	MUST(umount("v") | umount("w"));
}

static unsigned long used(const char *path)
{
	struct statvfs status;
	MUST(statvfs(path, &status));
	return (unsigned long)(status.f_files - status.f_ffree);
}

static void limits(void)
{
	int made = 0;
	MUST(mkdir("t", 0755));
	MUST(mount("none", "t", "tmpfs", 0, "nr_inodes=50,size=1m"));
	MUST(mkdir("t/d", 0755));
	SHOW(used("t"));
	MUST(make("t/d", 1000));
	SHOW(used("t"));
	while (make("t/d", made) == 0)
		made++;
	say("no more: %s\n", errno_name(errno));
	SHOW(made);
	SHOW(used("t"));
	CALL(mkdir("t/e", 0755));
	CALL(drop("t/d", 7));
	SHOW(used("t"));
	CALL(symlink("x", "t/d/s"));
	CALL(make("t/d", 7));
	CALL(unlink("t/d/s"));
	CALL(mkdir("t/e", 0755));
	CALL(rmdir("t/e"));
	CALL(link("t/d/f1", "t/d/l"));
	CALL(make("t/d", 7));
	SHOW(listed("t/d"));
	SHOW(used("t"));
	CALL(umount("t"));
}

static int maker(void *unused)
{
	(void)unused;
	for (int i = 0; i < 3000; i++) {
		int fd = open("race/x", O_CREAT | O_EXCL | O_WRONLY, 0600);
		if (fd < 0 && errno != ENOENT)
			return 1;
		if (fd >= 0 && (close(fd) || unlink("race/x")))
			return 2;
	}
	return 0;
}

/* Whoever makes a name finds it again, since nobody but its maker removes it. */
static void race(void)
{
	int wrong = 0;
	pid_t child = start(maker, NULL);
	for (int i = 0; i < 3000; i++) {
		if (mkdir("race", 0755) && errno != EEXIST)
			wrong++;
		if (rmdir("race") && errno != ENOTEMPTY && errno != ENOENT)
			wrong++;
		if (i % 16 == 0)
			sched_yield();
	}
	MUST(mkdir("race", 0755) == 0 || errno == EEXIST ? 0 : -1);
	reap("maker", child);
	SHOW(wrong);
	SHOW(listed("race"));
	CALL(rmdir("race"));
}

int main(void)
{
	MUST(mkdir("tmp", 0755));
	MUST(mount("none", "tmp", "tmpfs", 0, ""));
	MUST(chdir("tmp"));
	make_and_drop();
	mixed();
	limits();
	twice();
	race();
	return 0;
}
