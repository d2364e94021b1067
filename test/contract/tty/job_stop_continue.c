/* SPDX-License-Identifier: MIT
 *
 * A shell's view of a job on a terminal: started in the foreground, stopped with ^Z, continued in the background
 * where its read stops it again, brought to the foreground where the read goes on, ended with ^C.
 */
#include "terminal.h"

/* The job goes on to its read, which stops it again, only when the shell has seen that it was continued. */
static void wait_until_seen(int number)
{
	(void)number;
	while (access("seen", F_OK) == -1)
		sleep_ms(2);
}

static int reader(void *unused)
{
	char line[32];
	(void)unused;
	for (;;) {
		long count = read(slave, line, sizeof(line));
		if (count <= 0)
			return 9;
		MUST(write(slave, "got ", 4));
		MUST(write(slave, line, (size_t)count));
	}
}

static int shell(void *unused)
{
	int status;
	(void)unused;
	take_terminal();
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	pid_t job = (pid_t)MUST(fork());
	if (job == 0) {
		MUST(setpgid(0, 0));
		MUST(tcsetpgrp(slave, getpid()));
		signal(SIGTSTP, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGCONT, wait_until_seen);
		write_file("running", "");
		_exit(reader(NULL));
	}
	while (access("running", F_OK) == -1)
		sleep_ms(2);
	type("first\n");
	arrives("terminal", master);
	type("\x1a");
	MUST(waitpid(job, &status, WUNTRACED));
	show_status("after ^Z", status);
	MUST(tcsetpgrp(slave, getpgrp()));
	MUST(kill(-job, SIGCONT));
	MUST(waitpid(job, &status, WUNTRACED | WCONTINUED));
	show_status("continued", status);
	write_file("seen", "");
	MUST(waitpid(job, &status, WUNTRACED));
	show_status("reading in the background", status);
	MUST(tcsetpgrp(slave, job));
	MUST(kill(-job, SIGCONT));
	type("second\n");
	arrives("terminal", master);
	type("\x03");
	MUST(waitpid(job, &status, WUNTRACED));
	show_status("after ^C", status);
	MUST(tcsetpgrp(slave, getpgrp()));
	return 3;
}

int main(void)
{
	open_terminal();
	change('l', ECHO, 0);
	run_child("shell", shell, NULL);
	return 0;
}
