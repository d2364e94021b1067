/* SPDX-License-Identifier: MIT
 *
 * signalfd(2): records of 128 bytes for blocked pending signals with sender and value, several at once, EAGAIN,
 * readiness, change of the mask, and that what was read is no longer pending.
 */
#include "contract.h"

#include <poll.h>
#include <sys/signalfd.h>

static int sender(void *unused)
{
	(void)unused;
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR1));
	return 4;
}

static void show_record(const struct signalfd_siginfo *info, pid_t from)
{
	say("%s code %d from %d status %d value %d\n", signal_name((int)info->ssi_signo), info->ssi_code,
	    (pid_t)info->ssi_pid == from, info->ssi_status, info->ssi_int);
}

int main(void)
{
	struct signalfd_siginfo info[4];
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, 40);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	int fd = (int)CALL(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
	SHOW(fcntl(fd, F_GETFD));
	CALL(read(fd, info, sizeof(info)));
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	CALL(poll(&poll_fd, 1, 0));
	MUST(kill(getpid(), SIGUSR1));
	CALL(poll(&poll_fd, 1, 0));
	IS(signal_is_pending(SIGUSR1));
	CALL(read(fd, info, sizeof(info[0])));
	show_record(&info[0], getpid());
	IS(signal_is_pending(SIGUSR1));
	CALL(read(fd, info, sizeof(info[0])));
	for (int i = 7; i < 10; i++)
		MUST(sigqueue(getpid(), 40, (union sigval){ .sival_int = i }));
	MUST(kill(getpid(), SIGUSR1));
	CALL(read(fd, info, 3 * sizeof(info[0])));
	for (int i = 0; i < 3; i++)
		show_record(&info[i], getpid());
	CALL(read(fd, info, 127));
	CALL(read(fd, info, sizeof(info)));
	show_record(&info[0], getpid());
	MUST(fcntl(fd, F_SETFL, 0));
	pid_t child = start(sender, NULL);
	CALL(read(fd, info, sizeof(info[0])));
	show_record(&info[0], child);
	CALL(read(fd, info, sizeof(info[0])));
	show_record(&info[0], child);
	reap("child", child);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CALL(signalfd(fd, &set, 0));
	MUST(kill(getpid(), SIGUSR1));
	CALL(poll(&poll_fd, 1, 0));
	CALL(signalfd(0, &set, 0));
	CALL(signalfd(99, &set, 0));
	CALL(signalfd(-1, &set, 0x100));
	CALL(write(fd, info, 128));
	return 0;
}
