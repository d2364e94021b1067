/* SPDX-License-Identifier: MIT
 *
 * shutdown(2): SHUT_WR gives the peer end of file and oneself EPIPE with SIGPIPE, reading goes on; SHUT_RD ends
 * reading and the peer's writing; a sleeping reader wakes; errors.
 */
#include "contract.h"

#include <sys/socket.h>

static volatile sig_atomic_t broken;

static void on_pipe(int signal_number)
{
	(void)signal_number;
	broken++;
}

static int shuts(void *fd)
{
	wait_until_asleep(getppid());
	MUST(shutdown(*(int *)fd, SHUT_RDWR));
	return 0;
}

int main(void)
{
	int pair[2];
	char text[16];
	catch_signal(SIGPIPE, on_pipe, 0);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CALL(write(pair[0], "before", 6));
	CALL(shutdown(pair[0], SHUT_WR));
	show_bytes("peer reads", text, read(pair[1], text, sizeof(text)));
	show_bytes("peer reads", text, read(pair[1], text, sizeof(text)));
	CALL(write(pair[0], "x", 1));
	SHOW(broken);
	CALL(send(pair[0], "x", 1, MSG_NOSIGNAL));
	SHOW(broken);
	CALL(write(pair[1], "back", 4));
	show_bytes("own read", text, read(pair[0], text, sizeof(text)));
	CALL(write(pair[1], "left", 4));
	CALL(shutdown(pair[0], SHUT_RD));
	show_bytes("after SHUT_RD", text, read(pair[0], text, sizeof(text)));
	CALL(read(pair[0], text, 1));
	CALL(write(pair[1], "x", 1));
	SHOW(broken);
	CALL(shutdown(pair[0], SHUT_RDWR));
	CALL(shutdown(pair[0], 9));
	CALL(shutdown(0, SHUT_RD));
	CALL(shutdown(99, SHUT_RD));
	CALL(shutdown((int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)), SHUT_RD));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid_t child = start(shuts, &pair[1]);
	CALL(read(pair[0], text, 1));
	reap("child", child);
	return 0;
}
