/* SPDX-License-Identifier: MIT
 *
 * listen(2), connect(2) of unix(7): a full backlog makes connect wait until an accept, or EAGAIN when non-blocking;
 * a waiting connect is interrupted; pending connections get ECONNRESET or ECONNREFUSED when the listener closes.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

static int listener;
static struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };

static void handler(int signal_number)
{
	(void)signal_number;
}

static long connect_new(int flags)
{
	int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM | flags, 0));
	return connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1 ? -1 : fd;
}

static int waits_to_connect(void *unused)
{
	(void)unused;
	MUST(close(listener));
	return connect_new(0) == -1 ? errno : 0;
}

int main(void)
{
	char byte;
	catch_signal(SIGUSR1, handler, 0);
	listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 1));
	int first = (int)CALL(connect_new(0));
	MUST(connect_new(0));
	CALL(connect_new(SOCK_NONBLOCK));
	pid_t child = start(waits_to_connect, NULL);
	wait_until_asleep(child);
	int accepted = (int)MUST(accept(listener, NULL, NULL));
	reap("waited", child);
	MUST(write(first, "x", 1));
	CALL(read(accepted, &byte, 1));
	child = start(waits_to_connect, NULL);
	wait_until_asleep(child);
	MUST(kill(child, SIGUSR1));
	int status;
	MUST(waitpid(child, &status, 0));
	say("interrupted: %s\n", errno_name(WEXITSTATUS(status)));
	child = start(waits_to_connect, NULL);
	wait_until_asleep(child);
	MUST(close(listener));
	MUST(waitpid(child, &status, 0));
	say("listener closed: %s\n", errno_name(WEXITSTATUS(status)));
	MUST(unlink("socket"));
	listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 5));
	int pending = (int)MUST(connect_new(0));
	MUST(write(pending, "unseen", 6));
	MUST(close(listener));
	struct pollfd poll_fd = { pending, POLLIN | POLLOUT, 0 };
	MUST(poll(&poll_fd, 1, 0));
	HEX(poll_fd.revents);
	CALL(read(pending, &byte, 1));
	return 0;
}
