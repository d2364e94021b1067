/* SPDX-License-Identifier: MIT
 *
 * tty_ioctl(4) TIOCPKT: each read of the master begins with 0 before data, or with a byte that tells of flushing,
 * stopping and starting; POLLPRI announces those.
 */
#include "terminal.h"

static void packet(const char *name)
{
	char bytes[64];
	struct pollfd poll_fd = { master, POLLIN | POLLPRI, 0 };
	if (poll(&poll_fd, 1, FIRST_MS) != 1) {
		say("%s: nothing\n", name);
		return;
	}
	int priority = (poll_fd.revents & POLLPRI) != 0;
	say("%s: priority %d ", name, priority);
	show_bytes("packet", bytes, read(master, bytes, sizeof(bytes)));
}

int main(void)
{
	int on = 1, off = 0;
	open_terminal();
	change('l', ECHO, 0);
	CALL(ioctl(master, TIOCPKT, &on));
	MUST(write(slave, "data", 4));
	packet("data");
	MUST(tcflush(slave, TCIFLUSH));
	packet("input flushed");
	MUST(tcflush(slave, TCOFLUSH));
	packet("output flushed");
	MUST(tcflow(slave, TCOOFF));
	packet("stopped");
	MUST(tcflow(slave, TCOON));
	packet("started");
	change('i', IXON, 0);
	packet("no ^S");
	change('i', 0, IXON);
	packet("^S again");
	CALL(ioctl(master, TIOCPKT, &off));
	MUST(write(slave, "plain", 5));
	arrives("plain", master);
	CALL(ioctl(slave, TIOCPKT, &on));
	return 0;
}
