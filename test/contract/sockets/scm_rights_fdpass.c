/* SPDX-License-Identifier: MIT
 *
 * unix(7) SCM_RIGHTS: descriptors passed to another process share offset and status, get the lowest numbers, obey
 * MSG_CMSG_CLOEXEC, survive the sender's close, are dropped with MSG_CTRUNC when there is no room.
 */
#include "contract.h"

#include <sys/socket.h>

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(8 * sizeof(int))];
};

static long send_fds(int to, const int *fds, int count)
{
	union control control = { 0 };
	struct iovec data = { "m", 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control };
	message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
	control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	control.header.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
	memcpy(CMSG_DATA(&control.header), fds, (size_t)count * sizeof(int));
	return sendmsg(to, &message, 0);
}

static int receive(int from, int flags, int room, int *fds)
{
	union control control = { 0 };
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control };
	message.msg_controllen = room ? CMSG_LEN((size_t)room * sizeof(int)) : 0;
	long count = recvmsg(from, &message, flags);
	long got = 0;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS) {
		got = (long)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(header), (size_t)got * sizeof(int));
	}
	say("received %ld byte, %ld descriptors, flags 0x%x:", count, got, (unsigned)message.msg_flags);
	for (int i = 0; i < got; i++)
		say(" %d%s", fds[i], fcntl(fds[i], F_GETFD) ? "c" : "");
	say("\n");
	return (int)got;
}

static int receiver(void *socket)
{
	int fds[8];
	char text[16];
	receive(*(int *)socket, 0, 8, fds);
	show_bytes("content", text, read(fds[0], text, 4));
	return 0;
}

int main(void)
{
	int pair[2], fds[8], ends[2];
	char text[16];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	write_file("file", "0123456789");
	int fd = (int)MUST(open("file", O_RDONLY));
	MUST(lseek(fd, 2, SEEK_SET));
	CALL(send_fds(pair[0], &fd, 1));
	run_child("receiver", receiver, &pair[1]);
	SHOW(lseek(fd, 0, SEEK_CUR));
	CALL(send_fds(pair[0], &fd, 1));
	MUST(close(fd));
	receive(pair[1], MSG_CMSG_CLOEXEC, 8, fds);
	show_bytes("content", text, read(fds[0], text, 4));
	MUST(pipe(ends));
	CALL(send_fds(pair[0], (int[]){ ends[1], ends[0], fds[0] }, 3));
	receive(pair[1], 0, 2, fds);
	CALL(write(fds[0], "piped", 5));
	show_bytes("pipe", text, read(fds[1], text, sizeof(text)));
	CALL(send_fds(pair[0], &ends[1], 1));
	receive(pair[1], 0, 0, fds);
	CALL(send_fds(pair[0], &ends[1], 1));
	CALL(read(pair[1], text, 1));
	CALL(send_fds(pair[0], (int[]){ 99 }, 1));
	MUST(send_fds(pair[0], &ends[1], 1));
	MUST(close(ends[1]) | close(fds[0]));
	MUST(close(pair[1]));
	CALL(read(ends[0], text, 1));
	return 0;
}
