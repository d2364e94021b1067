/* SPDX-License-Identifier: MIT
 *
 * socket(2), bind(2), connect(2) errors of the unix domain and of families, types and protocols that do not exist.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/un.h>

static long bind_to(int fd, const char *path, socklen_t length)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strcpy(address.sun_path, path);
	return bind(fd, (struct sockaddr *)&address, length ? length : (socklen_t)sizeof(address));
}

static long connect_to(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strcpy(address.sun_path, path);
	return connect(fd, (struct sockaddr *)&address, sizeof(address));
}

int main(void)
{
	int pair[2];
	CALL(socket(99, SOCK_STREAM, 0));
	CALL(socket(-1, SOCK_STREAM, 0));
	CALL(socket(AF_UNIX, 99, 0));
	CALL(socket(AF_UNIX, 0, 0));
	CALL(socket(AF_UNIX, SOCK_STREAM, 99));
	CALL(socket(AF_UNIX, SOCK_STREAM, AF_UNIX));
	CALL(socket(AF_UNIX, SOCK_RAW, 0));
	CALL(socketpair(AF_UNIX, SOCK_STREAM, 99, pair));
	CALL(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, 8L));
	int stream = (int)CALL(socket(AF_UNIX, SOCK_STREAM, 0)),
	    other = (int)CALL(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(listen(stream, 1));
	CALL(connect_to(stream, "none"));
	write_file("file", "x");
	CALL(connect_to(stream, "file"));
	CALL(bind_to(stream, "file", 0));
	CALL(bind_to(stream, "none/x", 0));
	CALL(bind_to(stream, "socket", 0));
	CALL(bind_to(stream, "again", 0));
	CALL(bind_to(other, "socket", 0));
	CALL(connect_to(other, "socket"));
	int datagram = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	CALL(listen(datagram, 1));
	CALL(connect_to(datagram, "socket"));
	MUST(listen(stream, 1));
	CALL(connect_to(other, "socket"));
	CALL(connect_to(other, "socket"));
	CALL(connect_to(stream, "socket"));
	CALL(bind(datagram, (struct sockaddr *)&(struct sockaddr_un){ .sun_family = 77 },
		  sizeof(struct sockaddr_un)));
	CALL(bind_to(datagram, "x", 1));
	CALL(bind_to(datagram, "x", 500));
	CALL(bind_to(99, "x", 0));
	CALL(bind_to(0, "x", 0));
	CALL(bind(datagram, (struct sockaddr *)8, 20));
	char byte;
	CALL(read(stream, &byte, 1));
	CALL(write((int)MUST(socket(AF_UNIX, SOCK_SEQPACKET, 0)), "x", 1));
	CALL(lseek(stream, 0, SEEK_SET));
	CALL(open("socket", O_RDONLY));
	MUST(unlink("socket"));
	CALL(connect_to((int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)), "socket"));
	return 0;
}
