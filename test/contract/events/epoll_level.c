/* SPDX-License-Identifier: MIT
 *
 * epoll(7), level-triggered: reports while readable, quiet when drained, deletion, re-adding, user data, sizes; a
 * waiting thread is woken; errors of every argument; epoll descriptors are pollable and nest.
 */
#include "contract.h"

#include <poll.h>
#include <sys/epoll.h>

static int late_writer(void *end)
{
	wait_until_asleep(getppid());
	MUST(write(*(int *)end, "late", 4));
	return 0;
}

static void errors(int poller, int *ends)
{
	struct epoll_event event = { .events = EPOLLIN };
	int file = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, file, &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, 99, &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, poller, &event));
	CALL(epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, ends[1], (void *)8));
	CALL(epoll_ctl(poller, 99, ends[1], &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_MOD, ends[1], &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_DEL, ends[1], &event));
	CALL(epoll_wait(poller, &event, 0, 0));
	CALL(epoll_wait(poller, &event, -1, 0));
	CALL(epoll_wait(ends[0], &event, 1, 0));
	CALL(epoll_wait(99, &event, 1, 0));
	CALL(epoll_create(0));
	CALL(epoll_create1(1));
}

int main(void)
{
	int ends[2];
	char bytes[16];
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0x123456789abcdef0 }, found[4];
	int poller = (int)CALL(epoll_create1(EPOLL_CLOEXEC));
	SHOW(fcntl(poller, F_GETFD));
	MUST(pipe(ends));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event));
	CALL(epoll_wait(poller, found, 4, 0));
	long before = now_ms();
	CALL(epoll_wait(poller, found, 4, 30));
	IS(now_ms() - before >= 30);
	MUST(write(ends[1], "abcd", 4));
	CALL(epoll_wait(poller, found, 4, -1));
	HEX(found[0].data.u64);
	HEX(found[0].events);
	MUST(read(ends[0], bytes, 2));
	CALL(epoll_wait(poller, found, 4, 0));
	struct pollfd poll_fd = { poller, POLLIN, 0 };
	CALL(poll(&poll_fd, 1, 0));
	MUST(read(ends[0], bytes, 2));
	CALL(epoll_wait(poller, found, 4, 0));
	CALL(poll(&poll_fd, 1, 0));
	pid_t child = start(late_writer, &ends[1]);
	CALL(epoll_wait(poller, found, 4, 10000));
	reap("writer", child);
	int outer = (int)MUST(epoll_create1(0));
	CALL(epoll_ctl(outer, EPOLL_CTL_ADD, poller, &event));
	CALL(epoll_wait(outer, found, 4, 0));
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, outer, &event));
	CALL(epoll_ctl(poller, EPOLL_CTL_DEL, ends[0], NULL));
	CALL(epoll_wait(poller, found, 4, 0));
	CALL(epoll_wait(outer, found, 4, 0));
	event.events = EPOLLOUT | EPOLLIN;
	CALL(epoll_ctl(poller, EPOLL_CTL_ADD, ends[1], &event));
	CALL(epoll_wait(poller, found, 4, 0));
	HEX(found[0].events);
	MUST(close(ends[0]));
	CALL(epoll_wait(poller, found, 4, 0));
	HEX(found[0].events);
	MUST(close(ends[1]));
	CALL(epoll_wait(poller, found, 4, 0));
	MUST(pipe(ends));
	errors(poller, ends);
	return 0;
}
