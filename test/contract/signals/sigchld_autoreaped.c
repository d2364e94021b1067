/* SPDX-License-Identifier: MIT
 *
 * wait(2), NOTES: with SIGCHLD explicitly ignored or SA_NOCLDWAIT children leave no zombie: wait sleeps until all
 * are gone, then gives ECHILD. With the default disposition they must be waited for.
 */
#include "contract.h"

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int child(void *unused)
{
	(void)unused;
	sleep_ms(30);
	return 11;
}

int main(void)
{
	sigset_t old;
	int status;
	catch_signal(SIGCHLD, handler, 0);
	block_signal(SIGCHLD);
	sigprocmask(SIG_BLOCK, NULL, &old);
	sigdelset(&old, SIGCHLD);
	pid_t pid = start(child, NULL);
	CALL(sigsuspend(&old));
	SHOW(runs);
	reap("caught", pid);
	unblock_signal(SIGCHLD);
	signal(SIGCHLD, SIG_IGN);
	start(child, NULL);
	start(child, NULL);
	CALL(wait4(-1, &status, 0, NULL));
	catch_signal(SIGCHLD, handler, SA_NOCLDWAIT);
	pid = start(child, NULL);
	reap("SA_NOCLDWAIT", pid);
	SHOW(runs);
	signal(SIGCHLD, SIG_DFL);
	pid = start(child, NULL);
	sleep_ms(100);
	reap("default", pid);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	pid = start(child, NULL);
	reap("default again", pid);
	return 0;
}
