/* SPDX-License-Identifier: MIT
 *
 * sigprocmask(2): BLOCK adds, UNBLOCK removes and delivers before it returns, SETMASK replaces; KILL and STOP can
 * never be blocked; a child inherits the mask but not the pending set.
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
	IS(signal_is_blocked(SIGUSR1));
	IS(signal_is_pending(SIGUSR1));
	MUST(kill(getpid(), SIGUSR1));
	SHOW(runs);
	unblock_signal(SIGUSR1);
	SHOW(runs);
	return 4;
}

int main(void)
{
	sigset_t set, old, full;
	catch_signal(SIGUSR1, handler, 0);
	block_signal(SIGUSR1);
	MUST(kill(getpid(), SIGUSR1));
	SHOW(runs);
	run_child("child", child, NULL);
	SHOW(runs);
	unblock_signal(SIGUSR1);
	SHOW(runs);
	sigfillset(&full);
	CALL(sigprocmask(SIG_SETMASK, &full, &old));
	IS(signal_is_blocked(SIGKILL));
	IS(signal_is_blocked(SIGSTOP));
	IS(signal_is_blocked(SIGTERM));
	IS(signal_is_blocked(64));
	CALL(sigprocmask(SIG_SETMASK, &old, NULL));
	IS(signal_is_blocked(SIGTERM));
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	CALL(sigprocmask(SIG_BLOCK, &set, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	CALL(sigprocmask(SIG_BLOCK, &set, &old));
	IS(sigismember(&old, SIGHUP) && !sigismember(&old, SIGINT));
	CALL(sigprocmask(SIG_UNBLOCK, &set, NULL));
	IS(signal_is_blocked(SIGHUP) && !signal_is_blocked(SIGINT));
	CALL(sigprocmask(99, &set, NULL));
	CALL(sigprocmask(99, NULL, &old));
	CALL(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 16L));
	CALL(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8L, NULL, 8L));
	CALL(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, 8L, 8L));
	SHOW(runs);
	return 0;
}
