/* SPDX-License-Identifier: MIT
 *
 * setsid(2), credentials(7): when a session leader with a terminal exits, the foreground group gets SIGHUP and
 * SIGCONT, the terminal belongs to nobody and can be taken by another session.
 */
#include "terminal.h"

static volatile sig_atomic_t hangups;
static int result[2];

static void handler(int signal_number)
{
	(void)signal_number;
	hangups++;
}

static int member(void *unused)
{
	(void)unused;
	catch_signal(SIGHUP, handler, 0);
	MUST(write(result[1], "r", 1));
	for (int i = 0; i < 500 && !hangups; i++)
		sleep_ms(10);
	pid_t group = 0;
	char answer[2] = { hangups ? 'h' : '-', ioctl(slave, TIOCGPGRP, &group) == -1 ? 'n' : 'y' };
	MUST(write(result[1], answer, 2));
	return 0;
}

static int leader(void *unused)
{
	take_terminal();
	start(member, unused);
	while (access("go", F_OK) == -1)
		sleep_ms(2);
	return 4;
}

static int next_leader(void *unused)
{
	(void)unused;
	take_terminal();
	IS(tcgetpgrp(slave) == getpid());
	return 5;
}

int main(void)
{
	char answer[3] = { 0 };
	MUST(pipe(result));
	open_terminal();
	pid_t child = start(leader, NULL);
	MUST(read(result[0], answer, 1));
	write_file("go", "");
	reap("leader", child);
	for (int got = 0; got < 2;)
		got += (int)MUST(read(result[0], answer + got, (size_t)(2 - got)));
	TEXT(answer);
	run_child("next leader", next_leader, NULL);
	CALL(fcntl(slave, F_GETFD));
	type("still alive\n");
	arrives("slave", slave);
	return 0;
}
