/* SPDX-License-Identifier: MIT
 *
 * unix(7): sockets passed through sockets, also a socket through itself, whose cycle is freed when all is closed
 * (the peer of a socket in flight then sees end of file); more than 253 descriptors are refused.
 */
#include "../contract.h"

#include <sys/socket.h>

static long pass(int through, const int *fds, int count)
{
	static union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(300 * sizeof(int))];
	} control;
	control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	control.header.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
	memcpy(CMSG_DATA(&control.header), fds, (size_t)count * sizeof(int));
	struct iovec data = { "p", 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control };
	message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
	return syscall(SYS_sendmsg, through, &message, 0);
}

static int take(int from)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	int fd = -1;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	MUST(recvmsg(from, &message, 0));
	if (CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

int main(void)
{
	int one[2], two[2], many[300], ends[2];
	char text[16];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, one));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	CALL(pass(one[0], &two[1], 1));
	MUST(close(two[1]));
	int passed = take(one[1]);
	MUST(write(two[0], "hello", 5));
	show_bytes("through the passed socket", text, read(passed, text, sizeof(text)));
	CALL(pass(one[0], &one[1], 1));
	int again = take(one[1]);
	MUST(write(one[0], "self", 4));
	show_bytes("through itself", text, read(again, text, sizeof(text)));
	for (int i = 0; i < 300; i++)
		many[i] = 0;
	CALL(pass(one[0], many, 254));
	CALL(pass(one[0], many, 253));
	MUST(read(one[1], text, 1));
	MUST(pipe(ends));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	MUST(pass(two[0], (int[]){ two[0], two[1], ends[1] }, 3));
	MUST(close(two[0]) | close(two[1]) | close(ends[1]));
	MUST(close((int)MUST(socket(AF_UNIX, SOCK_STREAM, 0))));
	CALL(read(ends[0], text, 1));
	return 0;
}
