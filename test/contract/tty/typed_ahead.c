/* SPDX-License-Identifier: MIT
 *
 * TIOCSTI and long lines: simulated input behaves like typed input, only for one's own terminal or root; a line of
 * more than 4095 bytes keeps its first 4095 and its end; many lines typed ahead arrive in order.
 */
#include "terminal.h"

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	CALL(ioctl(slave, TIOCSTI, "x"));
	return 0;
}

int main(void)
{
	static char line[6000];
	char text[8192];
	open_terminal();
	change('l', ECHO, 0);
	CALL(ioctl(slave, TIOCSTI, "a"));
	CALL(ioctl(slave, TIOCSTI, "\n"));
	arrives("simulated", slave);
	run_child("normal user", normal_user, NULL);
	memset(line, 'L', 5000);
	line[5000] = 'e';
	line[5001] = '\n';
	for (int at = 0; at < 5002; at += 500)
		MUST(write(master, line + at, at + 500 < 5002 ? 500 : (size_t)(5002 - at)));
	long count = MUST(read(slave, text, sizeof(text)));
	say("long line: %ld bytes, last %d\n", count, text[count - 1]);
	int wrong = 0;
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "line %d\n", i);
		type(text);
	}
	for (int i = 0; i < 200; i++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "line %d\n", i);
		count = MUST(read(slave, text, sizeof(text)));
		wrong += count != (long)strlen(expected) || memcmp(text, expected, (size_t)count) != 0;
	}
	SHOW(wrong);
	return 0;
}
