/* SPDX-License-Identifier: MIT
 *
 * chmod(2), chown(2), lchown(2): modes and owners are reflected, chown clears set-id bits of files, follows links,
 * lchown does not; a normal owner may not give files away and loses the set-group-ID bit of a foreign group.
 */
#include "contract.h"

static void show_file(const char *path)
{
	struct stat status;
	MUST(lstat(path, &status));
	say("%s: 0%o %u:%u\n", path, status.st_mode, status.st_uid, status.st_gid);
}

static int owner(void *unused)
{
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	CALL(chmod("file", 0700));
	CALL(chmod("others", 0777));
	CALL(chown("file", 1001, (gid_t)-1));
	CALL(chown("file", (uid_t)-1, 1001));
	CALL(chown("file", 1000, 1000));
	CALL(chmod("file", 02755));
	show_file("file");
	CALL(chmod("foreign-group", 02755));
	show_file("foreign-group");
	return 0;
}

int main(void)
{
	write_file("file", "x");
	write_file("others", "x");
	write_file("foreign-group", "x");
	MUST(symlink("file", "link"));
	MUST(mkdir("directory", 0755));
	MUST(chmod(".", 0755));
	CALL(chmod("file", 0755));
	show_file("file");
	CALL(chmod("link", 0600));
	show_file("file");
	CALL(chmod("file", 07777));
	show_file("file");
	CALL(chown("file", 5, 6));
	show_file("file");
	MUST(chmod("file", 06755));
	CALL(chown("link", 7, (gid_t)-1));
	show_file("file");
	MUST(chmod("file", 02745));
	CALL(chown("file", (uid_t)-1, (gid_t)-1));
	show_file("file");
	CALL(lchown("link", 8, 9));
	show_file("link");
	MUST(chmod("directory", 07755));
	CALL(chown("directory", 5, 6));
	show_file("directory");
	CALL(chmod("none", 0600));
	CALL(chown("file/x", 0, 0));
	CALL(chmod("file", 0177777));
	show_file("file");
	MUST(chown("file", 1000, 1000));
	MUST(chown("foreign-group", 1000, 77));
	run_child("owner", owner, NULL);
	int fd = (int)MUST(open("file", O_WRONLY));
	MUST(chmod("file", 04755));
	MUST(write(fd, "x", 1));
	show_file("file");
	return 0;
}
