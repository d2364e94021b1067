/* SPDX-License-Identifier: MIT
 *
 * setsockopt(2): values are read back (buffer sizes doubled with a minimum), time-outs take effect, errors.
 */
#include "contract.h"

#include <sys/socket.h>
#include <sys/time.h>

static int pair[2];

static void set_and_show(const char *name, int number, int value)
{
	int result = setsockopt(pair[0], SOL_SOCKET, number, &value, sizeof(value)), back = -7;
	socklen_t length = sizeof(back);
	if (result == -1)
		say("%s %d: %s\n", name, value, errno_name(errno));
	MUST(getsockopt(pair[0], SOL_SOCKET, number, &back, &length));
	say("%s %d: %d\n", name, value, back);
}

int main(void)
{
	char byte;
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	set_and_show("SO_REUSEADDR", SO_REUSEADDR, 1);
	set_and_show("SO_REUSEADDR", SO_REUSEADDR, 0);
	set_and_show("SO_KEEPALIVE", SO_KEEPALIVE, 5);
	set_and_show("SO_PASSCRED", SO_PASSCRED, 1);
	set_and_show("SO_SNDBUF", SO_SNDBUF, 10000);
	set_and_show("SO_SNDBUF", SO_SNDBUF, 1);
	set_and_show("SO_RCVBUF", SO_RCVBUF, 20000);
	set_and_show("SO_RCVBUF", SO_RCVBUF, 0);
	set_and_show("SO_TYPE", SO_TYPE, 1);
	struct timeval time = { 0, 30000 }, back = { 9, 9 };
	socklen_t length = sizeof(back);
	CALL(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)));
	CALL(getsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &back, &length));
	IS(back.tv_sec == 0 && back.tv_usec >= 30000 && back.tv_usec <= 40000);
	long before = now_ms();
	CALL(read(pair[0], &byte, 1));
	IS(now_ms() - before >= 30);
	struct linger linger = { 1, 5 };
	CALL(setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	CALL(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 0, 1000000 }, sizeof(time)));
	CALL(setsockopt(pair[0], SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, 2));
	CALL(setsockopt(pair[0], SOL_SOCKET, SO_REUSEADDR, (void *)8, 4));
	CALL(setsockopt(pair[0], SOL_SOCKET, 9999, &(int){ 1 }, 4));
	CALL(setsockopt(0, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, 4));
	CALL(setsockopt(99, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, 4));
	CALL(setsockopt(pair[0], 1234, 1, &(int){ 1 }, 4));
	return 0;
}
