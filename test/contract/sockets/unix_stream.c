/* SPDX-License-Identifier: MIT
 *
 * unix(7) streams: bind, listen, connect from a child, accept, bytes both ways, credentials of the peer, the socket
 * file's mode and rights, the backlog, an abstract name that vanishes with its socket.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/un.h>

static struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };

static int client(void *unused)
{
	char text[16];
	(void)unused;
	MUST(setgid(200));
	MUST(setuid(100));
	int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(connect(fd, (struct sockaddr *)&address, sizeof(address)));
	MUST(write(fd, "from the client", 15));
	long count = read(fd, text, sizeof(text));
	return count == 15 && memcmp(text, "from the server", 15) == 0 ? 3 : 4;
}

static int refused(void *unused)
{
	(void)unused;
	MUST(setuid(100));
	int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(connect(fd, (struct sockaddr *)&address, sizeof(address)));
	return 0;
}

static void backlog(int listener)
{
	int connected = 0;
	for (int i = 0; i < 6; i++) {
		int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
			connected++;
		else
			say("%s\n", errno_name(errno));
	}
	SHOW(connected);
	MUST(close(listener));
	CALL(connect((int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&address,
		     sizeof(address)));
}

int main(void)
{
	char text[16];
	struct stat status;
	struct ucred peer;
	socklen_t length = sizeof(peer);
	MUST(chmod(".", 0755));
	umask(0);
	int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(lstat("socket", &status));
	say("mode 0%o\n", status.st_mode);
	CALL(listen(listener, 2));
	pid_t child = start(client, NULL);
	int fd = (int)CALL(accept(listener, NULL, NULL));
	show_bytes("server reads", text, read(fd, text, sizeof(text)));
	CALL(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length));
	say("uid %u gid %u, its pid %d\n", peer.uid, peer.gid, peer.pid == child);
	CALL(write(fd, "from the server", 15));
	reap("client", child);
	CALL(read(fd, text, 1));
	MUST(chmod("socket", 0700));
	run_child("refused", refused, NULL);
	backlog(listener);
	struct sockaddr_un hidden = { .sun_family = AF_UNIX, .sun_path = "\0contract" };
	int abstract = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)),
	    other = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(bind(abstract, (struct sockaddr *)&hidden, 11));
	CALL(bind(other, (struct sockaddr *)&hidden, 11));
	CALL(listen(abstract, 1));
	CALL(connect(other, (struct sockaddr *)&hidden, 11));
	MUST(close(abstract));
	CALL(connect((int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)), (struct sockaddr *)&hidden, 11));
	return 0;
}
