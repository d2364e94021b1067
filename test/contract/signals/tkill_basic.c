/* SPDX-License-Identifier: MIT
 *
 * tkill(2), kill(2): a signal to oneself runs its handler before the call returns, with code SI_TKILL; signal 0
 * only probes; bad numbers and targets give their errors.
 */
#include "contract.h"

static volatile sig_atomic_t runs;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	runs++;
	say("%s code %d own pid %d\n", signal_name(signal_number), info->si_code, info->si_pid == getpid());
}

int main(void)
{
	long tid = syscall(SYS_gettid);
	catch_signal_info(SIGUSR1, handler, 0);
	CALL(syscall(SYS_tkill, tid, SIGUSR1));
	SHOW(runs);
	CALL(syscall(SYS_tkill, tid, 0));
	CALL(syscall(SYS_tkill, tid, 65));
	CALL(syscall(SYS_tkill, tid, -1));
	CALL(syscall(SYS_tkill, 0, SIGUSR1));
	CALL(syscall(SYS_tkill, -1, SIGUSR1));
	CALL(syscall(SYS_tkill, 4000000, SIGUSR1));
	CALL(syscall(SYS_tkill, 4000000, 0));
	CALL(kill(getpid(), SIGUSR1));
	CALL(kill(0, SIGUSR1));
	CALL(kill(-getpid(), SIGUSR1));
	CALL(kill(getpid(), 65));
	CALL(kill(4000000, 0));
	CALL(kill(-4000000, SIGUSR1));
	CALL(kill((pid_t)0x80000000, SIGUSR1));
	SHOW(runs);
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	siginfo_t info;
	MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
	say("signals to a zombie\n");
	SHOW(kill(child, 0));
	SHOW(kill(child, SIGKILL));
	reap("child", child);
	IS(kill(child, 0) == -1 && errno == ESRCH);
	return 0;
}
