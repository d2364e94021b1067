/* SPDX-License-Identifier: MIT
 *
 * unix(7): descriptors that lie in the queues of sockets nobody can reach any more are closed: a socket sent to itself, two sent
 * to each other, a long chain; and one that stays reachable keeps its messages.
 */
#include "contract.h"

#include <poll.h>
#include <sys/socket.h>

static int send_fds(int socket, const int *fds, size_t count)
{
	char control[CMSG_SPACE(8 * sizeof(int))] = { 0 };
	struct iovec data = { "x", 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control };
	message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	return (int)sendmsg(socket, &message, 0);
}

static int receive_fd(int socket)
{
	char control[CMSG_SPACE(8 * sizeof(int))], text[4];
	struct iovec data = { text, sizeof(text) };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
	};
	int fd = -1;
	if (recvmsg(socket, &message, MSG_DONTWAIT) <= 0)
		return -1;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (header)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

/* A pipe whose write end goes into the cycle: end of file on it tells that the cycle is gone. */
static int watched_pipe(int *writer)
{
	int ends[2];
	MUST(pipe(ends));
	*writer = ends[1];
	return ends[0];
}

static void show_gone(const char *name, int reader)
{
	struct pollfd entry = { reader, POLLIN, 0 };
	poll(&entry, 1, 2000);
	say("%s: 0x%x\n", name, entry.revents);
	close(reader);
}

static void self_cycle(int type)
{
	int pair[2], writer, reader = watched_pipe(&writer);
	MUST(socketpair(AF_UNIX, type, 0, pair));
	MUST(send_fds(pair[0], (int[]){ pair[0], pair[1], writer }, 3));
	MUST(close(writer) | close(pair[0]) | close(pair[1]));
	MUST(socketpair(AF_UNIX, type, 0, pair) | close(pair[0]) | close(pair[1]));
	show_gone("sent to itself", reader);
}

static void cross_cycle(void)
{
	int one[2], two[2], writer, reader = watched_pipe(&writer);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, one) | socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	MUST(send_fds(one[0], (int[]){ two[1], writer }, 2));
	MUST(send_fds(two[0], (int[]){ one[1] }, 1));
	MUST(close(writer) | close(one[0]) | close(one[1]) | close(two[0]) | close(two[1]));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, one) | close(one[0]) | close(one[1]));
	show_gone("sent to each other", reader);
}

static void long_chain(void)
{
	int last[2], writer, reader = watched_pipe(&writer), carried = writer;
	for (int i = 0; i < 2000; i++) {
		MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, last));
		if (send_fds(last[0], &carried, 1) != 1) {
			say("chain stops at %d\n", i);
			break;
		}
		MUST(close(carried) | close(last[0]));
		carried = last[1];
	}
	MUST(close(carried));
	show_gone("chain", reader);
}

static void reachable(void)
{
	int one[2], two[2], writer, reader = watched_pipe(&writer);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, one) | socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	MUST(send_fds(one[0], (int[]){ writer }, 1));
	MUST(send_fds(two[0], (int[]){ one[1] }, 1));
	MUST(close(writer) | close(one[0]) | close(one[1]) | close(two[0]));
	int back = receive_fd(two[1]);
	IS(back >= 0);
	int carried = receive_fd(back);
	IS(carried >= 0);
	CALL(write(carried, "alive", 5));
	MUST(close(back) | close(two[1]) | close(carried));
	show_gone("received", reader);
}

int main(void)
{
	self_cycle(SOCK_STREAM);
	self_cycle(SOCK_DGRAM);
	self_cycle(SOCK_SEQPACKET);
	cross_cycle();
	reachable();
	long_chain();
	CALL(open("/dev/null", O_RDONLY));
	return 0;
}
