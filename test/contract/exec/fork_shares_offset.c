/* SPDX-License-Identifier: MIT
 *
 * fork(2), open(2): parent and child share file offset and status flags; each closes on its own; what both write
 * through one open file follows one another without gaps, also at the same time.
 */
#include "../contract.h"

enum { LINES = 500 };

static int writes_and_seeks(void *fd)
{
	MUST(write(*(int *)fd, "child", 5));
	MUST(lseek(*(int *)fd, 2, SEEK_CUR));
	MUST(fcntl(*(int *)fd, F_SETFL, O_APPEND));
	MUST(close(*(int *)fd));
	return 0;
}

static int writes_many(void *fd)
{
	for (int i = 0; i < LINES; i++)
		MUST(write(*(int *)fd, "bbbbbbb\n", 8));
	return 0;
}

int main(void)
{
	char text[16 * LINES + 16];
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), whole = 0;
	MUST(write(fd, "parent", 6));
	run_child("child", writes_and_seeks, &fd);
	SHOW(lseek(fd, 0, SEEK_CUR));
	SHOW((fcntl(fd, F_GETFL) & O_APPEND) != 0);
	MUST(write(fd, "end", 3));
	show_bytes("file", text, pread(fd, text, 64, 0));
	MUST(ftruncate(fd, 0));
	MUST(fcntl(fd, F_SETFL, 0));
	MUST(lseek(fd, 0, SEEK_SET));
	pid_t child = start(writes_many, &fd);
	for (int i = 0; i < LINES; i++)
		MUST(write(fd, "aaaaaaa\n", 8));
	reap("writer", child);
	long count = pread(fd, text, sizeof(text), 0);
	for (long i = 0; i + 8 <= count; i += 8)
		whole += memcmp(text + i, "aaaaaaa\n", 8) == 0 || memcmp(text + i, "bbbbbbb\n", 8) == 0;
	say("%ld bytes, %d whole lines\n", count, whole);
	return 0;
}
