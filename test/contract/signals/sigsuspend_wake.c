/* SPDX-License-Identifier: MIT
 *
 * sigsuspend(2): swaps the mask atomically: a signal pending before is taken at once, the handler sees the
 * temporary mask plus its own signal, the result is EINTR and the old mask is back, with other signals held.
 */
#include "contract.h"

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	runs++;
	say("handler %s: USR1 blocked %d, USR2 blocked %d, HUP blocked %d\n", signal_name(signal_number),
	    signal_is_blocked(SIGUSR1), signal_is_blocked(SIGUSR2), signal_is_blocked(SIGHUP));
}

static int sender(void *unused)
{
	(void)unused;
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR2));
	MUST(kill(getppid(), SIGUSR1));
	return 0;
}

int main(void)
{
	sigset_t wait_mask;
	catch_signal(SIGUSR1, handler, SA_RESTART);
	catch_signal(SIGUSR2, handler, SA_RESTART);
	block_signal(SIGUSR1);
	block_signal(SIGUSR2);
	sigemptyset(&wait_mask);
	sigaddset(&wait_mask, SIGUSR2);
	sigaddset(&wait_mask, SIGHUP);
	MUST(kill(getpid(), SIGUSR1));
	CALL(sigsuspend(&wait_mask));
	SHOW(runs);
	IS(signal_is_blocked(SIGUSR1) && signal_is_blocked(SIGUSR2) && !signal_is_blocked(SIGHUP));
	pid_t child = start(sender, NULL);
	CALL(sigsuspend(&wait_mask));
	SHOW(runs);
	IS(signal_is_pending(SIGUSR2));
	reap("sender", child);
	unblock_signal(SIGUSR2);
	SHOW(runs);
	CALL(syscall(SYS_rt_sigsuspend, &wait_mask, 4L));
	CALL(syscall(SYS_rt_sigsuspend, 8L, 8L));
	return 0;
}
