/* SPDX-License-Identifier: MIT
 *
 * signal(7), sigqueue(3): real-time signals are all kept, in order within a number, lower numbers first when taken
 * by sigwaitinfo; standard signals are kept once with the first sender's data; SI_QUEUE values; the queue's limit.
 */
#include "../contract.h"

#include <sys/resource.h>

static void take(const sigset_t *set)
{
	siginfo_t info;
	while (syscall(SYS_rt_sigtimedwait, set, &info, &(struct timespec){ 0, 0 }, 8L) > 0)
		say("%s code %d value %d\n", signal_name(info.si_signo), info.si_code,
		    info.si_code == SI_QUEUE ? info.si_value.sival_int : -1);
}

static int limited(void *unused)
{
	(void)unused;
	MUST(setuid(12345));
	MUST(setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){ 3, 3 }));
	for (int i = 0; i < 5; i++)
		CALL(sigqueue(getpid(), 40, (union sigval){ .sival_int = i }));
	CALL(kill(getpid(), SIGUSR1));
	CALL(kill(getpid(), 40));
	return 0;
}

int main(void)
{
	sigset_t set;
	sigemptyset(&set);
	static const int numbers[] = { 40, 36, SIGUSR1, 64, 36, SIGUSR1, 40, SIGHUP };
	for (int i = 0; i < 8; i++)
		sigaddset(&set, numbers[i]);
	MUST(sigprocmask(SIG_BLOCK, &set, NULL));
	for (int i = 0; i < 8; i++)
		CALL(sigqueue(getpid(), numbers[i], (union sigval){ .sival_int = i + 1 }));
	MUST(kill(getpid(), 40));
	take(&set);
	siginfo_t info = { .si_code = SI_QUEUE };
	info.si_signo = SIGUSR1;
	CALL(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &info));
	info.si_code = SI_USER;
	CALL(syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &info));
	info.si_code = -77;
	CALL(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGHUP, &info));
	take(&set);
	CALL(sigqueue(getpid(), 0, (union sigval){ 0 }));
	CALL(sigqueue(getpid(), 65, (union sigval){ 0 }));
	CALL(sigqueue(4000000, 40, (union sigval){ 0 }));
	run_child("limited", limited, NULL);
	return 0;
}
