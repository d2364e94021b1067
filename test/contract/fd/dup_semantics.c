/* SPDX-License-Identifier: MIT
 *
 * dup(2): the lowest free number, one shared offset and status flags, own close-on-exec flag; dup2 replaces and
 * returns the same number for equal ones; dup3's errors; the last close counts.
 */
#include "contract.h"

int main(void)
{
	write_file("file", "0123456789");
	int fd = (int)CALL(open("file", O_RDWR | O_CLOEXEC));
	SHOW(dup(fd));
	SHOW(fcntl(4, F_GETFD) * 10 + fcntl(3, F_GETFD));
	MUST(lseek(4, 6, SEEK_SET));
	SHOW(lseek(3, 0, SEEK_CUR));
	MUST(fcntl(3, F_SETFL, O_APPEND | O_NONBLOCK));
	SHOW((fcntl(4, F_GETFL) & (O_APPEND | O_NONBLOCK)) == (O_APPEND | O_NONBLOCK));
	MUST(close(3));
	SHOW(dup(4));
	SHOW(fcntl(3, F_GETFD));
	CALL(dup2(4, 10));
	CALL(dup2(4, 4));
	CALL(dup2(4, 3));
	CALL(dup2(20, 20));
	CALL(dup2(20, 3));
	CALL(dup2(4, -1));
	CALL(dup2(4, 1 << 20));
	CALL(dup(99));
	CALL(dup3(4, 11, O_CLOEXEC));
	SHOW(fcntl(11, F_GETFD));
	CALL(dup3(4, 4, 0));
	CALL(dup3(4, 12, O_NONBLOCK));
	CALL(dup2(4, 11));
	SHOW(fcntl(11, F_GETFD));
	int ends[2];
	MUST(pipe(ends));
	SHOW(ends[0] * 100 + ends[1]);
	int copy = (int)MUST(dup(ends[1]));
	MUST(close(ends[1]));
	MUST(write(copy, "x", 1));
	char byte;
	CALL(read(ends[0], &byte, 1));
	CALL(dup2(0, copy));
	CALL(read(ends[0], &byte, 1));
	return 0;
}
