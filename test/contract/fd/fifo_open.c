/* SPDX-License-Identifier: MIT
 *
 * fifo(7): opens that wait for the other side, O_NONBLOCK and ENXIO, O_RDWR, readiness before and after a writer, end of file,
 * data that goes with the last close, an open that a signal interrupts.
 */
#include "contract.h"

#include <poll.h>
#include <sys/ioctl.h>

static int write_later(void *unused)
{
	(void)unused;
	int fd = open("fifo", O_WRONLY);
	return write(fd, "later", 5) == 5 ? 0 : 1;
}

static int open_interrupted(void *unused)
{
	(void)unused;
	CALL(open("fifo", O_WRONLY));
	return 0;
}

static void nothing(int signal_number)
{
	(void)signal_number;
}

static int open_with_handler(void *unused)
{
	catch_signal(SIGUSR1, nothing, 0);
	return open_interrupted(unused);
}

static void show_ready(const char *name, int fd)
{
	struct pollfd entry = { fd, POLLIN | POLLOUT, 0 };
	poll(&entry, 1, 0);
	say("%s: 0x%x\n", name, entry.revents);
}

int main(void)
{
	char text[16];
	int bytes;
	MUST(mkfifo("fifo", 0600));
	CALL(open("fifo", O_WRONLY | O_NONBLOCK));
	int reader = (int)CALL(open("fifo", O_RDONLY | O_NONBLOCK));
	show_ready("no writer yet", reader);
	CALL(read(reader, text, sizeof(text)));
	int writer = (int)CALL(open("fifo", O_WRONLY | O_NONBLOCK));
	CALL(read(reader, text, sizeof(text)));
	show_ready("writer", writer);
	CALL(write(writer, "abc", 3));
	show_ready("reader", reader);
	MUST(ioctl(reader, FIONREAD, &bytes));
	SHOW(bytes);
	MUST(close(writer));
	show_ready("writer gone", reader);
	show_bytes("text", text, read(reader, text, sizeof(text)));
	CALL(read(reader, text, sizeof(text)));
	show_ready("hung up", reader);
	writer = (int)CALL(open("fifo", O_WRONLY));
	show_ready("a new writer", reader);
	CALL(write(writer, "lost", 4));
	MUST(close(reader));
	show_ready("no reader", writer);
	catch_signal(SIGPIPE, SIG_IGN, 0);
	CALL(write(writer, "x", 1));
	MUST(close(writer));
	int both = (int)CALL(open("fifo", O_RDWR | O_NONBLOCK));
	CALL(read(both, text, sizeof(text)));
	CALL(write(both, "self", 4));
	show_bytes("both", text, read(both, text, sizeof(text)));
	MUST(close(both));
	pid_t child = start(write_later, NULL);
	wait_until_asleep(child);
	reader = (int)CALL(open("fifo", O_RDONLY));
	show_bytes("waited", text, read(reader, text, sizeof(text)));
	reap("writer", child);
	MUST(close(reader));
	child = start(open_with_handler, NULL);
	wait_until_asleep(child);
	MUST(kill(child, SIGUSR1));
	reap("interrupted", child);
	return 0;
}
