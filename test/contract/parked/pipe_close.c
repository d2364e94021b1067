/* SPDX-License-Identifier: MIT
 *
 * A read or write that waits in a pipe goes on when another thread closes its descriptor, or gives the number another
 * meaning; the last writer's end ends it, a signal interrupts it, and a restarted one looks at the number again.
 */
#include "../contract.h"

#include <poll.h>
#include <pthread.h>

static int ends[2], tid;
static char got;

static void handler(int signal_number)
{
	(void)signal_number;
}

static void *reader(void *unused)
{
	char byte = 0;
	(void)unused;
	__atomic_store_n(&tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	errno = 0;
	long result = read(ends[0], &byte, 1);
	got = byte;
	return (void *)(result < 0 ? -(long)errno : result);
}

static void *writer(void *unused)
{
	char byte = 'w';
	(void)unused;
	__atomic_store_n(&tid, (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	errno = 0;
	long result = write(ends[1], &byte, 1);
	return (void *)(result < 0 ? -(long)errno : result);
}

/* The pipe's first transfers, after which a kernel may answer by itself. */
static void make_pipe(void)
{
	char byte;
	MUST(pipe(ends));
	for (int i = 0; i < 3; i++) {
		MUST(write(ends[1], "x", 1));
		MUST(read(ends[0], &byte, 1));
	}
	got = 0;
}

static pthread_t waiting(void *(*body)(void *))
{
	pthread_t thread;
	__atomic_store_n(&tid, 0, __ATOMIC_SEQ_CST);
	MUST(-pthread_create(&thread, NULL, body, NULL));
	while (!__atomic_load_n(&tid, __ATOMIC_SEQ_CST))
		sleep_ms(1);
	wait_until_thread_asleep(tid);
	return thread;
}

static void show_end(const char *what, pthread_t thread)
{
	void *result;
	MUST(-pthread_join(thread, &result));
	if ((long)result < 0)
		say("%s: %s\n", what, errno_name((int)-(long)result));
	else
		say("%s: %ld, %d\n", what, (long)result, got);
}

static void closed_under_a_reader(void)
{
	make_pipe();
	pthread_t thread = waiting(reader);
	CALL(close(ends[0]));
	CALL(write(ends[1], "a", 1));
	show_end("closed under a reader", thread);
	catch_signal(SIGPIPE, SIG_IGN, 0);
	CALL(write(ends[1], "b", 1));
	close(ends[1]);
}

static void number_reused_under_a_reader(void)
{
	int other[2];
	make_pipe();
	MUST(pipe(other));
	MUST(write(other[1], "o", 1));
	pthread_t thread = waiting(reader);
	DOES(dup2(other[0], ends[0]));
	CALL(write(ends[1], "c", 1));
	show_end("number reused under a reader", thread);
	char byte;
	CALL(read(ends[0], &byte, 1));
	SHOW(byte);
	close(other[0]);
	close(other[1]);
	close(ends[0]);
	close(ends[1]);
}

static void last_writer_goes(void)
{
	make_pipe();
	pthread_t thread = waiting(reader);
	CALL(close(ends[1]));
	show_end("last writer goes", thread);
	close(ends[0]);
}

static void closed_under_a_writer(void)
{
	static char page[4096];
	make_pipe();
	for (int i = 0; i < 16; i++)
		MUST(write(ends[1], page, sizeof(page)));
	pthread_t thread = waiting(writer);
	CALL(close(ends[1]));
	CALL(read(ends[0], page, sizeof(page)));
	show_end("closed under a writer", thread);
	long rest = 0, part;
	while ((part = read(ends[0], page, sizeof(page))) > 0)
		rest += part;
	SHOW(rest);
	close(ends[0]);
}

static void last_reader_goes(void)
{
	static char page[4096];
	make_pipe();
	for (int i = 0; i < 16; i++)
		MUST(write(ends[1], page, sizeof(page)));
	pthread_t thread = waiting(writer);
	CALL(close(ends[0]));
	show_end("last reader goes", thread);
	close(ends[1]);
}

static void interrupted(int flags, bool closed)
{
	make_pipe();
	catch_signal(SIGUSR1, handler, flags);
	pthread_t thread = waiting(reader);
	if (closed)
		MUST(close(ends[0]));
	MUST(syscall(SYS_tgkill, getpid(), tid, SIGUSR1));
	if (flags && !closed) {
		sleep_ms(20);
		wait_until_thread_asleep(tid);
		MUST(write(ends[1], "r", 1));
	}
	show_end(closed ? "interrupted, closed" : flags ? "restarted" : "interrupted", thread);
	if (!closed)
		close(ends[0]);
	close(ends[1]);
}

/* Watchers see what a routed end does, and the waiting reader too. */
static void watched_beside_a_reader(void)
{
	make_pipe();
	pthread_t thread = waiting(reader);
	struct pollfd poll_fd = { ends[1], POLLOUT, 0 }, nothing = { ends[0], POLLIN, 0 };
	CALL(poll(&nothing, 1, 0));
	CALL(poll(&poll_fd, 1, 1000));
	CALL(write(ends[1], "p", 1));
	show_end("beside poll", thread);
	CALL(poll(&nothing, 1, 0));
	MUST(write(ends[1], "q", 1));
	CALL(poll(&nothing, 1, 1000));
	close(ends[0]);
	close(ends[1]);
}

static void without_waiting(void)
{
	static char page[4096];
	make_pipe();
	MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK));
	MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK));
	CALL(read(ends[0], page, 1));
	for (int i = 0; i < 16; i++)
		MUST(write(ends[1], page, sizeof(page)));
	CALL(write(ends[1], page, 1));
	CALL(read(ends[0], page, 5));
	CALL(write(ends[1], page, 1));
	CALL(read(ends[0], page, 4091));
	CALL(write(ends[1], page, 4096));
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	closed_under_a_reader();
	number_reused_under_a_reader();
	last_writer_goes();
	closed_under_a_writer();
	last_reader_goes();
	interrupted(0, false);
	interrupted(SA_RESTART, false);
	interrupted(SA_RESTART, true);
	watched_beside_a_reader();
	without_waiting();
	return 0;
}
