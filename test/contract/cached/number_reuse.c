/* SPDX-License-Identifier: MIT
 *
 * Numbers that change their meaning under readers: dup2 swaps two files, close and open reuse the number, close_range and
 * exec take it away. A reader sees one file or the other, or EBADF where nothing is there, never what a number meant before.
 */
#include "contract.h"
#include <pthread.h>

#define SWAPS 1500
#define NUMBER 50

static int file_a, file_b;
static volatile bool done;
static volatile long seen_a, seen_b, closed, wrong;

static void *reader(void *unused)
{
	(void)unused;
	while (!done) {
		char byte = 0;
		ssize_t got = pread(NUMBER, &byte, 1, 0);
		if (got == 1 && byte == 'a')
			seen_a++;
		else if (got == 1 && byte == 'b')
			seen_b++;
		else if (got == -1 && errno == EBADF)
			closed++;
		else
			wrong++;
	}
	return NULL;
}

static void with_reader(const char *name, void (*change)(void))
{
	pthread_t thread;
	done = false;
	seen_a = seen_b = closed = wrong = 0;
	MUST(dup2(file_a, NUMBER));
	MUST(pthread_create(&thread, NULL, reader, NULL));
	while (!seen_a)
		sched_yield();
	for (int i = 0; i < SWAPS; i++) {
		change();
		if (i % 50 == 0)
			sched_yield();
	}
	done = true;
	MUST(pthread_join(thread, NULL));
	say("%s: wrong %ld\n", name, wrong);
}

static void swap(void)
{
	static bool second;
	second = !second;
	MUST(dup2(second ? file_b : file_a, NUMBER));
}

static void close_and_open(void)
{
	MUST(close(NUMBER));
	swap();
}

static void close_range_and_open(void)
{
	MUST(syscall(SYS_close_range, NUMBER, NUMBER, 0));
	swap();
}

/* What was read before means something else at once, in this very thread. */
static void one_thread(void)
{
	char bytes[3] = { 0 };
	long errors = 0;
	for (int i = 0; i < 300; i++) {
		int fd = (int)MUST(open(i & 1 ? "b" : "a", O_RDONLY));
		for (int turn = 0; turn < 3; turn++)
			errors += pread(fd, bytes, 1, 0) != 1 || bytes[0] != (i & 1 ? 'b' : 'a');
		MUST(close(fd));
		errors += pread(fd, bytes, 1, 0) != -1 || errno != EBADF;
	}
	say("one thread: errors %ld\n", errors);
}

int main(int count, char **arguments)
{
	char byte;
	if (count > 1) {
		CALL(pread(NUMBER, &byte, 1, 0));
		CALL(pread(NUMBER + 1, &byte, 1, 0));
		return 0;
	}
	write_file("a", "aaaa");
	write_file("b", "bbbb");
	file_a = (int)MUST(open("a", O_RDONLY));
	file_b = (int)MUST(open("b", O_RDONLY));
	with_reader("swap", swap);
	with_reader("close and open", close_and_open);
	with_reader("close_range and open", close_range_and_open);
	one_thread();
	MUST(dup3(file_a, NUMBER, O_CLOEXEC));
	MUST(dup2(file_b, NUMBER + 1));
	CALL(pread(NUMBER, &byte, 1, 0));
	CALL(pread(NUMBER + 1, &byte, 1, 0));
	char self[256] = { 0 };
	MUST(readlink("/proc/self/exe", self, sizeof(self) - 1));
	execl(self, arguments[0], "again", NULL);
	return 1;
}
