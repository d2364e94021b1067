/* SPDX-License-Identifier: MIT */
/*
 * Asks for things that this system does not have, and makes mistakes that Linux refuses too.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NO_COMMAND 0x89ff
#define NO_OPTION 250
#define CRYPTO_FAMILY 38
#define NO_FAMILY 200
#define NO_PRCTL 9999

int main(void)
{
	int one = 1, sockets[2];
	struct termios *none = NULL;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		return 1;
	(void)syscall(SYS_userfaultfd, 0);
	(void)setsockopt(sockets[0], SOL_SOCKET, NO_OPTION, &one, sizeof(one));
	(void)prctl(PR_SET_SPECULATION_CTRL, 0, 0, 0, 0);
	(void)prctl(NO_PRCTL, 0, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, NO_OPTION, 0, 0, 0);
	(void)socket(NO_FAMILY, SOCK_STREAM, 0);
	(void)socket(CRYPTO_FAMILY, SOCK_SEQPACKET, 0);
	(void)ioctl(sockets[0], NO_COMMAND, none);
	(void)ioctl(sockets[0], TIOCGWINSZ, none);
	(void)open("/no/such/file", O_RDONLY);
	(void)close(-1);
	return 0;
}
