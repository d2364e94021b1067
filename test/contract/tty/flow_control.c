/* SPDX-License-Identifier: MIT
 *
 * tcflow(3), tcflush(3), termios(3) IXON: ^S holds output until ^Q (or any key with IXANY), TCOOFF and TCOON do the
 * same from inside, flushing drops what was typed or printed, the queues are counted.
 */
#include "terminal.h"

static int writes(void *unused)
{
	(void)unused;
	MUST(write(slave, "held", 4));
	return 0;
}

static void held(const char *name, const char *release)
{
	pid_t child = start(writes, NULL);
	nothing_arrives(name, master);
	if (release)
		type(release);
	else
		MUST(tcflow(slave, TCOON));
	arrives("  released", master);
	reap("  writer", child);
}

int main(void)
{
	int count = -1;
	open_terminal();
	change('l', ECHO, 0);
	type("\x13");
	sleep_ms(QUIET_MS);
	held("after ^S", "\x11");
	change('i', 0, IXANY);
	type("\x13");
	sleep_ms(QUIET_MS);
	held("after ^S with IXANY", "x");
	nothing_arrives("any key is also input, but no line yet", slave);
	type("\n");
	arrives("line", slave);
	CALL(tcflow(slave, TCOOFF));
	held("after TCOOFF", NULL);
	CALL(tcflow(slave, 99));
	type("one\ntwo\n");
	sleep_ms(QUIET_MS);
	CALL(ioctl(slave, FIONREAD, &count));
	SHOW(count);
	CALL(tcflush(slave, TCIFLUSH));
	CALL(ioctl(slave, FIONREAD, &count));
	SHOW(count);
	nothing_arrives("after TCIFLUSH", slave);
	MUST(write(slave, "12345", 5));
	sleep_ms(QUIET_MS);
	CALL(ioctl(master, FIONREAD, &count));
	CALL(tcdrain(slave));
	CALL(ioctl(slave, TIOCOUTQ, &count));
	arrives("output", master);
	CALL(tcflush(slave, 99));
	change('i', IXON, 0);
	type("\x13\x11\n");
	arrives("without IXON", slave);
	return 0;
}
