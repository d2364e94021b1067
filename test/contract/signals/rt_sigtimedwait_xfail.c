/* SPDX-License-Identifier: MIT
 *
 * sigtimedwait(2): takes a blocked pending signal with its siginfo without running the handler, waits for a later
 * one, times out with EAGAIN after the time asked for, and is interrupted by a handler of another signal.
 */
#include "contract.h"

static volatile sig_atomic_t runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int late_sender(void *argument)
{
	wait_until_asleep(getppid());
	MUST(kill(getppid(), *(int *)argument));
	return 0;
}

int main(void)
{
	sigset_t set;
	siginfo_t info;
	struct timespec shortly = { 0, 50000000 }, never = { 20, 0 }, zero = { 0, 0 },
			bad = { 0, 1000000000 };
	int usr1 = SIGUSR1, usr2 = SIGUSR2;
	catch_signal(SIGUSR1, handler, 0);
	catch_signal(SIGUSR2, handler, SA_RESTART);
	block_signal(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	MUST(kill(getpid(), SIGUSR1));
	SHOW(sigtimedwait(&set, &info, &never));
	say("si_signo %d, si_code %d, from self %d\n", info.si_signo, info.si_code, info.si_pid == getpid());
	IS(signal_is_pending(SIGUSR1));
	CALL(sigtimedwait(&set, &info, &zero));
	long before = now_ms();
	CALL(sigtimedwait(&set, &info, &shortly));
	IS(now_ms() - before >= 50);
	pid_t child = start(late_sender, &usr1);
	SHOW(sigtimedwait(&set, &info, &never));
	IS(info.si_pid == child);
	reap("sender", child);
	child = start(late_sender, &usr2);
	CALL(syscall(SYS_rt_sigtimedwait, &set, &info, &never, 8L));
	SHOW(runs);
	reap("sender", child);
	CALL(sigtimedwait(&set, &info, &bad));
	MUST(sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 77 }));
	SHOW(sigwaitinfo(&set, &info));
	say("si_code %d, value %d\n", info.si_code, info.si_value.sival_int);
	CALL(syscall(SYS_rt_sigtimedwait, &set, NULL, &zero, 4L));
	return 0;
}
