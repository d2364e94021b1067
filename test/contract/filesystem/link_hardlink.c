/* SPDX-License-Identifier: MIT
 *
 * link(2): one inode under two names, counts, contents survive the first name's unlink, an open file survives all;
 * not for directories or existing names; an unlinked file comes back by its descriptor (O_TMPFILE).
 */
#include "contract.h"

static void show_links(const char *path)
{
	struct stat status;
	MUST(stat(path, &status));
	say("%s: links %ld size %ld\n", path, (long)status.st_nlink, (long)status.st_size);
}

int main(void)
{
	struct stat one, two;
	char text[32], path[64];
	write_file("one", "content");
	CALL(link("one", "two"));
	MUST(stat("one", &one));
	MUST(stat("two", &two));
	IS(one.st_ino == two.st_ino && one.st_dev == two.st_dev);
	show_links("one");
	int fd = (int)MUST(open("two", O_WRONLY | O_APPEND));
	MUST(write(fd, "+more", 5));
	show_links("one");
	CALL(unlink("one"));
	show_links("two");
	read_file("two", text, sizeof(text));
	TEXT(text);
	CALL(unlink("two"));
	MUST(fstat(fd, &one));
	SHOW(one.st_nlink);
	CALL(write(fd, "!", 1));
	MUST(mkdir("directory", 0755));
	MUST(stat("directory", &one));
	SHOW(one.st_nlink);
	MUST(mkdir("directory/sub", 0755));
	MUST(stat("directory", &one));
	SHOW(one.st_nlink);
	CALL(link("directory", "other"));
	write_file("three", "3");
	write_file("four", "4");
	CALL(link("three", "four"));
	CALL(link("none", "five"));
	CALL(link("three", "none/five"));
	CALL(link("three", "/proc/x"));
	MUST(symlink("three", "soft"));
	CALL(link("soft", "hard-to-soft"));
	MUST(lstat("hard-to-soft", &one));
	IS(S_ISLNK(one.st_mode));
	fd = (int)CALL(open(".", O_TMPFILE | O_RDWR, 0600));
	MUST(write(fd, "temporary", 9));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CALL(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	show_links("named");
	return 0;
}
