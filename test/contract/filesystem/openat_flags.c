/* SPDX-License-Identifier: MIT
 *
 * open(2): what each flag does: CREAT, EXCL (also on links), TRUNC, APPEND from two descriptors, DIRECTORY,
 * NOFOLLOW, PATH, access modes, and the errors of wrong combinations and paths.
 */
#include "contract.h"

static void size_of(const char *path)
{
	struct stat status;
	MUST(stat(path, &status));
	say("%s: size %ld\n", path, (long)status.st_size);
}

static void paths(void)
{
	char longest[5000];
	memset(longest, 'p', sizeof(longest));
	longest[4999] = 0;
	CALL(open(longest, O_RDONLY));
	longest[256] = 0;
	CALL(open(longest, O_RDONLY));
	CALL(open("", O_RDONLY));
	CALL(open("file/", O_RDONLY));
	CALL(open("none/", O_WRONLY | O_CREAT, 0600));
	CALL(open("directory/", O_RDONLY));
	CALL(open((char *)8, O_RDONLY));
	MUST(symlink("loop-b", "loop-a"));
	MUST(symlink("loop-a", "loop-b"));
	CALL(open("loop-a", O_RDONLY));
	CALL(open("loop-a/x", O_RDONLY));
}

int main(void)
{
	char text[32];
	int fd = (int)CALL(open("file", O_RDWR | O_CREAT | O_EXCL, 0600));
	CALL(open("file", O_RDWR | O_CREAT | O_EXCL, 0600));
	CALL(open("file", O_RDWR | O_CREAT, 0600));
	MUST(write(fd, "0123456789", 10));
	CALL(open("file", O_WRONLY | O_TRUNC));
	size_of("file");
	int one = (int)MUST(open("file", O_WRONLY | O_APPEND)),
	    two = (int)MUST(open("file", O_WRONLY | O_APPEND));
	MUST(write(one, "one", 3));
	MUST(write(two, "two", 3));
	MUST(lseek(one, 0, SEEK_SET));
	MUST(write(one, "three", 5));
	show_bytes("file", text, read_file("file", text, sizeof(text)));
	SHOW(lseek(one, 0, SEEK_CUR));
	MUST(mkdir("directory", 0755));
	CALL(open("directory", O_RDWR));
	CALL(open("directory", O_WRONLY | O_CREAT, 0600));
	CALL(open("directory", O_RDONLY | O_DIRECTORY));
	CALL(open("file", O_RDONLY | O_DIRECTORY));
	CALL(open("new", O_RDONLY | O_CREAT | O_DIRECTORY, 0600));
	MUST(symlink("file", "link"));
	MUST(symlink("target", "dangling"));
	CALL(open("link", O_RDONLY | O_NOFOLLOW));
	CALL(open("dangling", O_RDONLY));
	CALL(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600));
	CALL(open("dangling", O_WRONLY | O_CREAT, 0600));
	CALL(access("target", F_OK));
	fd = (int)CALL(open("link", O_PATH | O_NOFOLLOW));
	show_bytes("readlinkat", text, readlinkat(fd, "", text, sizeof(text)));
	fd = (int)MUST(open("file", O_RDONLY));
	CALL(write(fd, "x", 1));
	CALL(read(one, text, 1));
	CALL(open("/proc/version", O_WRONLY | O_CREAT | O_EXCL, 0600));
	fd = (int)MUST(open("file", O_RDONLY | O_TRUNC));
	size_of("file");
	CALL(open("file", O_ACCMODE));
	paths();
	return 0;
}
