/* SPDX-License-Identifier: MIT
 *
 * pipe(2), pipe(7): round trip, end of file, EAGAIN, EPIPE with SIGPIPE, capacity, atomic writes up to PIPE_BUF,
 * a blocked writer goes on when read, partial non-blocking writes, direction errors.
 */
#include "contract.h"

static volatile sig_atomic_t broken;

static void on_pipe(int signal_number)
{
	(void)signal_number;
	broken++;
}

static int big_writer(void *end)
{
	static char bytes[200000];
	memset(bytes, 'b', sizeof(bytes));
	SHOW(write(*(int *)end, bytes, sizeof(bytes)));
	return 0;
}

static void blocked_writer(void)
{
	static char bytes[65536];
	int ends[2];
	MUST(pipe(ends));
	pid_t child = start(big_writer, &ends[1]);
	MUST(close(ends[1]));
	wait_until_asleep(child);
	long total = 0, count;
	while ((count = read(ends[0], bytes, sizeof(bytes))) > 0)
		total += count;
	SHOW(total);
	reap("writer", child);
	MUST(close(ends[0]));
}

int main(void)
{
	static char bytes[70000];
	int ends[2];
	char text[16];
	MUST(pipe(ends));
	CALL(write(ends[1], "hello", 5));
	CALL(write(ends[1], "again", 5));
	show_bytes("read", text, read(ends[0], text, 7));
	show_bytes("read", text, read(ends[0], text, 7));
	CALL(read(ends[0], text, 0));
	CALL(write(ends[1], text, 0));
	CALL(read(ends[1], text, 1));
	CALL(write(ends[0], text, 1));
	CALL(read(ends[0], (char *)8, 0));
	MUST(write(ends[1], "x", 1));
	CALL(read(ends[0], (char *)8, 1));
	CALL(write(ends[1], (char *)8, 1));
	MUST(close(ends[1]));
	show_bytes("left", text, read(ends[0], text, 7));
	CALL(read(ends[0], text, 7));
	MUST(close(ends[0]));
	MUST(pipe2(ends, O_NONBLOCK));
	CALL(read(ends[0], text, 1));
	CALL(write(ends[1], bytes, 60000));
	CALL(write(ends[1], bytes, 10000));
	CALL(write(ends[1], bytes, 1));
	CALL(read(ends[0], bytes, 4096));
	CALL(write(ends[1], bytes, 4096));
	CALL(write(ends[1], bytes, 4096));
	catch_signal(SIGPIPE, on_pipe, 0);
	MUST(close(ends[0]));
	CALL(write(ends[1], "x", 1));
	SHOW(broken);
	CALL(write(ends[1], "x", 0));
	signal(SIGPIPE, SIG_IGN);
	CALL(write(ends[1], "x", 1));
	CALL(pipe2(ends, 0x4));
	CALL(syscall(SYS_pipe, 8L));
	blocked_writer();
	return 0;
}
