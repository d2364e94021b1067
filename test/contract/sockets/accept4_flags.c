/* SPDX-License-Identifier: MIT
 *
 * accept4(2), socket(2): SOCK_NONBLOCK and SOCK_CLOEXEC on each new descriptor, independent of the listener's;
 * EAGAIN on an empty non-blocking listener; wrong flags and sockets.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/un.h>

static void flags_of(const char *name, int fd)
{
	say("%s: nonblock %d, cloexec %d\n", name, (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0,
	    fcntl(fd, F_GETFD));
}

int main(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" }, peer;
	socklen_t length = sizeof(peer);
	int listener = (int)CALL(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	flags_of("listener", listener);
	CALL(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	CALL(accept(listener, NULL, NULL));
	CALL(listen(listener, 5));
	CALL(accept(listener, NULL, NULL));
	for (int i = 0; i < 4; i++) {
		int client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
		MUST(connect(client, (struct sockaddr *)&address, sizeof(address)));
	}
	flags_of("plain", accept4(listener, NULL, NULL, 0));
	flags_of("nonblock", accept4(listener, NULL, NULL, SOCK_NONBLOCK));
	int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	flags_of("both", fd);
	say("peer family %d, length %u\n", peer.sun_family, length);
	char byte;
	CALL(read(fd, &byte, 1));
	CALL(accept4(listener, NULL, NULL, 0x1));
	CALL(accept4(listener, (struct sockaddr *)&peer, (socklen_t *)8, 0));
	CALL(accept4(listener, NULL, NULL, 0));
	CALL(accept4(fd, NULL, NULL, 0));
	CALL(accept4(0, NULL, NULL, 0));
	CALL(accept4(99, NULL, NULL, 0));
	return 0;
}
