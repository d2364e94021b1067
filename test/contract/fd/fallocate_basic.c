/* SPDX-License-Identifier: MIT
 *
 * fallocate(2) on tmpfs: mode 0 extends with zeros, KEEP_SIZE does not, PUNCH_HOLE zeroes and frees, other modes
 * and bad ranges are refused; the allocation shows in st_blocks.
 */
#include "contract.h"

enum { KEEP_SIZE = 1, PUNCH_HOLE = 2, COLLAPSE = 8, ZERO_RANGE = 16 };

static void show_size(int fd)
{
	struct stat status;
	MUST(fstat(fd, &status));
	say("size %ld, blocks %ld\n", (long)status.st_size, (long)status.st_blocks);
}

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
	char text[32];
	MUST(write(fd, "begin", 5));
	CALL(fallocate(fd, 0, 0, 10));
	show_size(fd);
	show_bytes("contents", text, pread(fd, text, sizeof(text), 0));
	CALL(fallocate(fd, 0, 8192, 4096));
	show_size(fd);
	CALL(fallocate(fd, KEEP_SIZE, 16384, 8192));
	show_size(fd);
	CALL(fallocate(fd, 0, 0, 5));
	show_size(fd);
	MUST(pwrite(fd, "abcdefgh", 8, 8192));
	CALL(fallocate(fd, PUNCH_HOLE | KEEP_SIZE, 8194, 3));
	show_bytes("punched", text, pread(fd, text, 8, 8192));
	CALL(fallocate(fd, PUNCH_HOLE | KEEP_SIZE, 8192, 4096));
	show_bytes("punched page", text, pread(fd, text, 8, 8192));
	show_size(fd);
	CALL(fallocate(fd, PUNCH_HOLE, 0, 4096));
	CALL(fallocate(fd, COLLAPSE, 0, 4096));
	CALL(fallocate(fd, ZERO_RANGE, 0, 4096));
	CALL(fallocate(fd, 0x1000, 0, 4096));
	CALL(fallocate(fd, 0, -1, 4096));
	CALL(fallocate(fd, 0, 0, 0));
	CALL(fallocate(fd, 0, 0x7fffffffffffffff, 10));
	CALL(fallocate(99, 0, 0, 10));
	CALL(fallocate((int)MUST(open("file", O_RDONLY)), 0, 0, 10));
	MUST(pipe(ends));
	CALL(fallocate(ends[1], 0, 0, 10));
	CALL(fallocate((int)MUST(open("/dev/null", O_RDWR)), 0, 0, 10));
	CALL(posix_fallocate(fd, 0, 20));
	show_size(fd);
	return 0;
}
