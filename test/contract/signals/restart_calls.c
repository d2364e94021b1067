/* SPDX-License-Identifier: MIT
 *
 * signal(7): which calls go on after a handler with SA_RESTART and which give EINTR whatever the flag, and that a
 * restarted one keeps its deadline: each is interrupted once in the middle of a wait of three seconds.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>

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
	struct timespec time = { 3, 0 };
	struct timeval micro = { 3, 0 };
	struct pollfd poll_fd = { empty[0], POLLIN, 0 };
	struct epoll_event event;
	static int word;
	char byte;
	switch (kind) {
	case 0: return nanosleep(&time, NULL);
	case 1: return poll(&poll_fd, 1, 3000);
	case 2: return select(0, NULL, NULL, NULL, &micro);
	case 3: return epoll_wait(poller, &event, 1, 3000);
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
	MUST(setsockopt(empty[0], SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 3, 0 },
			sizeof(struct timeval)));
	poller = (int)MUST(epoll_create1(0));
	for (int i = 0; i < 16; i++) {
		catch_signal(SIGUSR1, handler, i & 1 ? SA_RESTART : 0);
		pid_t child = start(poker, NULL);
		long before = now_ms();
		errno = 0;
		long result = wait_kind(i / 2);
		const char *error = result == -1 ? errno_name(errno) : "";
		long waited = now_ms() - before;
		say("%s%s: %ld %s, %s\n", names[i / 2], i & 1 ? " SA_RESTART" : "", result, error,
		    waited < 2900   ? "at once"
		    : waited < 5000 ? "after its time"
				    : "too late");
		waitpid(child, NULL, 0);
	}
	SHOW(runs);
	return 0;
}
