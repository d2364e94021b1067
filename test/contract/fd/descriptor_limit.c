/* SPDX-License-Identifier: MIT
 *
 * Every call that makes a descriptor, when there is no number left: EMFILE, nothing is lost and nothing is given back twice. The same
 * files are used and closed afterwards.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "../contract.h"

static int master, pidfd;

static void make_all(void)
{
	int pair[2];
	sigset_t none;

	sigemptyset(&none);
	CALL(syscall(SYS_pidfd_getfd, pidfd, master, 0));
	CALL(syscall(SYS_pidfd_open, getpid(), 0));
	CALL(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	CALL(open("/dev/null", O_RDWR));
	CALL(dup(master));
	CALL(fcntl(master, F_DUPFD, 0));
	CALL(pipe(pair));
	CALL(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CALL(eventfd(0, 0));
	CALL(epoll_create1(0));
	CALL(timerfd_create(CLOCK_MONOTONIC, 0));
	CALL(signalfd(-1, &none, 0));
	CALL(syscall(SYS_inotify_init1, 0));
	CALL(syscall(SYS_memfd_create, "name", 0));
}

int main(void)
{
	struct rlimit limit = { 5, 100 }, wide = { 100, 100 };
	int zero = 0;

	master = (int)MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	MUST(ioctl(master, TIOCSPTLCK, &zero));
	pidfd = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0));
	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	for (int i = 0; i < 3; i++)
		make_all();
	MUST(setrlimit(RLIMIT_NOFILE, &wide));
	make_all();
	for (int fd = 3; fd < 30; fd++)
		close(fd);
	make_all();
	return 0;
}
