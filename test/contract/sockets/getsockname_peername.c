/* SPDX-License-Identifier: MIT
 *
 * getsockname(2), getpeername(2) of unix(7): unnamed, path and abstract names with exact lengths, truncation with
 * the true length, ENOTCONN.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/un.h>

typedef int name_call(int, struct sockaddr *, socklen_t *);

static void show_name(const char *name, name_call *call, int fd, socklen_t room)
{
	struct sockaddr_un address;
	socklen_t length = room;
	memset(&address, '#', sizeof(address));
	if (call(fd, (struct sockaddr *)&address, &length) == -1) {
		say("%s: %s\n", name, errno_name(errno));
		return;
	}
	say("%s: length %u family %d ", name, length, room >= 2 ? address.sun_family : -1);
	long known = (long)(length < room ? length : room) - 2;
	show_bytes("path", address.sun_path, known > 0 ? known : 0);
}

int main(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "listener" };
	socklen_t all = sizeof(struct sockaddr_un);
	int pair[2];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	show_name("pair", getsockname, pair[0], all);
	show_name("pair's peer", getpeername, pair[0], all);
	int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)),
	    client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	show_name("fresh", getsockname, listener, all);
	show_name("fresh peer", getpeername, listener, all);
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 1));
	show_name("bound", getsockname, listener, all);
	show_name("truncated", getsockname, listener, 6);
	show_name("no room", getsockname, listener, 0);
	show_name("listener's peer", getpeername, listener, all);
	MUST(connect(client, (struct sockaddr *)&address, sizeof(address)));
	show_name("client", getsockname, client, all);
	show_name("client's peer", getpeername, client, all);
	int server = (int)MUST(accept(listener, NULL, NULL));
	show_name("server", getsockname, server, all);
	show_name("server's peer", getpeername, server, all);
	int abstract = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	struct sockaddr_un hidden = { .sun_family = AF_UNIX, .sun_path = "\0hid\0den" };
	MUST(bind(abstract, (struct sockaddr *)&hidden, 2 + 8));
	show_name("abstract", getsockname, abstract, all);
	int automatic = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	MUST(bind(automatic, (struct sockaddr *)&hidden, 2));
	socklen_t length = all;
	MUST(getsockname(automatic, (struct sockaddr *)&hidden, &length));
	say("autobind: length %u, first byte %d\n", length, hidden.sun_path[0]);
	CALL(getsockname(0, (struct sockaddr *)&address, &all));
	CALL(getsockname(pair[0], (struct sockaddr *)8, &all));
	CALL(getsockname(pair[0], (struct sockaddr *)&address, (socklen_t *)8));
	all = (socklen_t)-1;
	CALL(getsockname(pair[0], (struct sockaddr *)&address, &all));
	return 0;
}
