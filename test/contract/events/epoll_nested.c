/* SPDX-License-Identifier: MIT
 *
 * epoll(7): sets in sets, loops and depth, readiness through a chain, files that are closed while watched, duplicates,
 * argument errors, exclusive entries, more events than asked for.
 */
#include "contract.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int add(int set, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };
	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

static void show_ready(const char *name, int set)
{
	struct epoll_event events[8];
	int count = epoll_wait(set, events, 8, 0);
	say("%s: %d\n", name, count);
	for (int i = 0; i < count; i++)
		say("  fd %d events 0x%x\n", events[i].data.fd, events[i].events);
}

static void chain(void)
{
	int sets[10];
	for (int i = 0; i < 10; i++)
		sets[i] = (int)MUST(epoll_create1(0));
	for (int i = 0; i < 9; i++)
		CALL(add(sets[i + 1], sets[i], EPOLLIN));
	CALL(add(sets[0], sets[1], EPOLLIN));
	for (int i = 0; i < 10; i++)
		MUST(close(sets[i]));
}

int main(void)
{
	int inner = (int)CALL(epoll_create1(EPOLL_CLOEXEC)), outer = (int)CALL(epoll_create(1));
	int event = (int)CALL(eventfd(0, EFD_NONBLOCK));
	uint64_t value = 1;
	CALL(add(inner, event, EPOLLIN));
	CALL(add(outer, inner, EPOLLIN | EPOLLET));
	CALL(add(inner, outer, EPOLLIN));
	CALL(add(outer, outer, EPOLLIN));
	show_ready("quiet", outer);
	MUST(write(event, &value, 8));
	struct pollfd entry = { outer, POLLIN, 0 };
	CALL(poll(&entry, 1, 0));
	show_ready("outer", outer);
	show_ready("outer again", outer);
	show_ready("inner", inner);
	show_ready("inner again", inner);
	MUST(write(event, &value, 8));
	show_ready("outer, written again", outer);
	MUST(read(event, &value, 8));
	show_ready("inner, drained", inner);
	int copy = (int)CALL(dup(event));
	CALL(add(inner, event, EPOLLIN));
	CALL(add(inner, copy, EPOLLIN | EPOLLOUT));
	show_ready("by the copy", inner);
	MUST(close(event));
	value = 1;
	MUST(write(copy, &value, 8));
	show_ready("closed number, open file", inner);
	MUST(close(copy));
	show_ready("file closed", inner);
	int ends[2];
	MUST(pipe(ends));
	CALL(add(inner, ends[0], EPOLLIN | EPOLLEXCLUSIVE));
	CALL(epoll_ctl(inner, EPOLL_CTL_MOD, ends[0], &(struct epoll_event){ .events = EPOLLIN }));
	CALL(epoll_ctl(inner, EPOLL_CTL_MOD, ends[1], &(struct epoll_event){ .events = EPOLLIN }));
	CALL(add(inner, ends[1], EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT));
	CALL(add(outer, inner, EPOLLIN | EPOLLEXCLUSIVE));
	CALL(add(inner, ends[1], EPOLLOUT));
	CALL(add(inner, 0, EPOLLIN));
	MUST(write(ends[1], "x", 1));
	struct epoll_event one;
	CALL(epoll_wait(inner, &one, 1, 0));
	int first = one.data.fd;
	CALL(epoll_wait(inner, &one, 1, 0));
	IS(first != one.data.fd);
	MUST(close(ends[1]));
	show_ready("writer closed", inner);
	CALL(epoll_ctl(inner, EPOLL_CTL_DEL, ends[0], NULL));
	CALL(epoll_ctl(inner, EPOLL_CTL_DEL, ends[0], NULL));
	CALL(epoll_ctl(inner, 7, ends[0], &one));
	CALL(epoll_ctl(inner, EPOLL_CTL_ADD, ends[0], NULL));
	CALL(epoll_ctl(ends[0], EPOLL_CTL_ADD, inner, &one));
	CALL(epoll_ctl(inner, EPOLL_CTL_ADD, 99, &one));
	CALL(epoll_wait(ends[0], &one, 1, 0));
	CALL(epoll_wait(inner, &one, 0, 0));
	CALL(epoll_wait(99, &one, 1, 0));
	CALL(epoll_create(0));
	CALL(epoll_create1(1));
	chain();
	return 0;
}
