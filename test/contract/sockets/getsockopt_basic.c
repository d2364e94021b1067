/* SPDX-License-Identifier: MIT
 *
 * getsockopt(2) at SOL_SOCKET for unix(7): type, domain, protocol, error, accepting, peer credentials; short
 * buffers give a truncated value and the length; errors.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/un.h>

static void option(const char *name, int fd, int number)
{
	int value = -7;
	socklen_t length = sizeof(value);
	int result = getsockopt(fd, SOL_SOCKET, number, &value, &length);
	if (result == -1)
		say("%s: %s\n", name, errno_name(errno));
	else
		say("%s: %d, length %u\n", name, value, length);
}

int main(void)
{
	int pair[2], datagrams[2], listener = (int)MUST(socket(AF_UNIX, SOCK_SEQPACKET, 0));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams));
	option("SO_TYPE stream", pair[0], SO_TYPE);
	option("SO_TYPE datagram", datagrams[0], SO_TYPE);
	option("SO_TYPE seqpacket", listener, SO_TYPE);
	option("SO_DOMAIN", pair[0], SO_DOMAIN);
	option("SO_PROTOCOL", pair[0], SO_PROTOCOL);
	option("SO_ERROR", pair[0], SO_ERROR);
	option("SO_REUSEADDR", pair[0], SO_REUSEADDR);
	option("SO_KEEPALIVE", pair[0], SO_KEEPALIVE);
	option("SO_BROADCAST", pair[0], SO_BROADCAST);
	option("SO_PASSCRED", pair[0], SO_PASSCRED);
	option("SO_ACCEPTCONN", pair[0], SO_ACCEPTCONN);
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 3));
	option("SO_ACCEPTCONN listener", listener, SO_ACCEPTCONN);
	option("unknown", pair[0], 9999);
	struct ucred credentials = { 0 };
	socklen_t length = sizeof(credentials);
	CALL(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &credentials, &length));
	say("own pid %d, uid %u, gid %u, length %u\n", credentials.pid == getpid(), credentials.uid,
	    credentials.gid, length);
	length = 2;
	int value = -1;
	CALL(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, &length));
	HEX((unsigned)value);
	SHOW(length);
	CALL(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, (void *)8, &length));
	CALL(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &value, (void *)8));
	CALL(getsockopt(0, SOL_SOCKET, SO_TYPE, &value, &length));
	CALL(getsockopt(99, SOL_SOCKET, SO_TYPE, &value, &length));
	CALL(getsockopt(pair[0], 6, 1, &value, &length));
	MUST(write(pair[0], "x", 1));
	MUST(close(pair[1]));
	option("SO_ERROR after the peer closed with unread data", pair[0], SO_ERROR);
	option("SO_ERROR again", pair[0], SO_ERROR);
	return 0;
}
