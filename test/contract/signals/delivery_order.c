/* SPDX-License-Identifier: MIT
 *
 * signal(7): a standard signal sent five times while blocked is delivered once; of several pending
 * ones the kernel builds the frame of the lowest number first, so the handler of the highest runs first and each
 * return starts the next; synchronous fault signals come before all.
 */
#include "contract.h"

static int depth;
static volatile sig_atomic_t count;

static void on_count(int signal_number)
{
	(void)signal_number;
	count++;
}

static void on_nested(int signal_number)
{
	depth++;
	say("enter %s depth %d\n", signal_name(signal_number), depth);
	say("leave %s depth %d\n", signal_name(signal_number), depth);
	depth--;
}

int main(void)
{
	catch_signal(SIGUSR1, on_count, 0);
	block_signal(SIGUSR1);
	for (int i = 0; i < 5; i++)
		CALL(kill(getpid(), SIGUSR1));
	SHOW(count);
	IS(signal_is_pending(SIGUSR1));
	unblock_signal(SIGUSR1);
	SHOW(count);
	IS(signal_is_pending(SIGUSR1));
	static const int numbers[] = { SIGTERM, SIGHUP, SIGUSR2, SIGINT, SIGWINCH };
	sigset_t set, old;
	sigemptyset(&set);
	for (int i = 0; i < 5; i++) {
		catch_signal(numbers[i], on_nested, 0);
		sigaddset(&set, numbers[i]);
	}
	MUST(sigprocmask(SIG_BLOCK, &set, &old));
	for (int i = 0; i < 5; i++)
		MUST(kill(getpid(), numbers[i]));
	say("unblocking\n");
	MUST(sigprocmask(SIG_SETMASK, &old, NULL));
	say("unblocked\n");
	SHOW(depth);
	return 0;
}
