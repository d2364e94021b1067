/* SPDX-License-Identifier: MIT
 *
 * preadv(2), pwritev(2), preadv2(2): vectors at offsets, the position stays, -1 means the position, flags; bad
 * vectors are refused before anything moves.
 */
#include "contract.h"

#include <sys/uio.h>

enum { NOWAIT = 8, APPEND = 16 };

static long preadv2_call(int fd, const struct iovec *vector, int count, long offset, int flags)
{
	return syscall(SYS_preadv2, fd, vector, count, offset, 0L, flags);
}

static long pwritev2_call(int fd, const struct iovec *vector, int count, long offset, int flags)
{
	return syscall(SYS_pwritev2, fd, vector, count, offset, 0L, flags);
}

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
	char one[8] = { 0 }, two[8] = { 0 }, text[32];
	struct iovec out[3] = { { "abc", 3 }, { "", 0 }, { "defg", 4 } }, in[2] = { { one, 2 }, { two, 7 } };
	CALL(pwritev(fd, out, 3, 4));
	CALL(lseek(fd, 0, SEEK_CUR));
	show_bytes("all", text, pread(fd, text, sizeof(text), 0));
	CALL(preadv(fd, in, 2, 5));
	show_bytes("one", one, 2);
	show_bytes("two", two, 4);
	CALL(preadv(fd, in, 2, 100));
	CALL(preadv(fd, in, 0, 0));
	CALL(preadv(fd, in, -1, 0));
	CALL(preadv(fd, in, 1025, 0));
	CALL(preadv(fd, in, 2, -1));
	CALL(preadv(fd, (struct iovec *)8, 1, 0));
	struct iovec bad[2] = { { one, 2 }, { (char *)8, 3 } }, negative = { one, (size_t)-1 };
	CALL(preadv(fd, bad, 2, 4));
	CALL(preadv(fd, &negative, 1, 0));
	MUST(lseek(fd, 4, SEEK_SET));
	CALL(preadv2_call(fd, in, 1, -1, 0));
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(preadv2_call(fd, in, 1, 4, NOWAIT));
	CALL(preadv2_call(fd, in, 1, 4, 0x100));
	CALL(preadv2_call(fd, in, 1, -2, 0));
	CALL(pwritev2_call(fd, out, 1, 0, APPEND));
	show_bytes("all", text, pread(fd, text, sizeof(text), 0));
	MUST(pipe(ends));
	CALL(pwritev(ends[1], out, 3, 0));
	CALL(pwritev2_call(ends[1], out, 3, -1, 0));
	CALL(preadv2_call(ends[0], in, 2, -1, 0));
	return 0;
}
