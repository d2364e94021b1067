/* SPDX-License-Identifier: MIT
 *
 * Why a connection does not come to be: nobody listens, no such name, another type, no permission, connected already; and calls on sockets
 * in the wrong state.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "../contract.h"

static int make(int type)
{
	return (int)MUST(socket(AF_UNIX, type | SOCK_NONBLOCK, 0));
}

static long to(int fd, const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	strcpy(name.sun_path, path);
	return connect(fd, (struct sockaddr *)&name, sizeof name);
}

static int bound(int type, const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = make(type);
	strcpy(name.sun_path, path);
	CALL(bind(fd, (struct sockaddr *)&name, sizeof name));
	return fd;
}

static int as_user(void *unused)
{
	int fd = make(SOCK_STREAM);
	(void)unused;
	MUST(setresuid(1000, 1000, 1000));
	CALL(to(fd, "/tmp/contract-listens"));
	return 0;
}

int main(void)
{
	struct sockaddr_un other = { .sun_family = AF_INET };
	int stream = make(SOCK_STREAM), listener, silent;

	unlink("/tmp/contract-listens");
	listener = bound(SOCK_STREAM, "/tmp/contract-listens");
	silent = bound(SOCK_STREAM, "silent");
	write_file("file", "");
	CALL(to(stream, "/tmp/contract-listens"));
	CALL(accept(listener, NULL, NULL));
	CALL(listen(listener, 4));
	CALL(accept(listener, NULL, NULL));
	CALL(to(stream, "silent"));
	CALL(to(stream, "missing"));
	CALL(to(stream, "file"));
	CALL(to(stream, "file/below"));
	CALL(to(make(SOCK_DGRAM), "/tmp/contract-listens"));
	CALL(to(make(SOCK_SEQPACKET), "/tmp/contract-listens"));
	CALL(connect(stream, (struct sockaddr *)&other, sizeof other));
	CALL(connect(stream, (struct sockaddr *)&other, 1));
	MUST(chmod("/tmp/contract-listens", 0600));
	run_child("a user", as_user, NULL);
	CALL(send(stream, "x", 1, MSG_NOSIGNAL));
	CALL(recv(stream, &other, 1, 0));
	CALL(to(stream, "/tmp/contract-listens"));
	CALL(to(stream, "/tmp/contract-listens"));
	CALL(listen(stream, 1));
	CALL(listen(make(SOCK_DGRAM), 1));
	CALL(to(silent, "/tmp/contract-listens"));
	CALL(bind(silent, (struct sockaddr *)&other, sizeof other));
	bound(SOCK_STREAM, "file");
	bound(SOCK_STREAM, "missing/name");
	unlink("/tmp/contract-listens");
	return 0;
}
