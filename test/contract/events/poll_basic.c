/* SPDX-License-Identifier: MIT
 *
 * poll(2): readiness of pipes, files, directories and devices, hang-up and error without asking, POLLNVAL, negative
 * descriptors, time-outs, interruption, and waking by a writer.
 */
#include "contract.h"

#include <poll.h>

static void handler(int signal_number)
{
	(void)signal_number;
}

static int poker(void *unused)
{
	(void)unused;
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR1));
	return 0;
}

static int late_writer(void *end)
{
	wait_until_asleep(getppid());
	MUST(write(*(int *)end, "x", 1));
	return 0;
}

static void ready(const char *name, int fd, short events)
{
	struct pollfd poll_fd = { fd, events, 0x55 };
	int count = poll(&poll_fd, 1, 0);
	say("%s: %d 0x%x\n", name, count, (unsigned)poll_fd.revents);
}

int main(void)
{
	int ends[2], null = (int)MUST(open("/dev/null", O_RDWR)), zero = (int)MUST(open("/dev/zero", O_RDWR));
	short all = POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM;
	MUST(pipe(ends));
	ready("read end", ends[0], all);
	ready("write end", ends[1], all);
	MUST(write(ends[1], "x", 1));
	ready("read end with data", ends[0], all);
	ready("null", null, all);
	ready("zero", zero, all);
	ready("file", (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), all);
	ready("directory", (int)MUST(open(".", O_RDONLY)), all);
	ready("closed", 99, all);
	ready("negative", -1, all);
	MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK));
	static char bytes[65536];
	MUST(write(ends[1], bytes, sizeof(bytes)));
	ready("full pipe", ends[1], all);
	MUST(read(ends[0], bytes, 100));
	ready("pipe with 100 bytes free", ends[1], all);
	long before = now_ms();
	struct pollfd poll_fd = { ends[1], 0, 0 };
	CALL(poll(&poll_fd, 1, 40));
	IS(now_ms() - before >= 40);
	CALL(poll(NULL, 0, 10));
	MUST(close(ends[0]));
	ready("write end without reader", ends[1], POLLOUT);
	MUST(pipe(ends));
	pid_t child = start(late_writer, &ends[1]);
	struct pollfd two[2] = { { null, POLLPRI, 0 }, { ends[0], POLLIN, 0 } };
	CALL(poll(two, 2, 10000));
	SHOW(two[0].revents * 1000 + two[1].revents);
	reap("writer", child);
	MUST(close(ends[1]));
	ready("data and no writer", ends[0], POLLIN);
	MUST(read(ends[0], bytes, 1));
	ready("no writer", ends[0], POLLIN);
	catch_signal(SIGUSR1, handler, SA_RESTART);
	child = start(poker, NULL);
	CALL(poll(NULL, 0, -1));
	reap("poker", child);
	CALL(poll((struct pollfd *)8, 1, 0));
	CALL(poll(two, 1 << 30, 0));
	return 0;
}
