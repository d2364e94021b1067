/* SPDX-License-Identifier: MIT
 *
 * pidfd_open(2): close-on-exec descriptor, readable when the process has ended, usable for pidfd_send_signal and
 * waitid(P_PIDFD), pidfd_getfd copies a descriptor; errors.
 */
#include "contract.h"

#include <poll.h>
#include <sys/xattr.h>

enum { PIDFD_OPEN = 434, PIDFD_SEND_SIGNAL = 424, PIDFD_GETFD = 438, PIDFD = 3 };

static int child(void *unused)
{
	(void)unused;
	MUST(dup2(MUST(open("/dev/zero", O_RDONLY)), 20));
	write_file("ready", "");
	return sleep_forever(NULL);
}

int main(void)
{
	pid_t pid = start(child, NULL);
	while (access("ready", F_OK) == -1)
		sleep_ms(2);
	int fd = (int)CALL(syscall(PIDFD_OPEN, pid, 0));
	SHOW(fcntl(fd, F_GETFD));
	struct stat status;
	CALL(fstat(fd, &status));
	SHOW(status.st_mode & 0777);
	CALL(flistxattr(fd, NULL, 0));
	struct pollfd poll_fd = { fd, POLLIN, 0 };
	CALL(poll(&poll_fd, 1, 0));
	siginfo_t info = { 0 };
	CALL(waitid((idtype_t)PIDFD, (id_t)fd, &info, WEXITED | WNOHANG));
	SHOW(info.si_pid);
	int copy = (int)CALL(syscall(PIDFD_GETFD, fd, 20, 0));
	char byte = 1;
	CALL(read(copy, &byte, 1));
	SHOW(byte);
	SHOW(fcntl(copy, F_GETFD));
	CALL(syscall(PIDFD_GETFD, fd, 99, 0));
	CALL(syscall(PIDFD_SEND_SIGNAL, fd, 0, NULL, 0));
	CALL(syscall(PIDFD_SEND_SIGNAL, fd, SIGTERM, NULL, 0));
	CALL(poll(&poll_fd, 1, 10000));
	SHOW(poll_fd.revents);
	CALL(waitid((idtype_t)PIDFD, (id_t)fd, &info, WEXITED));
	say("code %d status %d pid %d\n", info.si_code, info.si_status, info.si_pid == pid);
	CALL(syscall(PIDFD_SEND_SIGNAL, fd, SIGTERM, NULL, 0));
	CALL(read(fd, &byte, 1));
	IS(syscall(PIDFD_OPEN, pid, 0) == -1 && errno == ESRCH);
	CALL(syscall(PIDFD_OPEN, 0, 0));
	CALL(syscall(PIDFD_OPEN, -1, 0));
	CALL(syscall(PIDFD_OPEN, 4000000, 0));
	CALL(syscall(PIDFD_OPEN, getpid(), 77));
	CALL(syscall(PIDFD_SEND_SIGNAL, 1, SIGTERM, NULL, 0));
	CALL(syscall(PIDFD_SEND_SIGNAL, 99, SIGTERM, NULL, 0));
	int self = (int)CALL(syscall(PIDFD_OPEN, getpid(), O_NONBLOCK));
	SHOW(fcntl(self, F_GETFL) & O_NONBLOCK);
	return 0;
}
