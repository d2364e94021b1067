/* SPDX-License-Identifier: MIT
 *
 * signal(7): waits with a time-out give EINTR after a handler, with SA_RESTART too. Each is interrupted once, as soon as it sleeps;
 * one that is not would take longer than the whole test may.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>

enum { WAIT_SECONDS = 60 };

static volatile sig_atomic_t runs;
static int empty[2], poller;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int poker(void *unused)
{
	(void)unused;
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR1));
	return 0;
}

static long wait_kind(int kind)
{
	struct timespec time = { WAIT_SECONDS, 0 };
	struct timeval micro = { WAIT_SECONDS, 0 };
	struct pollfd poll_fd = { empty[0], POLLIN, 0 };
	struct epoll_event event;
	static int word;
	char byte;
	switch (kind) {
	case 0: return nanosleep(&time, NULL);
	case 1: return poll(&poll_fd, 1, WAIT_SECONDS * 1000);
	case 2: return select(0, NULL, NULL, NULL, &micro);
	case 3: return epoll_wait(poller, &event, 1, WAIT_SECONDS * 1000);
	case 4: return syscall(SYS_futex, &word, 0, 0, &time, NULL, 0);
	case 5: return recv(empty[0], &byte, 1, 0);
	case 6: return syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
	default: return syscall(SYS_rt_sigtimedwait, &(long){ 0 }, NULL, &time, 8L);
	}
}

int main(void)
{
	static const char *const names[] = { "nanosleep",       "poll",        "select",
					     "epoll_wait",      "futex",       "recv with a time-out",
					     "clock_nanosleep", "sigtimedwait" };
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, empty));
	MUST(setsockopt(empty[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ WAIT_SECONDS, 0 },
			sizeof(struct timeval)));
	poller = (int)MUST(epoll_create1(0));
	for (int i = 0; i < 16; i++) {
		catch_signal(SIGUSR1, handler, i & 1 ? SA_RESTART : 0);
		pid_t child = start(poker, NULL);
		errno = 0;
		long result = wait_kind(i / 2);
		const char *error = result == -1 ? errno_name(errno) : "";
		say("%s%s: %ld %s\n", names[i / 2], i & 1 ? " SA_RESTART" : "", result, error);
		waitpid(child, NULL, 0);
	}
	SHOW(runs);
	return 0;
}
