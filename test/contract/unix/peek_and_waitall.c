/* SPDX-License-Identifier: MIT
 *
 * Streams: peeking takes nothing, MSG_WAITALL collects what comes in pieces and gives what there is at the end, a time-out gives what came
 * until then.
 */
#include <sys/socket.h>
#include <sys/time.h>

#include "../contract.h"

static int pair[2];

static int writes_in_pieces(void *unused)
{
	(void)unused;
	close(pair[0]);
	for (int i = 0; i < 4; i++) {
		MUST(write(pair[1], "abcdefgh" + 2 * i, 2));
		sleep_ms(20);
	}
	return 0;
}

int main(void)
{
	struct timeval limit = { 0, 100000 };
	char bytes[32];
	pid_t child;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(write(pair[1], "hello", 5));
	MUST(write(pair[1], "world", 5));
	show_bytes("peek", bytes, CALL(recv(pair[0], bytes, 7, MSG_PEEK)));
	show_bytes("peek again", bytes, CALL(recv(pair[0], bytes, 32, MSG_PEEK)));
	show_bytes("take", bytes, CALL(recv(pair[0], bytes, 7, 0)));
	show_bytes("rest", bytes, CALL(recv(pair[0], bytes, 32, 0)));
	CALL(recv(pair[0], bytes, 1, MSG_DONTWAIT));
	child = start(writes_in_pieces, NULL);
	show_bytes("all", bytes, CALL(recv(pair[0], bytes, 8, MSG_WAITALL)));
	reap("writer", child);
	CALL(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
	MUST(write(pair[1], "xyz", 3));
	show_bytes("until the time-out", bytes, CALL(recv(pair[0], bytes, 8, MSG_WAITALL)));
	CALL(recv(pair[0], bytes, 8, MSG_WAITALL));
	MUST(write(pair[1], "end", 3));
	MUST(close(pair[1]));
	show_bytes("until the end", bytes, CALL(recv(pair[0], bytes, 8, MSG_WAITALL)));
	CALL(recv(pair[0], bytes, 8, MSG_WAITALL));
	return 0;
}
