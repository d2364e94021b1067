/* SPDX-License-Identifier: MIT
 *
 * tgkill(2): a signal to one's own thread runs on that thread before the call returns; it is pending for the
 * thread only, so another thread that does not block it never takes it; queued real-time signals keep order.
 */
#include "contract.h"

#include <pthread.h>

static int runs;
static long last_tid;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	last_tid = syscall(SYS_gettid);
	runs++;
	say("%s code %d value %d\n", signal_name(signal_number), info->si_code,
	    info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
}

static void *idle(void *ends)
{
	char byte;
	while (read(((int *)ends)[0], &byte, 1) == -1)
		;
	SHOW(signal_is_pending(SIGUSR1));
	return NULL;
}

int main(void)
{
	pid_t pid = getpid();
	long tid = syscall(SYS_gettid);
	int ends[2];
	catch_signal_info(SIGUSR1, handler, 0);
	catch_signal_info(40, handler, 0);
	CALL(syscall(SYS_tgkill, pid, tid, SIGUSR1));
	SHOW(runs);
	IS(last_tid == tid);
	MUST(pipe(ends));
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, idle, ends));
	block_signal(SIGUSR1);
	CALL(syscall(SYS_tgkill, pid, tid, SIGUSR1));
	sleep_ms(20);
	SHOW(runs);
	MUST(write(ends[1], "x", 1));
	MUST(-pthread_join(thread, NULL));
	IS(signal_is_pending(SIGUSR1));
	unblock_signal(SIGUSR1);
	SHOW(runs);
	block_signal(40);
	for (int i = 1; i <= 3; i++)
		MUST(sigqueue(pid, 40, (union sigval){ .sival_int = i }));
	unblock_signal(40);
	SHOW(runs);
	CALL(syscall(SYS_tgkill, pid, tid, 0));
	CALL(syscall(SYS_tgkill, -1, tid, SIGUSR1));
	CALL(syscall(SYS_tgkill, pid, -1, SIGUSR1));
	CALL(syscall(SYS_tgkill, pid, 4000000, SIGUSR1));
	CALL(syscall(SYS_tgkill, 4000000, tid, SIGUSR1));
	CALL(syscall(SYS_tgkill, pid, tid, 99));
	return 0;
}
