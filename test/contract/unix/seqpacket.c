/* SPDX-License-Identifier: MIT
 *
 * unix(7) SOCK_SEQPACKET: connections with message boundaries: listen and accept, truncation, empty messages, end
 * of file, poll, and no reading on from the rest of a message.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };

static int client(void *unused)
{
	(void)unused;
	int fd = (int)MUST(socket(AF_UNIX, SOCK_SEQPACKET, 0));
	MUST(connect(fd, (struct sockaddr *)&address, sizeof(address)));
	MUST(send(fd, "first", 5, 0));
	MUST(send(fd, "second message", 14, 0));
	MUST(send(fd, "", 0, 0));
	MUST(send(fd, "last", 4, 0));
	return 0;
}

int main(void)
{
	char text[32];
	int listener = (int)MUST(socket(AF_UNIX, SOCK_SEQPACKET, 0));
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 5));
	pid_t child = start(client, NULL);
	int fd = (int)CALL(accept(listener, NULL, NULL));
	reap("client", child);
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	CALL(poll(&poll_fd, 1, 0));
	show_bytes("first", text, recv(fd, text, sizeof(text), 0));
	show_bytes("second", text, recv(fd, text, 6, MSG_TRUNC) > 6 ? 6 : -1);
	show_bytes("empty", text, recv(fd, text, sizeof(text), 0));
	show_bytes("last", text, read(fd, text, sizeof(text)));
	show_bytes("end", text, recv(fd, text, sizeof(text), 0));
	signal(SIGPIPE, SIG_IGN);
	CALL(send(fd, "x", 1, 0));
	int stream = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(connect(stream, (struct sockaddr *)&address, sizeof(address)));
	int pair[2];
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair));
	CALL(sendto(pair[0], "to", 2, 0, (struct sockaddr *)&address, sizeof(address)));
	CALL(recv(pair[1], text, 1, 0));
	CALL(recv(pair[1], text, 1, 0));
	return 0;
}
