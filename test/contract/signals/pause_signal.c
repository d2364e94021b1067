/* SPDX-License-Identifier: MIT
 *
 * pause(2): returns only for a signal that runs a handler: an ignored signal and a stop with continue leave it
 * sleeping, SA_RESTART does not restart it, and the handler ran before it returns.
 */
#include "contract.h"

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int sender(void *unused)
{
	pid_t parent = getppid();
	(void)unused;
	wait_until_asleep(parent);
	MUST(kill(parent, SIGUSR2));
	wait_until_asleep(parent);
	MUST(kill(parent, SIGWINCH));
	wait_until_asleep(parent);
	write_file("sent", "x");
	MUST(kill(parent, SIGUSR1));
	return 0;
}

int main(void)
{
	catch_signal(SIGUSR1, handler, SA_RESTART);
	signal(SIGUSR2, SIG_IGN);
	pid_t child = start(sender, NULL);
	CALL(pause());
	SHOW(runs);
	CALL(access("sent", F_OK));
	reap("sender", child);
	return 0;
}
