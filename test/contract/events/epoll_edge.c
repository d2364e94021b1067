/* SPDX-License-Identifier: MIT
 *
 * epoll(7), edge-triggered: one event per arrival, none while the data is left unread, again for each further
 * write even without reading, for pipes, eventfds and sockets; an edge is given to one of two waiters only.
 */
#include "contract.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static int poller;

static void events(const char *when)
{
	struct epoll_event found[4];
	int count = epoll_wait(poller, found, 4, 0);
	say("%s: %d", when, count);
	for (int i = 0; i < count; i++)
		say(" [%d: 0x%x]", (int)found[i].data.u64, found[i].events);
	say("\n");
}

static void watch(int fd, unsigned wanted, int mark)
{
	struct epoll_event event = { .events = wanted, .data.u64 = (uint64_t)mark };
	MUST(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event));
}

int main(void)
{
	char bytes[16];
	int ends[2], pair[2];
	poller = (int)MUST(epoll_create1(0));
	MUST(pipe(ends));
	watch(ends[0], EPOLLIN | EPOLLET, 1);
	events("fresh");
	MUST(write(ends[1], "abc", 3));
	events("written");
	events("unread");
	MUST(read(ends[0], bytes, 1));
	events("partly read");
	MUST(write(ends[1], "d", 1));
	events("written again");
	MUST(read(ends[0], bytes, 16));
	events("drained");
	MUST(write(ends[1], "e", 1));
	MUST(read(ends[0], bytes, 1));
	events("written and drained");
	int counter = (int)MUST(eventfd(0, EFD_NONBLOCK));
	watch(counter, EPOLLIN | EPOLLOUT | EPOLLET, 2);
	events("eventfd");
	MUST(write(counter, &(uint64_t){ 1 }, 8));
	events("eventfd written");
	events("eventfd quiet");
	MUST(write(counter, &(uint64_t){ 1 }, 8));
	events("eventfd written again");
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	watch(pair[0], EPOLLIN | EPOLLRDHUP | EPOLLET, 3);
	events("socket");
	MUST(write(pair[1], "x", 1));
	events("socket written");
	MUST(shutdown(pair[1], SHUT_WR));
	events("socket shut down");
	MUST(close(pair[1]));
	events("socket closed");
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = 9 };
	MUST(write(ends[1], "x", 1));
	events("pipe written");
	MUST(epoll_ctl(poller, EPOLL_CTL_MOD, ends[0], &event));
	events("modified");
	MUST(close(ends[1]));
	events("pipe closed");
	return 0;
}
