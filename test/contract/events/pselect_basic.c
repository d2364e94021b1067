/* SPDX-License-Identifier: MIT
 *
 * pselect(2): time-out 0 and longer, readable, end of file readable, the mask swapped atomically, more than 64
 * descriptors, closed descriptors EBADF.
 */
#include "contract.h"

#include <sys/select.h>

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int check(int fd, struct timespec time, const sigset_t *mask)
{
	fd_set set;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	int count = pselect(fd + 1, &set, NULL, NULL, &time, mask);
	if (count == -1)
		return -errno;
	return count * 10 + (FD_ISSET(fd, &set) ? 1 : 0);
}

int main(void)
{
	int ends[2];
	sigset_t mask;
	char byte;
	MUST(pipe(ends));
	SHOW(check(ends[0], (struct timespec){ 0, 0 }, NULL));
	long before = now_ms();
	SHOW(check(ends[0], (struct timespec){ 0, 20000000 }, NULL));
	IS(now_ms() - before >= 20);
	MUST(write(ends[1], "x", 1));
	SHOW(check(ends[0], (struct timespec){ 5, 0 }, NULL));
	CALL(dup2(ends[0], 200));
	SHOW(check(200, (struct timespec){ 5, 0 }, NULL));
	MUST(read(ends[0], &byte, 1));
	SHOW(check(200, (struct timespec){ 0, 0 }, NULL));
	catch_signal(SIGUSR1, handler, SA_RESTART);
	block_signal(SIGUSR1);
	MUST(kill(getpid(), SIGUSR1));
	SHOW(check(ends[0], (struct timespec){ 0, 5000000 }, NULL));
	SHOW(runs);
	sigemptyset(&mask);
	TEXT(errno_name(-check(ends[0], (struct timespec){ 20, 0 }, &mask)));
	SHOW(runs);
	IS(signal_is_blocked(SIGUSR1));
	MUST(close(ends[1]));
	SHOW(check(ends[0], (struct timespec){ 5, 0 }, NULL));
	TEXT(errno_name(-check(99, (struct timespec){ 0, 0 }, NULL)));
	CALL(pselect(-1, NULL, NULL, NULL, NULL, NULL));
	CALL(pselect(0, NULL, NULL, NULL, &(struct timespec){ 0, 1000000000 }, NULL));
	return 0;
}
