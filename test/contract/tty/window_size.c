/* SPDX-License-Identifier: MIT
 *
 * tty_ioctl(4): the window size is zero at first, the same from both sides, a change signals SIGWINCH to the
 * foreground group, setting the same size again does not.
 */
#include "terminal.h"

static volatile sig_atomic_t changes;

static void handler(int signal_number)
{
	(void)signal_number;
	changes++;
}

static void show_size(int fd)
{
	struct winsize size = { 1, 1, 1, 1 };
	MUST(ioctl(fd, TIOCGWINSZ, &size));
	say("%u rows, %u columns, %u x %u\n", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
}

static int session(void *unused)
{
	struct winsize size = { 24, 80, 7, 8 };
	(void)unused;
	take_terminal();
	show_size(slave);
	CALL(ioctl(master, TIOCSWINSZ, &size));
	SHOW(changes);
	show_size(slave);
	show_size(master);
	CALL(ioctl(slave, TIOCSWINSZ, &size));
	SHOW(changes);
	size.ws_col = 132;
	CALL(ioctl(slave, TIOCSWINSZ, &size));
	SHOW(changes);
	show_size(master);
	CALL(ioctl(slave, TIOCGWINSZ, (void *)8));
	CALL(ioctl(slave, TIOCSWINSZ, (void *)8));
	return 2;
}

int main(void)
{
	catch_signal(SIGWINCH, handler, 0);
	open_terminal();
	run_child("session", session, NULL);
	show_size(slave);
	return 0;
}
