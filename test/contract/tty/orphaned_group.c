/* SPDX-License-Identifier: MIT
 *
 * setpgid(2): a stopped process group that becomes orphaned gets SIGHUP and SIGCONT; in an orphaned group the
 * terminal's stop signals do not stop, and reading the terminal from the background is EIO.
 */
#include "terminal.h"

static volatile sig_atomic_t hangups, continues;
static int result[2];

static void handler(int signal_number)
{
	if (signal_number == SIGHUP)
		hangups++;
	else
		continues++;
}

static int job(void *unused)
{
	char line[128], byte;
	(void)unused;
	MUST(setpgid(0, 0));
	catch_signal(SIGHUP, handler, 0);
	catch_signal(SIGCONT, handler, 0);
	MUST(kill(getpid(), SIGSTOP));
	for (int i = 0; i < 300 && !(hangups && continues); i++)
		sleep_ms(10);
	int length = snprintf(line, sizeof(line), "hangups %d, continues %d\n", hangups, continues);
	MUST(write(result[1], line, (size_t)length));
	MUST(kill(getpid(), SIGTSTP));
	MUST(kill(getpid(), SIGTTIN));
	long count = read(slave, &byte, 1);
	length = snprintf(line, sizeof(line), "not stopped; read %ld %s\n", count,
			  count == -1 ? errno_name(errno) : "");
	MUST(write(result[1], line, (size_t)length));
	return 0;
}

static int parent_of_the_job(void *unused)
{
	int status;
	pid_t child = start(job, unused);
	MUST(waitpid(child, &status, WUNTRACED));
	show_status("job", status);
	return 6;
}

static int session(void *unused)
{
	take_terminal();
	run_child("parent", parent_of_the_job, unused);
	char text[256];
	long used = 0;
	while (used == 0 || text[used - 1] != '\n' || !memchr(text, ';', (size_t)used))
		used += MUST(read(result[0], text + used, sizeof(text) - (size_t)used));
	show_bytes("orphan", text, used);
	return 3;
}

int main(void)
{
	MUST(pipe(result));
	open_terminal();
	run_child("session", session, NULL);
	return 0;
}
