/* SPDX-License-Identifier: MIT
 *
 * Datagrams keep their boundaries: too little room cuts and says so, empty ones count, peeking leaves them, a socket of its own takes
 * only from whom it is connected to.
 */
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "../contract.h"

static char big[1 << 20];

static void receive(int fd, size_t room, int flags)
{
	char bytes[16] = { 0 };
	struct iovec vector = { bytes, room };
	struct msghdr header = { .msg_iov = &vector, .msg_iovlen = 1 };
	long count = CALL(recvmsg(fd, &header, flags | MSG_DONTWAIT));
	if (count >= 0) {
		say("  flags 0x%x\n", header.msg_flags);
		show_bytes("  bytes", bytes, (long)room < count ? (long)room : count);
	}
}

int main(void)
{
	int pair[2], waiting = -1;

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	CALL(send(pair[0], "one", 3, 0));
	CALL(send(pair[0], "", 0, 0));
	CALL(send(pair[0], "second", 6, 0));
	CALL(write(pair[0], "third", 5));
	CALL(ioctl(pair[1], FIONREAD, &waiting));
	SHOW(waiting);
	receive(pair[1], 16, MSG_PEEK);
	receive(pair[1], 2, 0);
	receive(pair[1], 16, 0);
	receive(pair[1], 3, MSG_PEEK | MSG_TRUNC);
	receive(pair[1], 3, MSG_TRUNC);
	CALL(read(pair[1], big, 2));
	receive(pair[1], 16, 0);
	CALL(send(pair[0], big, sizeof big, 0));
	CALL(shutdown(pair[0], SHUT_WR));
	CALL(send(pair[0], "x", 1, MSG_NOSIGNAL));
	receive(pair[1], 16, 0);
	CALL(close(pair[1]));
	CALL(send(pair[0], "x", 1, MSG_NOSIGNAL));
	return 0;
}
