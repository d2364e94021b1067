/* SPDX-License-Identifier: MIT
 *
 * ppoll(2): nanosecond time-outs, zero and none, the time left is stored by the system call, the mask is swapped
 * atomically and put back, bad times.
 */
#include "contract.h"

#include <poll.h>

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
	say("handler: USR1 blocked %d, USR2 blocked %d\n", signal_is_blocked(SIGUSR1),
	    signal_is_blocked(SIGUSR2));
}

static long raw_ppoll(struct pollfd *fds, unsigned long count, struct timespec *time, const sigset_t *mask)
{
	return syscall(SYS_ppoll, fds, count, time, mask, 8L);
}

int main(void)
{
	int ends[2];
	sigset_t mask;
	struct timespec time = { 0, 20000000 };
	MUST(pipe(ends));
	struct pollfd poll_fd = { ends[0], POLLIN, 0 };
	long before = now_ms();
	CALL(raw_ppoll(&poll_fd, 1, &time, NULL));
	IS(now_ms() - before >= 20);
	say("left %ld.%09ld\n", (long)time.tv_sec, time.tv_nsec);
	MUST(write(ends[1], "x", 1));
	time = (struct timespec){ 30, 0 };
	CALL(raw_ppoll(&poll_fd, 1, &time, NULL));
	SHOW(poll_fd.revents);
	IS(time.tv_sec >= 25 && time.tv_sec <= 30);
	CALL(raw_ppoll(&poll_fd, 1, NULL, NULL));
	CALL(raw_ppoll(&poll_fd, 1, &(struct timespec){ 0, 0 }, NULL));
	MUST(close(ends[1]));
	CALL(raw_ppoll(&poll_fd, 1, &(struct timespec){ 0, 0 }, NULL));
	HEX(poll_fd.revents);
	catch_signal(SIGUSR1, handler, SA_RESTART);
	block_signal(SIGUSR1);
	MUST(kill(getpid(), SIGUSR1));
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	time = (struct timespec){ 30, 0 };
	CALL(raw_ppoll(NULL, 0, &time, &mask));
	IS(time.tv_sec >= 25);
	SHOW(runs);
	IS(signal_is_blocked(SIGUSR1) && !signal_is_blocked(SIGUSR2));
	MUST(kill(getpid(), SIGUSR1));
	CALL(raw_ppoll(&poll_fd, 1, &time, &mask));
	SHOW(runs);
	CALL(raw_ppoll(NULL, 0, &(struct timespec){ 0, 1000000000 }, NULL));
	CALL(raw_ppoll(NULL, 0, &(struct timespec){ -1, 0 }, NULL));
	CALL(raw_ppoll(NULL, 0, (struct timespec *)8, NULL));
	CALL(syscall(SYS_ppoll, NULL, 0L, &time, &mask, 4L));
	unblock_signal(SIGUSR1);
	SHOW(runs);
	return 0;
}
