/* SPDX-License-Identifier: MIT
 *
 * What the one end sees when the other is gone: what was sent is still read, then the end; unread data make it a reset; writing is EPIPE
 * with SIGPIPE or without.
 */
#include <poll.h>
#include <sys/socket.h>

#include "../contract.h"

static void state(const char *name, int fd)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };
	int error = -1;
	socklen_t size = sizeof error;
	MUST(poll(&entry, 1, 0));
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size));
	say("%s: poll 0x%x error %s\n", name, entry.revents, error ? errno_name(error) : "none");
}

static int writes(void *fd)
{
	CALL(write((int)(long)fd, "x", 1));
	return 1;
}

static void one_kind(const char *name, int type)
{
	char bytes[8];
	int pair[2];

	say("%s\n", name);
	MUST(socketpair(AF_UNIX, type, 0, pair));
	MUST(write(pair[0], "last", 4));
	close(pair[0]);
	state("closed with data on the way", pair[1]);
	show_bytes("read", bytes, CALL(read(pair[1], bytes, 8)));
	CALL(read(pair[1], bytes, 8));
	run_child("writer", writes, (void *)(long)pair[1]);
	CALL(send(pair[1], "x", 1, MSG_NOSIGNAL));
	close(pair[1]);

	MUST(socketpair(AF_UNIX, type, 0, pair));
	MUST(write(pair[0], "unread", 6));
	close(pair[1]);
	state("closed with unread data", pair[0]);
	CALL(read(pair[0], bytes, 8));
	CALL(read(pair[0], bytes, 8));
	close(pair[0]);
}

int main(void)
{
	one_kind("stream", SOCK_STREAM);
	one_kind("seqpacket", SOCK_SEQPACKET);
	return 0;
}
