/* SPDX-License-Identifier: MIT
 *
 * What a system may know about names without asking the file system, and must not get wrong: names made where others are
 * that nobody looked up, links that change, directories whose size, links and times follow each change, blocks after
 * writes, the same answers the second time.
 */
#include "contract.h"

#include <sys/mount.h>

static struct stat status_of(const char *name)
{
	struct stat status;
	MUST(lstat(name, &status));
	return status;
}

static void show_directory(const char *name)
{
	struct stat status = status_of(name);
	say("%s: %ld links, %ld bytes\n", name, (long)status.st_nlink, (long)status.st_size);
}

/* Names of the root file system that this boot has hardly looked at. */
static void made_where_something_is(void)
{
	CALL(open("/etc/hosts", O_CREAT | O_EXCL | O_WRONLY, 0600));
	CALL(mkdir("/etc/init.d", 0700));
	CALL(symlink("x", "/etc/fstab"));
	CALL(mknod("/etc/motd", S_IFREG | 0600, 0));
	CALL(link("/etc/passwd", "/etc/group"));
	CALL(mkdir("/etc/passwd/x", 0700));
	SHOW(open("/etc/profile", O_CREAT | O_RDONLY, 0600) >= 0);
}

static int without_rights(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	CALL(open("/etc/shells", O_CREAT | O_EXCL | O_WRONLY, 0600));
	CALL(open("/etc/not-there", O_CREAT | O_WRONLY, 0600));
	CALL(mkdir("/etc/not-there-either", 0700));
	CALL(mkdir("/etc/conf.d", 0700));
	CALL(access("/root/anything", F_OK));
	return 0;
}

static void dangling(void)
{
	MUST(symlink("target", "dangling"));
	MUST(unlink("dangling"));
	MUST(symlink("target", "dangling"));
	CALL(open("dangling", O_CREAT | O_EXCL | O_WRONLY, 0600));
	CALL(open("dangling", O_CREAT | O_NOFOLLOW | O_WRONLY, 0600));
	CALL(access("target", F_OK));
	SHOW(open("dangling", O_CREAT | O_WRONLY, 0600) >= 0);
	CALL(access("target", F_OK));
}

static void links_change(void)
{
	char text[16];
	struct stat status;
	MUST(mkdir("one", 0755));
	MUST(mkdir("two", 0755));
	MUST(mkdir("two/in-two", 0755));
	MUST(symlink("one", "way"));
	CALL(access("way/in-two", F_OK));
	CALL(access("way/in-two", F_OK));
	MUST(unlink("way"));
	MUST(symlink("two", "way"));
	CALL(access("way/in-two", F_OK));
	for (int i = 0; i < 2; i++) {
		CALL(readlink("way", text, 2));
		CALL(readlink("way", text, sizeof(text)));
		CALL(readlink("way/", text, sizeof(text)));
		CALL(lstat("way/", &status));
		SHOW(S_ISDIR(status.st_mode));
		CALL(stat("way/../target/", &status));
		CALL(stat("./way/.././/target", &status));
	}
	MUST(symlink("loop", "loop"));
	CALL(stat("loop", &status));
	CALL(stat("loop", &status));
	CALL(open("loop", O_CREAT | O_WRONLY, 0600));
}

static void directories_follow(void)
{
	struct stat before, after;
	MUST(mkdir("a", 0755));
	MUST(mkdir("b", 0755));
	show_directory("a");
	MUST(mkdir("a/child", 0755));
	MUST(close((int)MUST(open("b/file", O_CREAT | O_WRONLY, 0600))));
	MUST(link("b/file", "a/again"));
	MUST(symlink("x", "a/link"));
	show_directory("a");
	CALL(syscall(SYS_renameat2, AT_FDCWD, "a/child", AT_FDCWD, "b/file", 2));
	show_directory("a");
	show_directory("b");
	SHOW(status_of("a/child").st_nlink);
	CALL(rename("b/file", "a/moved"));
	show_directory("a");
	show_directory("b");
	MUST(mkdir("a/other", 0755));
	CALL(rename("a/moved", "a/other"));
	show_directory("a");
	before = status_of("a");
	MUST(usleep(20000));
	MUST(unlink("a/again"));
	after = status_of("a");
	IS(after.st_mtim.tv_sec > before.st_mtim.tv_sec || after.st_mtim.tv_nsec != before.st_mtim.tv_nsec);
	IS(after.st_mtim.tv_nsec == after.st_ctim.tv_nsec);
	MUST(unlink("a/child"));
	MUST(unlink("a/link"));
	CALL(rmdir("a"));
	MUST(rmdir("a/other"));
	show_directory("a");
	CALL(rmdir("a"));
	CALL(mkdir("a/again", 0755));
}

static void blocks_follow(void)
{
	char bytes[9000] = { 1 };
	int fd = (int)MUST(open("blocks", O_CREAT | O_RDWR | O_TRUNC, 0600));
	SHOW(status_of("blocks").st_blocks);
	CALL(read(fd, bytes, 10));
	CALL(pwrite(fd, bytes, 5, 0));
	SHOW(status_of("blocks").st_blocks);
	CALL(pwrite(fd, bytes, sizeof(bytes), 20000));
	SHOW(status_of("blocks").st_blocks);
	CALL(ftruncate(fd, 4097));
	SHOW(status_of("blocks").st_blocks);
	MUST(close(fd));
	fd = (int)MUST(open("blocks", O_RDWR | O_TRUNC));
	SHOW(status_of("blocks").st_blocks);
	SHOW(status_of("blocks").st_size);
	MUST(close((int)MUST(open("blocks", O_WRONLY | O_TRUNC))));
	SHOW(status_of("blocks").st_blocks);
}

/* Names that come and go while a listing with a small buffer is half way. */
static void list_while_changing(void)
{
	char name[32], buffer[128] __attribute__((aligned(8)));
	int fd, total = 0;
	MUST(mkdir("list", 0755));
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "list/name-%03d", i);
		MUST(close((int)MUST(open(name, O_CREAT | O_WRONLY, 0600))));
	}
	fd = (int)MUST(open("list", O_RDONLY));
	for (long count, round = 0; (count = MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)))) > 0;
	     round++) {
		for (long at = 0; at < count; at += *(unsigned short *)(buffer + at + 16))
			total++;
		if (round == 10) {
			for (int i = 0; i < 100; i++) {
				snprintf(name, sizeof(name), "list/name-%03d", i);
				MUST(unlink(name));
			}
			MUST(mkdir("list/late", 0755));
		}
	}
	SHOW(total);
	CALL(syscall(SYS_getdents64, fd, buffer, sizeof(buffer)));
	MUST(lseek(fd, 0, SEEK_SET));
	for (total = 0; MUST(syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0;)
		total++;
	IS(total > 100);
}

int main(void)
{
	MUST(mkdir("m", 0755));
	MUST(mount("none", "m", "tmpfs", 0, NULL));
	MUST(chdir("m"));
	umask(022);
	made_where_something_is();
	run_child("without rights", without_rights, NULL);
	dangling();
	links_change();
	directories_follow();
	blocks_follow();
	list_while_changing();
	return 0;
}
