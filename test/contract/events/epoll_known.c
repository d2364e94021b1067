/* SPDX-License-Identifier: MIT
 *
 * What a level-triggered epoll set answers again and again, and that everything which may change the answer does so at once:
 * other reads and writes, other events, rearming, other members, ends of files, other processes, nested sets, poll on the set.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>

static int poller;

static void add(int fd, uint32_t events, uint32_t name)
{
	struct epoll_event event = { .events = events, .data.u32 = name };
	MUST(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event));
}

static long change(int fd, uint32_t events, uint32_t name)
{
	struct epoll_event event = { .events = events, .data.u32 = name };
	return epoll_ctl(poller, EPOLL_CTL_MOD, fd, &event);
}

static void one_look(const char *what, int room, int timeout)
{
	struct epoll_event found[32];
	errno = 0;
	int count = epoll_wait(poller, found, room, timeout);
	say("%s: %d%s%s\n", what, count, count < 0 ? " " : "", count < 0 ? errno_name(errno) : "");
	for (int i = 0; i < count; i++)
		say("  %u: 0x%x\n", found[i].data.u32, found[i].events);
}

/* The same answer each time, with and without a time-out. */
static void look(const char *what, int timeout)
{
	one_look(what, 32, 0);
	one_look(what, 32, 0);
	one_look(what, 32, timeout);
	one_look(what, 32, 0);
}

static long put(int fd, uint64_t value)
{
	return write(fd, &value, 8);
}

static long take(int fd)
{
	uint64_t value;
	return read(fd, &value, 8);
}

static int put_later(void *fd)
{
	wait_until_asleep(getppid());
	MUST(put(*(int *)fd, 1));
	return 0;
}

static void counters(void)
{
	int one = (int)MUST(eventfd(0, EFD_NONBLOCK)), two = (int)MUST(eventfd(1, EFD_NONBLOCK));
	look("empty set", 1);
	add(one, EPOLLIN, 1);
	look("not ready", 1);
	CALL(put(one, 1));
	look("ready", -1);
	CALL(put(one, 1));
	look("more", -1);
	CALL(take(one));
	look("taken", 1);
	CALL(put(one, 1));
	add(two, EPOLLIN, 2);
	look("both", -1);
	one_look("room for one", 1, 0);
	one_look("room for one", 1, 0);
	look("turned", -1);
	CALL(change(two, EPOLLOUT, 22));
	look("another event", -1);
	CALL(change(one, EPOLLIN | EPOLLOUT, 11));
	look("more events", -1);
	CALL(change(one, EPOLLIN | EPOLLONESHOT, 1));
	look("once", -1);
	CALL(change(one, EPOLLIN | EPOLLET, 1));
	look("edge", -1);
	CALL(change(one, 0, 1));
	look("nothing wanted", -1);
	CALL(change(one, EPOLLIN, 1));
	MUST(epoll_ctl(poller, EPOLL_CTL_DEL, two, NULL));
	look("deleted", -1);
	int copy = dup(one);
	CALL(close(one));
	look("closed, a copy is left", -1);
	CALL(close(copy));
	look("closed", 1);
	close(two);
}

static void pipes(void)
{
	int ends[2];
	static char page[65536];
	MUST(pipe2(ends, O_NONBLOCK));
	add(ends[0], EPOLLIN, 10);
	add(ends[1], EPOLLOUT, 11);
	look("pipe", -1);
	MUST(write(ends[1], "ab", 2));
	look("written", -1);
	MUST(read(ends[0], page, 1));
	look("one byte left", -1);
	MUST(read(ends[0], page, 1));
	look("read", -1);
	CALL(write(ends[1], page, sizeof(page)));
	look("full", -1);
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 131072));
	look("bigger", -1);
	MUST(read(ends[0], page, sizeof(page)));
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 4096));
	look("smaller", -1);
	CALL(close(ends[1]));
	look("no writer", -1);
	CALL(close(ends[0]));
	look("gone", 1);
}

static void others(void)
{
	int fd = (int)MUST(eventfd(0, 0)), inner = poller, outer = (int)MUST(epoll_create1(0));
	struct pollfd poll_fd = { inner, POLLIN, 0 };
	add(fd, EPOLLIN, 30);
	look("before a child", 1);
	pid_t child = start(put_later, &fd);
	one_look("a child writes", 32, 10000);
	reap("child", child);
	look("afterwards", -1);
	poller = outer;
	add(inner, EPOLLIN, 31);
	look("outer", -1);
	CALL(poll(&poll_fd, 1, 0));
	CALL(take(fd));
	look("outer", 1);
	CALL(poll(&poll_fd, 1, 0));
	poller = inner;
	look("inner", 1);
	CALL(put(fd, 1));
	look("inner", -1);
	poller = outer;
	look("outer", -1);
	CALL(close(inner));
	look("inner closed", 1);
	CALL(dup2(fd, outer) == outer);
	one_look("no set", 32, 0);
	close(outer);
	close(fd);
}

static void many(void)
{
	int fds[20];
	for (int i = 0; i < 20; i++) {
		fds[i] = (int)MUST(eventfd(1, 0));
		add(fds[i], EPOLLIN, (uint32_t)i);
	}
	look("many", -1);
	for (int i = 0; i < 10; i++)
		MUST(take(fds[i]));
	look("half", -1);
	for (int i = 10; i < 20; i++)
		MUST(take(fds[i]));
	look("none", 1);
	for (int i = 0; i < 20; i++)
		close(fds[i]);
}

static void bad_places(void)
{
	int fd = (int)MUST(eventfd(1, 0));
	struct epoll_event found;
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	add(fd, EPOLLIN, 40);
	look("good", -1);
	CALL(epoll_wait(poller, page, 1, 0));
	CALL(epoll_wait(poller, (void *)8, 1, 0));
	CALL(epoll_wait(poller, (void *)0xffff800000000000, 1, 0));
	CALL(epoll_wait(poller, &found, 0, 0));
	CALL(epoll_wait(poller, &found, -1, 0));
	CALL(syscall(SYS_epoll_pwait, poller, &found, 1, 0, NULL, 8));
	CALL(syscall(SYS_epoll_wait, poller, &found, 1, 0));
	CALL(syscall(SYS_epoll_pwait2, poller, &found, 1, NULL, NULL, 8));
	look("still", -1);
	close(fd);
}

int main(void)
{
	poller = (int)MUST(epoll_create1(0));
	counters();
	pipes();
	many();
	bad_places();
	others();
	return 0;
}
