/* SPDX-License-Identifier: MIT
 *
 * wait(2), sigaction(2): ECHILD without children; SIGCHLD's siginfo carries pid, status and code for exit, kill,
 * stop and continue; SA_NOCLDSTOP hides the last two.
 */
#include "contract.h"

static volatile sig_atomic_t runs;
static pid_t expected;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	(void)signal_number;
	(void)context;
	static const char *const codes[] = { "?",       "EXITED",  "KILLED",   "DUMPED",
					     "TRAPPED", "STOPPED", "CONTINUED" };
	int code = info->si_code >= 0 && info->si_code <= 6 ? info->si_code : 0;
	runs++;
	say("SIGCHLD: CLD_%s status %d, its pid %d\n", codes[code], info->si_status,
	    info->si_pid == expected);
}

static void wait_for_runs(int wanted)
{
	for (int i = 0; i < 500 && runs < wanted; i++)
		sleep_ms(10);
}

static int exits(void *gate)
{
	char byte;
	MUST(read(*(int *)gate, &byte, 1));
	return 42;
}

int main(void)
{
	int status, ends[2];
	CALL(wait4(-1, &status, WNOHANG, NULL));
	CALL(wait4(-1, &status, 0, NULL));
	CALL(waitpid(getpid(), &status, 0));
	CALL(waitpid(-99999, &status, 0));
	catch_signal_info(SIGCHLD, handler, SA_RESTART);
	MUST(pipe(ends));
	expected = start(exits, &ends[0]);
	CALL(waitpid(-1, &status, WNOHANG));
	MUST(write(ends[1], "x", 1));
	wait_for_runs(1);
	reap("exits", expected);
	expected = start(sleep_forever, NULL);
	MUST(kill(expected, SIGSTOP));
	wait_for_runs(2);
	MUST(kill(expected, SIGCONT));
	wait_for_runs(3);
	MUST(kill(expected, SIGKILL));
	wait_for_runs(4);
	reap("pauses", expected);
	catch_signal_info(SIGCHLD, handler, SA_RESTART | SA_NOCLDSTOP);
	expected = start(sleep_forever, NULL);
	MUST(kill(expected, SIGSTOP));
	MUST(waitpid(expected, &status, WUNTRACED));
	show_status("stopped", status);
	SHOW(runs);
	MUST(kill(expected, SIGTERM));
	MUST(kill(expected, SIGCONT));
	wait_for_runs(5);
	reap("pauses", expected);
	SHOW(runs);
	CALL(waitpid(-1, &status, 0x100));
	return 0;
}
