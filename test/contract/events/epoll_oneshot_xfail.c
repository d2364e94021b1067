/* SPDX-License-Identifier: MIT
 *
 * epoll_ctl(2): ONESHOT disables after one event until MOD re-arms it; a registration belongs to the open file, so
 * closing one of two descriptors keeps it; EXCLUSIVE's limits; epoll_pwait swaps the mask atomically.
 */
#include "contract.h"

#include <sys/epoll.h>

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

int main(void)
{
	int ends[2];
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT, .data.fd = 5 }, found[4];
	int poller = (int)MUST(epoll_create1(0));
	MUST(pipe(ends));
	MUST(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event));
	MUST(write(ends[1], "a", 1));
	CALL(epoll_wait(poller, found, 4, 0));
	CALL(epoll_wait(poller, found, 4, 0));
	MUST(write(ends[1], "b", 1));
	CALL(epoll_wait(poller, found, 4, 20));
	CALL(epoll_ctl(poller, EPOLL_CTL_MOD, ends[0], &event));
	CALL(epoll_wait(poller, found, 4, 0));
	CALL(epoll_wait(poller, found, 4, 0));
	event.events = EPOLLIN;
	CALL(epoll_ctl(poller, EPOLL_CTL_MOD, ends[0], &event));
	int copy = (int)MUST(dup(ends[0]));
	MUST(close(ends[0]));
	CALL(epoll_wait(poller, found, 4, 0));
	CALL(epoll_ctl(poller, EPOLL_CTL_DEL, ends[0], NULL));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, copy, &event));
	CALL(epoll_wait(poller, found, 4, 0));
	MUST(close(copy));
	CALL(epoll_wait(poller, found, 4, 0));
	MUST(pipe(ends));
	event.events = EPOLLIN | EPOLLEXCLUSIVE;
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_MOD, ends[0], &event));
	event.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, ends[1], &event));
	sigset_t none;
	sigemptyset(&none);
	catch_signal(SIGUSR1, handler, SA_RESTART);
	block_signal(SIGUSR1);
	MUST(kill(getpid(), SIGUSR1));
	CALL(epoll_wait(poller, found, 4, 10));
	SHOW(runs);
	CALL(epoll_pwait(poller, found, 4, 10000, &none));
	SHOW(runs);
	IS(signal_is_blocked(SIGUSR1));
	struct timespec time = { 0, 20000000 };
	CALL(syscall(441, poller, found, 4, &time, NULL, 8L));
	CALL(syscall(441, poller, found, 4, &(struct timespec){ 0, -1 }, NULL, 8L));
	return 0;
}
