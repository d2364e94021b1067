/* SPDX-License-Identifier: MIT
 *
 * read(2), poll(2) on terminals: EAGAIN without a line, readiness only with a whole line in canonical mode, a full
 * output queue, a signal interrupts a blocked read, SA_RESTART restarts it.
 */
#include "terminal.h"

static void handler(int signal_number)
{
	(void)signal_number;
}

static int poker(void *finish)
{
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR1));
	sleep_ms(30);
	wait_until_asleep(getppid());
	if (finish)
		type("line\n");
	return 0;
}

static void ready(const char *name, int fd)
{
	struct pollfd poll_fd = { fd, POLLIN | POLLOUT, 0 };
	MUST(poll(&poll_fd, 1, 0));
	say("%s: 0x%x\n", name, (unsigned)poll_fd.revents);
}

int main(void)
{
	char text[32];
	static char bytes[70000];
	open_terminal();
	change('l', ECHO, 0);
	MUST(fcntl(slave, F_SETFL, O_NONBLOCK));
	CALL(read(slave, text, sizeof(text)));
	ready("fresh slave", slave);
	ready("fresh master", master);
	type("half");
	sleep_ms(QUIET_MS);
	ready("half a line", slave);
	CALL(read(slave, text, sizeof(text)));
	type(" line\n");
	sleep_ms(QUIET_MS);
	ready("a line", slave);
	CALL(read(slave, text, sizeof(text)));
	MUST(fcntl(slave, F_SETFL, 0));
	catch_signal(SIGUSR1, handler, 0);
	pid_t child = start(poker, NULL);
	CALL(read(slave, text, sizeof(text)));
	reap("poker", child);
	catch_signal(SIGUSR1, handler, SA_RESTART);
	child = start(poker, "finish");
	show_bytes("restarted", text, read(slave, text, sizeof(text)));
	reap("poker", child);
	MUST(fcntl(slave, F_SETFL, O_NONBLOCK));
	long written = 0, count;
	while ((count = write(slave, bytes, sizeof(bytes))) > 0)
		written += count;
	IS(written >= 1000);
	TEXT(errno_name(errno));
	return 0;
}
