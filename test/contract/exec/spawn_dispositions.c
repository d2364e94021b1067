/* SPDX-License-Identifier: MIT
 *
 * posix_spawn(3) makes a child that shares the parent's memory until it executes. What the new program then does to
 * its own signals (handlers, ignoring, masks, alternate stack) never reaches the parent, whose handlers keep working
 * during and after; this is repeated while SIGCHLD handlers run.
 */
#include "../contract.h"

#include <spawn.h>

extern char **environ;

static volatile sig_atomic_t user_runs, child_runs;

static void on_user(int signal_number)
{
	(void)signal_number;
	user_runs++;
}

static void on_child(int signal_number)
{
	(void)signal_number;
	child_runs++;
}

static void other_handler(int signal_number)
{
	_exit(signal_number);
}

static int new_program(void)
{
	struct sigaction action;
	int caught = 0;
	for (int i = 1; i < 32; i++) {
		MUST(sigaction(i, NULL, &action));
		caught += action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
	}
	for (int i = 1; i < 32; i++)
		signal(i, i % 2 ? other_handler : SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	block_signal(SIGUSR1);
	MUST(kill(getppid(), SIGUSR1));
	return caught == 0 ? 17 : 18;
}

int main(int argc, char **argv)
{
	struct sigaction action;
	int statuses = 0, status;
	if (argc > 1)
		return new_program();
	catch_signal(SIGUSR1, on_user, SA_RESTART);
	catch_signal(SIGCHLD, on_child, SA_RESTART);
	char *arguments[] = { argv[0], "new", NULL };
	for (int i = 0; i < 30; i++) {
		pid_t child = 0;
		MUST(-posix_spawn(&child, "/proc/self/exe", NULL, NULL, arguments, environ));
		MUST(waitpid(child, &status, 0));
		statuses += WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
	}
	SHOW(statuses);
	SHOW(user_runs);
	IS(child_runs >= 1 && child_runs <= 30);
	MUST(sigaction(SIGUSR1, NULL, &action));
	IS(action.sa_handler == on_user);
	MUST(sigaction(SIGCHLD, NULL, &action));
	IS(action.sa_handler == on_child);
	MUST(sigaction(SIGTERM, NULL, &action));
	IS(action.sa_handler == SIG_DFL);
	IS(signal_is_blocked(SIGUSR1));
	MUST(kill(getpid(), SIGUSR1));
	SHOW(user_runs);
	return 0;
}
