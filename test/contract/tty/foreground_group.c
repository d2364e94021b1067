/* SPDX-License-Identifier: MIT
 *
 * tcsetpgrp(3), job control: reading from the background stops with SIGTTIN, writing with SIGTTOU only under TOSTOP,
 * setting the terminal always; ignored or blocked signals change that to EIO or success; errors.
 */
#include "terminal.h"

static int reads(void *unused)
{
	char byte;
	(void)unused;
	unblock_signal(SIGTTOU);
	MUST(setpgid(0, 0));
	CALL(read(slave, &byte, 1));
	return 3;
}

static int writes(void *unused)
{
	(void)unused;
	unblock_signal(SIGTTOU);
	MUST(setpgid(0, 0));
	CALL(write(slave, "x", 1));
	return 4;
}

static int sets(void *unused)
{
	(void)unused;
	unblock_signal(SIGTTOU);
	MUST(setpgid(0, 0));
	CALL(tcsetpgrp(slave, getpgrp()));
	return 5;
}

static int ignores(void *unused)
{
	char byte;
	(void)unused;
	unblock_signal(SIGTTOU);
	MUST(setpgid(0, 0));
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	CALL(read(slave, &byte, 1));
	CALL(write(slave, "y", 1));
	CALL(tcsetpgrp(slave, getpgrp()));
	IS(tcgetpgrp(slave) == getpgrp());
	return 6;
}

static void job(const char *name, int (*body)(void *))
{
	int status;
	pid_t child = start(body, NULL);
	MUST(waitpid(child, &status, WUNTRACED));
	show_status(name, status);
	if (WIFSTOPPED(status)) {
		MUST(tcsetpgrp(slave, child));
		MUST(kill(-child, SIGCONT));
		if (body == reads)
			type("k\n");
		MUST(waitpid(child, &status, WUNTRACED));
		show_status("  in the foreground", status);
	}
	MUST(tcsetpgrp(slave, getpgrp()));
}

static int session(void *unused)
{
	(void)unused;
	take_terminal();
	signal(SIGTTOU, SIG_IGN);
	pid_t unrelated = getppid();
	CALL(tcsetpgrp(slave, unrelated));
	CALL(tcsetpgrp(slave, 4000000));
	CALL(tcsetpgrp(slave, -1));
	CALL(tcgetpgrp(0));
	signal(SIGTTOU, SIG_DFL);
	block_signal(SIGTTOU);
	job("reads", reads);
	job("writes", writes);
	change('l', 0, TOSTOP);
	job("writes under TOSTOP", writes);
	job("sets the group", sets);
	job("ignores", ignores);
	arrives("master", master);
	return 7;
}

int main(void)
{
	open_terminal();
	change('l', ECHO, 0);
	run_child("session", session, NULL);
	CALL(tcgetpgrp(slave));
	CALL(tcsetpgrp(slave, getpgrp()));
	return 0;
}
