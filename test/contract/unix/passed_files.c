/* SPDX-License-Identifier: MIT
 *
 * Descriptors in messages: several at once, close-on-exec as asked, too little room for them, the file position is one, and errors of
 * what is sent.
 */
#include <sys/socket.h>

#include "../contract.h"

enum { MOST = 8 };

static long give(int socket_fd, const int *fds, int count)
{
	char control[CMSG_SPACE(MOST * sizeof(int))] = { 0 };
	struct iovec vector = { (char *)"x", 1 };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control };
	struct cmsghdr *block = (struct cmsghdr *)(void *)control;

	header.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
	block->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
	block->cmsg_level = SOL_SOCKET;
	block->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(block), fds, (size_t)count * sizeof(int));
	return syscall(SYS_sendmsg, socket_fd, &header, 0);
}

static int take(int socket_fd, size_t room, int flags, int *fds)
{
	char control[CMSG_SPACE(MOST * sizeof(int))] = { 0 }, byte;
	struct iovec vector = { &byte, 1 };
	struct msghdr header = {
		.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = room
	};
	struct cmsghdr *block;
	int count = 0;

	CALL(syscall(SYS_recvmsg, socket_fd, &header, flags));
	block = header.msg_controllen >= sizeof *block ? (struct cmsghdr *)(void *)control : NULL;
	if (block) {
		count = (int)((block->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(block), (size_t)count * sizeof(int));
	}
	say("  %d descriptors, flags 0x%x, control %ld\n", count, header.msg_flags,
	    (long)header.msg_controllen);
	return count;
}

int main(void)
{
	int pair[2], fds[3], got[MOST], wrong[2] = { 0, 77 };
	char bytes[4] = { 0 };

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	write_file("file", "0123456789");
	for (int i = 0; i < 3; i++)
		fds[i] = (int)MUST(open("file", O_RDONLY));
	CALL(give(pair[0], fds, 3));
	SHOW(take(pair[1], CMSG_SPACE(MOST * sizeof(int)), MSG_CMSG_CLOEXEC, got));
	SHOW(fcntl(got[0], F_GETFD));
	SHOW(fcntl(got[2], F_GETFD));
	MUST(read(got[1], bytes, 3));
	SHOW(lseek(fds[1], 0, SEEK_CUR));
	SHOW(lseek(fds[0], 0, SEEK_CUR));
	CALL(give(pair[0], fds, 3));
	SHOW(take(pair[1], CMSG_LEN(2 * sizeof(int)), 0, got));
	SHOW(fcntl(got[1], F_GETFD));
	CALL(give(pair[0], fds, 2));
	SHOW(take(pair[1], 0, 0, got));
	CALL(give(pair[0], fds, 1));
	SHOW(take(pair[1], 20, 0, got));
	CALL(give(pair[0], wrong, 2));
	CALL(give(pair[0], fds, 0));
	CALL(recv(pair[1], bytes, 1, MSG_DONTWAIT));
	return 0;
}
