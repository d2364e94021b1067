/* SPDX-License-Identifier: MIT
 *
 * Waiting for a connection and for room: interrupted by a handler, restarted after one with SA_RESTART, ended by the socket's own
 * time-outs.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../contract.h"

static volatile sig_atomic_t caught;
static struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "listens" };

static void handler(int number)
{
	(void)number;
	caught++;
}

static void alarm_in(int ms)
{
	struct itimerval time = { { 0, 0 }, { 0, ms * 1000 } };
	MUST(setitimer(ITIMER_REAL, &time, NULL));
}

static int connects_later(void *unused)
{
	int fd = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	(void)unused;
	sleep_ms(150);
	MUST(connect(fd, (struct sockaddr *)&name, sizeof name));
	return 0;
}

int main(void)
{
	struct timeval limit = { 0, 50000 };
	static char bytes[4096];
	int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)), pair[2];
	pid_t child;

	MUST(bind(listener, (struct sockaddr *)&name, sizeof name));
	MUST(listen(listener, 1));
	catch_signal(SIGALRM, handler, 0);
	alarm_in(30);
	CALL(accept(listener, NULL, NULL));
	SHOW(caught);
	catch_signal(SIGALRM, handler, SA_RESTART);
	child = start(connects_later, NULL);
	alarm_in(30);
	IS(accept(listener, NULL, NULL) >= 0);
	SHOW(caught);
	reap("connects", child);
	MUST(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
	CALL(accept(listener, NULL, NULL));
	alarm_in(20);
	CALL(accept(listener, NULL, NULL));
	SHOW(caught);

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
	while (write(pair[0], bytes, sizeof bytes) == sizeof bytes)
		;
	CALL(write(pair[0], bytes, sizeof bytes));
	alarm_in(20);
	CALL(write(pair[0], bytes, sizeof bytes));
	SHOW(caught);
	return 0;
}
