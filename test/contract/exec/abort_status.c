/* SPDX-License-Identifier: MIT
 *
 * abort(3), _exit(2), signal(7): wait statuses of every way to die: abort also when SIGABRT is ignored or blocked or
 * its handler returns, each default action (term, ignore, stop), real-time signals, a normal exit in a handler.
 */
#include "../contract.h"

static void returns(int signal_number)
{
	(void)signal_number;
}

static void leaves(int signal_number)
{
	_exit(signal_number);
}

static int aborts(void *how)
{
	if (strcmp(how, "ignored") == 0)
		signal(SIGABRT, SIG_IGN);
	if (strcmp(how, "blocked") == 0)
		block_signal(SIGABRT);
	if (strcmp(how, "handler returns") == 0)
		catch_signal(SIGABRT, returns, 0);
	if (strcmp(how, "handler leaves") == 0)
		catch_signal(SIGABRT, leaves, 0);
	abort();
}

static int raises(void *number)
{
	MUST(kill(getpid(), *(int *)number));
	return 77;
}

int main(void)
{
	static char *ways[] = { "plain", "ignored", "blocked", "handler returns", "handler leaves" };
	for (int i = 0; i < 5; i++)
		run_child(ways[i], aborts, ways[i]);
	for (int i = 1; i <= 64; i++) {
		int status;
		if (i == 32 || i == 33)
			continue;
		pid_t child = start(raises, &i);
		MUST(waitpid(child, &status, WUNTRACED));
		say("signal %d: %s %d\n", i,
		    WIFEXITED(status)    ? "exited"
		    : WIFSTOPPED(status) ? "stopped"
					 : "killed",
		    WIFEXITED(status)    ? WEXITSTATUS(status)
		    : WIFSTOPPED(status) ? WSTOPSIG(status)
					 : WTERMSIG(status));
		if (WIFSTOPPED(status)) {
			MUST(kill(child, SIGKILL));
			MUST(waitpid(child, &status, 0));
		}
	}
	return 0;
}
