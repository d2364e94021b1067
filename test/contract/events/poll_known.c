/* SPDX-License-Identifier: MIT
 *
 * poll and ppoll of eventfds, pipes, files and devices, again and again: what changes between two looks shows in the second,
 * also when descriptors are closed or mean something else; ends without a partner; arrays anywhere; how many entries there may be.
 */
#include "../contract.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#define ALL (POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM)
#define COUNT 6

static struct pollfd entries[COUNT];

static void look(const char *what, int timeout)
{
	for (int turn = 0; turn < 3; turn++) {
		for (int i = 0; i < COUNT; i++)
			entries[i].revents = 0x7777;
		errno = 0;
		int count = poll(entries, COUNT, turn == 1 ? timeout : 0);
		say("%s: %d %s\n", what, count, count < 0 ? errno_name(errno) : "");
		for (int i = 0; i < COUNT; i++)
			say("  %d: 0x%x\n", i, (unsigned)entries[i].revents);
	}
}

static void put(int fd, uint64_t value)
{
	MUST(write(fd, &value, sizeof(value)));
}

static void take(int fd)
{
	uint64_t value;
	MUST(read(fd, &value, sizeof(value)));
}

static void changes(int *ends)
{
	static char page[65536];
	int counter = entries[0].fd;
	look("start", -1);
	put(counter, 1);
	look("counted", -1);
	put(counter, 0xfffffffffffffffdull);
	look("counter full", -1);
	MUST(write(ends[1], page, sizeof(page)));
	look("pipe full", -1);
	take(counter);
	MUST(read(ends[0], page, 4096));
	look("room", -1);
	MUST(read(ends[0], page, sizeof(page)));
	look("empty", -1);
	for (int i = 0; i < COUNT; i++)
		entries[i].events = POLLPRI;
	look("nothing of that", 1);
	for (int i = 0; i < COUNT; i++)
		entries[i].events = i % 2 ? POLLIN : POLLRDNORM;
	look("other names", -1);
	entries[3].fd = entries[4].fd = -1;
	look("without files", 1);
	put(counter, 5);
	entries[0].events = POLLIN;
	look("one", 1);
	entries[1].events = entries[2].events = ALL;
	MUST(close(ends[1]));
	look("no writer", 1);
	CALL(dup2(counter, ends[0]) == ends[0]);
	look("number reused", 1);
	MUST(close(ends[0]));
	look("closed", 1);
}

static void one_end_left(void)
{
	int ends[2];
	MUST(pipe(ends));
	struct pollfd writer = { ends[1], POLLOUT, 0 };
	for (int i = 0; i < 3; i++)
		CALL(poll(&writer, 1, 0));
	MUST(close(ends[0]));
	CALL(poll(&writer, 1, -1));
	HEX(writer.revents);
	close(ends[1]);
}

static void places(int fd)
{
	struct rlimit limit;
	struct timespec now = { 0, 0 };
	char *pages = mmap(NULL, 12288, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(munmap(pages + 8192, 4096));
	struct pollfd *last = (void *)(pages + 8192 - sizeof(*last)), *across = (void *)(pages + 4092);
	*last = *across = (struct pollfd){ fd, POLLIN | POLLOUT, 0 };
	CALL(poll(last, 1, 0));
	CALL(poll(last, 1, 0));
	CALL(poll(last, 2, 0));
	CALL(poll(across, 1, 0));
	HEX(across->revents);
	CALL(poll((void *)8, 1, 0));
	CALL(poll((void *)8, 0, 0));
	CALL(syscall(SYS_ppoll, last, 1, NULL, NULL, 8));
	CALL(syscall(SYS_ppoll, last, 1, &now, NULL, 8));
	MUST(mprotect(pages, 8192, PROT_READ));
	CALL(poll(last, 1, 0));
	MUST(mprotect(pages, 8192, PROT_READ | PROT_WRITE));
	MUST(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 3;
	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	struct pollfd some[4] = {
		{ fd, POLLOUT, 0 }, { fd, POLLOUT, 0 }, { fd, POLLOUT, 0 }, { fd, POLLOUT, 0 }
	};
	CALL(poll(some, 3, 0));
	CALL(poll(some, 4, 0));
	CALL(poll(some, 3, 0));
}

int main(void)
{
	int ends[2], counter = (int)MUST(eventfd(0, EFD_NONBLOCK));
	MUST(pipe2(ends, O_NONBLOCK));
	int files[] = { counter,
			ends[0],
			ends[1],
			(int)MUST(open("file", O_RDWR | O_CREAT, 0600)),
			(int)MUST(open("/dev/null", O_RDWR)),
			-7 };
	for (int i = 0; i < COUNT; i++)
		entries[i] = (struct pollfd){ files[i], ALL, 0 };
	changes(ends);
	one_end_left();
	places(counter);
	return 0;
}
