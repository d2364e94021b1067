/* SPDX-License-Identifier: MIT
 *
 * poll(2) on unix sockets: writable when fresh, readable with data, hang-up with and without data left, half shut
 * down, listeners with a pending connection, unconnected sockets, full buffers.
 */
#include "contract.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static void ready(const char *name, int fd)
{
	struct pollfd poll_fd = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP, 0 };
	MUST(poll(&poll_fd, 1, 0));
	say("%s: 0x%x\n", name, (unsigned)poll_fd.revents);
}

static void listener(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int server = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)),
	    client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	ready("unconnected stream", client);
	MUST(bind(server, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(server, 2));
	ready("listener", server);
	MUST(connect(client, (struct sockaddr *)&address, sizeof(address)));
	ready("listener with a connection", server);
	ready("connected, not accepted", client);
	MUST(accept(server, NULL, NULL));
	ready("listener after accept", server);
}

int main(void)
{
	static char bytes[1 << 20];
	int pair[2];
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	ready("fresh", pair[0]);
	MUST(write(pair[1], "x", 1));
	ready("data", pair[0]);
	MUST(shutdown(pair[1], SHUT_WR));
	ready("data and the peer shut down", pair[0]);
	ready("own side shut down", pair[1]);
	MUST(close(pair[1]));
	ready("data and closed", pair[0]);
	MUST(read(pair[0], bytes, 1));
	ready("closed", pair[0]);
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
	while (write(pair[0], bytes, sizeof(bytes)) > 0)
		;
	ready("full", pair[0]);
	while (read(pair[1], bytes, sizeof(bytes)) > 0)
		;
	ready("drained", pair[0]);
	MUST(close(pair[1]));
	ready("closed without data", pair[0]);
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ready("datagram fresh", pair[0]);
	MUST(close(pair[1]));
	ready("datagram closed", pair[0]);
	ready("datagram unconnected", (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0)));
	listener();
	return 0;
}
