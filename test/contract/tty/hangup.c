/* SPDX-License-Identifier: MIT
 *
 * Closing the master hangs the terminal up: the session leader alone gets SIGHUP and SIGCONT (telling its jobs is
 * a shell's work), reads give end of file, writes EIO, the controlling terminal is gone.
 */
#include "terminal.h"

static volatile sig_atomic_t hangups, continues;
static int report[2];

static void handler(int signal_number)
{
	if (signal_number == SIGHUP)
		hangups++;
	else
		continues++;
}

static void wait_for_hangup(const char *who, int tries)
{
	char line[128];
	for (int i = 0; i < tries && !(hangups && continues); i++)
		sleep_ms(10);
	int length = snprintf(line, sizeof(line), "%s: SIGHUP %d, SIGCONT %d\n", who, hangups, continues);
	MUST(write(report[1], line, (size_t)length));
}

static int foreground(void *unused)
{
	(void)unused;
	MUST(close(master));
	write_file("foreground", "");
	wait_for_hangup("foreground member", 60);
	return 0;
}

static int background(void *unused)
{
	(void)unused;
	MUST(close(master));
	MUST(setpgid(0, 0));
	write_file("background", "");
	wait_for_hangup("background member", 60);
	return 0;
}

static int session(void *unused)
{
	char byte;
	take_terminal();
	pid_t one = start(foreground, unused), two = start(background, unused);
	MUST(close(master));
	write_file("leader", "");
	wait_for_hangup("leader", 300);
	reap("foreground", one);
	reap("background", two);
	CALL(read(slave, &byte, 1));
	CALL(write(slave, "x", 1));
	CALL(tcgetpgrp(slave));
	CALL(open("/dev/tty", O_RDWR));
	struct termios settings;
	CALL(tcgetattr(slave, &settings));
	return 5;
}

static int compare_lines(const void *one, const void *two)
{
	return strcmp(*(char *const *)one, *(char *const *)two);
}

int main(void)
{
	static char text[1024];
	char *lines[8];
	int count = 0;
	MUST(pipe(report));
	catch_signal(SIGHUP, handler, 0);
	catch_signal(SIGCONT, handler, 0);
	open_terminal();
	pid_t child = start(session, NULL);
	MUST(close(slave));
	while (access("leader", F_OK) | access("foreground", F_OK) | access("background", F_OK))
		sleep_ms(2);
	MUST(close(master));
	reap("session", child);
	MUST(close(report[1]));
	long length = MUST(read(report[0], text, sizeof(text) - 1));
	text[length > 0 ? length : 0] = 0;
	for (char *line = strtok(text, "\n"); line && count < 8; line = strtok(NULL, "\n"))
		lines[count++] = line;
	qsort(lines, (size_t)count, sizeof(lines[0]), compare_lines);
	for (int i = 0; i < count; i++)
		say("%s\n", lines[i]);
	return 0;
}
