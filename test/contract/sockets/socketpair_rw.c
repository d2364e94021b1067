/* SPDX-License-Identifier: MIT
 *
 * socketpair(2): both directions at once, between processes, large transfers through a small buffer, end of file
 * after close, ECONNRESET with unread data, EPIPE.
 */
#include "contract.h"

#include <sys/socket.h>

enum { TOTAL = 300000 };

static int echo_server(void *socket)
{
	char bytes[5000];
	long count, total = 0;
	while ((count = read(*(int *)socket, bytes, sizeof(bytes))) > 0) {
		for (long done = 0; done < count;)
			done += MUST(write(*(int *)socket, bytes + done, (size_t)(count - done)));
		total += count;
	}
	return total == TOTAL ? 5 : 6;
}

static void large_transfer(void)
{
	static unsigned char out[TOTAL], in[TOTAL];
	int pair[2];
	long sent = 0, received = 0, count;
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	for (int i = 0; i < TOTAL; i++)
		out[i] = (unsigned char)(i * 7 + i / 256);
	pid_t child = start(echo_server, &pair[1]);
	MUST(close(pair[1]));
	while (received < TOTAL) {
		if (sent < TOTAL &&
		    (count = send(pair[0], out + sent, 3000 < TOTAL - sent ? 3000 : (size_t)(TOTAL - sent),
				  0)) > 0)
			sent += count;
		while (received < TOTAL && (count = recv(pair[0], in + received, (size_t)(TOTAL - received),
							 sent < TOTAL ? MSG_DONTWAIT : 0)) > 0)
			received += count;
	}
	SHOW(memcmp(out, in, TOTAL));
	MUST(shutdown(pair[0], SHUT_WR));
	reap("echo server", child);
}

int main(void)
{
	int pair[2];
	char text[16];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CALL(write(pair[0], "ping", 4));
	CALL(write(pair[1], "pong", 4));
	show_bytes("one", text, read(pair[1], text, sizeof(text)));
	show_bytes("other", text, read(pair[0], text, sizeof(text)));
	MUST(write(pair[0], "a", 1));
	MUST(write(pair[0], "b", 1));
	show_bytes("joined", text, read(pair[1], text, sizeof(text)));
	MUST(write(pair[0], "last", 4));
	MUST(close(pair[0]));
	show_bytes("after close", text, read(pair[1], text, sizeof(text)));
	CALL(read(pair[1], text, 1));
	signal(SIGPIPE, SIG_IGN);
	CALL(write(pair[1], "x", 1));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(write(pair[0], "unread", 6));
	MUST(close(pair[1]));
	CALL(read(pair[0], text, 1));
	CALL(read(pair[0], text, 1));
	CALL(write(pair[0], "x", 1));
	large_transfer();
	return 0;
}
