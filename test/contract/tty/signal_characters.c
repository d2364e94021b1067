/* SPDX-License-Identifier: MIT
 *
 * termios(3) ISIG: ^C, ^\ and ^Z send their signals to every process of the foreground group, flush both queues
 * unless NOFLSH, echo as ^C, and are plain characters without ISIG.
 */
#include "terminal.h"

static volatile sig_atomic_t caught;

static void handler(int signal_number)
{
	caught = signal_number;
}

static void send_key(const char *keys, int signal_number)
{
	int status;
	caught = 0;
	signal(signal_number, SIG_DFL);
	pid_t member = start(sleep_forever, NULL);
	wait_until_asleep(member);
	catch_signal(signal_number, handler, 0);
	type(keys);
	for (int i = 0; i < 200 && !caught; i++)
		sleep_ms(10);
	say("group leader caught %s\n", signal_name(caught));
	MUST(waitpid(member, &status, WUNTRACED));
	show_status("member", status);
	if (WIFSTOPPED(status)) {
		MUST(kill(member, SIGKILL));
		MUST(waitpid(member, NULL, 0));
	}
	arrives("echo", master);
}

/* A group of its own below the session leader, so that it is not orphaned and ^Z may stop it. */
static int foreground_group(void *unused)
{
	(void)unused;
	MUST(setpgid(0, 0));
	block_signal(SIGTTOU);
	MUST(tcsetpgrp(slave, getpgrp()));
	send_key("\x03", SIGINT);
	send_key("\x1c", SIGQUIT);
	send_key("\x1a", SIGTSTP);
	type("lost\x03kept\n");
	arrives("flushed", slave);
	arrives("echo", master);
	change('l', 0, NOFLSH);
	type("kept\x03too\n");
	arrives("not flushed", slave);
	arrives("echo", master);
	change('l', ISIG, 0);
	caught = 0;
	type("a\x03"
	     "b\x1c"
	     "c\n");
	arrives("without ISIG", slave);
	SHOW(caught);
	return 3;
}

static int session(void *unused)
{
	take_terminal();
	run_child("foreground group", foreground_group, unused);
	return 2;
}

int main(void)
{
	open_terminal();
	run_child("session", session, NULL);
	return 0;
}
