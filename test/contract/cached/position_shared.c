/* SPDX-License-Identifier: MIT
 *
 * One open file behind several numbers and processes: position and status flags are one, whoever changes them; another open of
 * the same file has its own.
 */
#include "contract.h"
#include <sys/uio.h>

static int fd;

static int child(void *unused)
{
	char bytes[4];
	(void)unused;
	SHOW(lseek(fd, 0, SEEK_CUR));
	MUST(read(fd, bytes, 4));
	show_bytes("child read", bytes, 4);
	MUST(fcntl(fd, F_SETFL, O_APPEND));
	return 0;
}

int main(void)
{
	char bytes[32];
	struct iovec parts[3] = { { bytes, 2 }, { NULL, 0 }, { bytes + 2, 3 } };
	write_file("file", "0123456789");
	fd = (int)MUST(open("file", O_RDWR));
	int copy = (int)MUST(dup(fd)), other = (int)MUST(open("file", O_RDWR));
	CALL(read(fd, bytes, 2));
	CALL(read(copy, bytes, 2));
	show_bytes("copy", bytes, 2);
	CALL(read(other, bytes, 2));
	show_bytes("other", bytes, 2);
	SHOW(lseek(copy, 1, SEEK_CUR));
	run_child("child", child, NULL);
	SHOW(lseek(copy, 0, SEEK_CUR));
	CALL(write(copy, "end", 3));
	SHOW(lseek(fd, 0, SEEK_CUR));
	CALL(pwrite(fd, "more", 4, 0));
	SHOW(lseek(fd, 0, SEEK_END));
	MUST(fcntl(copy, F_SETFL, 0));
	CALL(pwrite(fd, "new", 3, 0));
	SHOW(lseek(fd, 0, SEEK_END));
	CALL(lseek(fd, -1, SEEK_SET));
	CALL(lseek(fd, -100, SEEK_END));
	CALL(lseek(fd, 5, 9));
	CALL(lseek(fd, 1, SEEK_SET));
	CALL(readv(copy, parts, 3));
	show_bytes("parts", bytes, 5);
	CALL(preadv(fd, parts, 3, 3));
	show_bytes("parts at 3", bytes, 5);
	CALL(pwritev(fd, parts, 3, 0));
	CALL(pread(fd, bytes, sizeof(bytes), 0));
	show_bytes("all", bytes, 17);
	CALL(pread(fd, bytes, 4, -1));
	CALL(pread(fd, (void *)8, 4, 0));
	CALL(pwrite(fd, (void *)8, 4, 0));
	CALL(read(fd, bytes, 0));
	CALL(read((int)MUST(open("file", O_WRONLY)), bytes, 1));
	CALL(write((int)MUST(open("file", O_RDONLY)), bytes, 1));
	SHOW(lseek(copy, 0, SEEK_CUR));
	return 0;
}
