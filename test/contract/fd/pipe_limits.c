/* SPDX-License-Identifier: MIT
 *
 * pipe(7): capacity and F_SETPIPE_SZ, what fits without blocking, atomic small writes, when a full pipe becomes writable
 * again, packet mode, errors of a pipe without a reader.
 */
#include "contract.h"

#include <poll.h>
#include <sys/ioctl.h>

static char block[70000];

static void show_ready(const char *name, int fd)
{
	struct pollfd entry = { fd, POLLIN | POLLOUT, 0 };
	poll(&entry, 1, 0);
	say("%s: 0x%x\n", name, entry.revents);
}

static long fill(int fd, size_t bytes)
{
	long total = 0, done;
	while ((done = write(fd, block, bytes)) > 0)
		total += done;
	return total;
}

int main(void)
{
	int ends[2], bytes;
	char text[16];
	MUST(pipe2(ends, O_NONBLOCK));
	CALL(fcntl(ends[0], F_GETPIPE_SZ));
	show_ready("empty, read end", ends[0]);
	show_ready("empty, write end", ends[1]);
	SHOW(fill(ends[1], 4096));
	show_ready("full", ends[1]);
	CALL(read(ends[0], block, 1));
	CALL(write(ends[1], "x", 1));
	show_ready("one byte less", ends[1]);
	CALL(read(ends[0], block, 4095));
	show_ready("a page less", ends[1]);
	CALL(write(ends[1], block, 4097));
	CALL(write(ends[1], block, 2));
	CALL(read(ends[0], block, sizeof(block)));
	SHOW(fill(ends[1], 1000));
	MUST(ioctl(ends[0], FIONREAD, &bytes));
	SHOW(bytes);
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 4096));
	CALL(read(ends[0], block, sizeof(block)));
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 1));
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 10000));
	SHOW(fill(ends[1], 1));
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 0));
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 65537));
	CALL(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20));
	CALL(write(ends[1], block, 70000));
	CALL(fcntl(0, F_GETPIPE_SZ));
	MUST(close(ends[0]) | close(ends[1]));
	MUST(pipe2(ends, O_DIRECT | O_NONBLOCK));
	CALL(write(ends[1], "first", 5));
	CALL(write(ends[1], "second", 6));
	show_bytes("packet", text, read(ends[0], text, 3));
	show_bytes("packet", text, read(ends[0], text, 16));
	CALL(read(ends[0], text, 16));
	CALL(read(ends[1], text, 16));
	CALL(write(ends[0], text, 16));
	CALL(lseek(ends[0], 0, SEEK_SET));
	CALL(pread(ends[0], text, 1, 0));
	catch_signal(SIGPIPE, SIG_IGN, 0);
	MUST(close(ends[0]));
	show_ready("no reader", ends[1]);
	CALL(write(ends[1], text, 0));
	CALL(write(ends[1], text, 1));
	CALL(syscall(SYS_pipe2, ends, 0x8L));
	CALL(syscall(SYS_pipe, 8L));
	return 0;
}
