/* SPDX-License-Identifier: MIT
 *
 * ioctl(2) on what is no terminal: ENOTTY, FIOCLEX and FIONCLEX set the descriptor flag, FIONBIO the status flag,
 * FIONREAD counts; unknown requests and bad pointers.
 */
#include "contract.h"

#include <sys/ioctl.h>
#include <termios.h>

int main(void)
{
	struct winsize size;
	struct termios terminal;
	int ends[2], count = -1, on = 1, off = 0;
	MUST(pipe(ends));
	write_file("file", "0123456789");
	int fd = (int)MUST(open("file", O_RDONLY)), null = (int)MUST(open("/dev/null", O_RDWR));
	CALL(ioctl(0, TIOCGWINSZ, &size));
	CALL(ioctl(fd, TCGETS, &terminal));
	CALL(ioctl(ends[0], TCGETS, &terminal));
	CALL(isatty(ends[0]));
	CALL(tcsetpgrp(null, getpgrp()));
	CALL(ioctl(fd, FIOCLEX));
	SHOW(fcntl(fd, F_GETFD));
	CALL(ioctl(fd, FIONCLEX));
	SHOW(fcntl(fd, F_GETFD));
	CALL(ioctl(ends[0], FIONBIO, &on));
	SHOW((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
	char byte;
	CALL(read(ends[0], &byte, 1));
	CALL(ioctl(ends[0], FIONBIO, &off));
	SHOW((fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
	MUST(write(ends[1], "12345", 5));
	CALL(ioctl(ends[0], FIONREAD, &count));
	SHOW(count);
	MUST(lseek(fd, 4, SEEK_SET));
	CALL(ioctl(fd, FIONREAD, &count));
	SHOW(count);
	CALL(ioctl(null, FIONREAD, &count));
	CALL(ioctl(fd, 0x12345678, 0));
	CALL(ioctl(99, FIOCLEX));
	CALL(ioctl(ends[0], FIONBIO, (int *)8));
	CALL(ioctl(ends[0], FIONREAD, (int *)8));
	return 0;
}
