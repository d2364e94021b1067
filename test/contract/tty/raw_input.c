/* SPDX-License-Identifier: MIT
 *
 * termios(3), noncanonical mode: the four cases of MIN and TIME, with poll and FIONREAD agreeing; no character is
 * special.
 */
#include "terminal.h"

static void set(int minimum, int tenths)
{
	set_character(VMIN, minimum);
	set_character(VTIME, tenths);
}

static int late_typist(void *text)
{
	wait_until_asleep(getppid());
	type(text);
	sleep_ms(100);
	type("z");
	return 0;
}

static void pollable(const char *name)
{
	struct pollfd poll_fd = { slave, POLLIN, 0 };
	int count = 0, ready = poll(&poll_fd, 1, 2 * QUIET_MS);
	MUST(ioctl(slave, FIONREAD, &count));
	say("%s: poll %d, FIONREAD %d\n", name, ready, count);
}

int main(void)
{
	char text[32];
	open_terminal();
	change('l', ICANON | ECHO | ISIG | IEXTEN, 0);
	change('i', ICRNL | IXON, 0);
	set(0, 0);
	CALL(read(slave, text, sizeof(text)));
	type("\x03\x04\x1a\x7f\r\n\x11\x13\x16");
	pollable("special characters");
	show_bytes("raw", text, read(slave, text, sizeof(text)));
	CALL(read(slave, text, sizeof(text)));
	set(0, 2);
	long before = now_ms();
	CALL(read(slave, text, sizeof(text)));
	IS(now_ms() - before >= 150);
	type("ab");
	pollable("TIME alone");
	show_bytes("TIME alone", text, read(slave, text, sizeof(text)));
	set(3, 0);
	type("cd");
	pollable("two of three");
	type("e");
	pollable("three of three");
	show_bytes("MIN alone", text, read(slave, text, sizeof(text)));
	pid_t child = start(late_typist, "fg");
	show_bytes("MIN waits", text, read(slave, text, sizeof(text)));
	reap("typist", child);
	set(5, 1);
	type("h");
	before = now_ms();
	show_bytes("MIN and TIME", text, read(slave, text, sizeof(text)));
	IS(now_ms() - before < 5000);
	type("ijklmnop");
	pollable("more than asked");
	show_bytes("short buffer", text, read(slave, text, 2));
	show_bytes("rest", text, read(slave, text, sizeof(text)));
	MUST(fcntl(slave, F_SETFL, O_NONBLOCK));
	CALL(read(slave, text, sizeof(text)));
	return 0;
}
