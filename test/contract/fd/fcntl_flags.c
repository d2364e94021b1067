/* SPDX-License-Identifier: MIT
 *
 * fcntl(2): descriptor flags, status flags (only some can be set), F_DUPFD with a minimum, pipe sizes, owner,
 * and errors; an O_PATH descriptor knows few of them.
 */
#include "contract.h"

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_APPEND, 0600)), ends[2];
	SHOW(fcntl(fd, F_GETFD));
	CALL(fcntl(fd, F_SETFD, FD_CLOEXEC));
	SHOW(fcntl(fd, F_GETFD));
	CALL(fcntl(fd, F_SETFD, 0xfe));
	SHOW(fcntl(fd, F_GETFD));
	HEX(fcntl(fd, F_GETFL));
	CALL(fcntl(fd, F_SETFL, O_NONBLOCK | O_WRONLY | O_CREAT | O_TRUNC));
	HEX(fcntl(fd, F_GETFL));
	CALL(fcntl(fd, F_DUPFD, 10));
	CALL(fcntl(fd, F_DUPFD, 10));
	CALL(fcntl(fd, F_DUPFD_CLOEXEC, 5));
	SHOW(fcntl(5, F_GETFD));
	CALL(fcntl(fd, F_DUPFD, -1));
	CALL(fcntl(fd, F_DUPFD, 1 << 20));
	CALL(fcntl(99, F_GETFD));
	CALL(fcntl(fd, 9999, 0));
	MUST(pipe2(ends, O_NONBLOCK | O_CLOEXEC));
	HEX(fcntl(ends[0], F_GETFL));
	HEX(fcntl(ends[1], F_GETFL));
	SHOW(fcntl(ends[0], F_GETPIPE_SZ));
	CALL(fcntl(ends[0], F_SETPIPE_SZ, 5000));
	SHOW(fcntl(ends[1], F_GETPIPE_SZ));
	CALL(fcntl(fd, F_GETPIPE_SZ));
	int null = (int)MUST(open("/dev/null", O_RDONLY));
	HEX(fcntl(null, F_GETFL));
	int path = (int)MUST(open("file", O_PATH));
	HEX(fcntl(path, F_GETFL));
	CALL(fcntl(path, F_SETFL, O_NONBLOCK));
	CALL(fcntl(path, F_GETFD));
	char byte;
	CALL(read(path, &byte, 1));
	CALL(syscall(SYS_fchmod, path, 0600));
	CALL(fcntl(ends[0], F_SETOWN, getpid()));
	IS(fcntl(ends[0], F_GETOWN) == getpid());
	int directory = (int)MUST(open(".", O_RDONLY | O_DIRECTORY));
	HEX(fcntl(directory, F_GETFL));
	return 0;
}
