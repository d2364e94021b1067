/* SPDX-License-Identifier: MIT
 *
 * fork(2): what the child has (dispositions, mask, alternate stack, directory, flock locks, nice value, mappings)
 * and has not (pending signals, timers, record locks, times, parent's threads).
 */
#include "../contract.h"

#include <pthread.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>

static char memory[16384];

static void handler(int signal_number)
{
	(void)signal_number;
}

static void *forever(void *unused)
{
	sleep_forever(unused);
	return NULL;
}

static int child(void *file)
{
	struct sigaction action;
	stack_t stack;
	struct itimerval timer;
	struct tms times_now;
	struct flock lock = { .l_type = F_WRLCK };
	MUST(sigaction(SIGUSR1, NULL, &action));
	IS(action.sa_handler == handler);
	MUST(sigaltstack(NULL, &stack));
	IS(stack.ss_sp == memory && stack.ss_size == sizeof(memory));
	IS(signal_is_blocked(SIGUSR2));
	IS(signal_is_pending(SIGUSR2));
	MUST(getitimer(ITIMER_REAL, &timer));
	SHOW(timer.it_value.tv_sec);
	SHOW(getpriority(PRIO_PROCESS, 0));
	times(&times_now);
	IS(times_now.tms_utime + times_now.tms_stime < 10 && times_now.tms_cutime == 0);
	MUST(fcntl(*(int *)file, F_GETLK, &lock));
	say("record lock held by %s\n", lock.l_type == F_UNLCK    ? "nobody"
					: lock.l_pid == getppid() ? "the parent"
								  : "another");
	CALL(flock(*(int *)file, LOCK_EX | LOCK_NB));
	int again = (int)MUST(open("file", O_RDWR));
	CALL(flock(again, LOCK_EX | LOCK_NB));
	char text[4096];
	read_file("/proc/self/status", text, sizeof(text));
	char *line = strstr(text, "Threads:");
	say("%.10s\n", line ? line : "none");
	IS(getppid() > 0);
	return 0;
}

int main(void)
{
	pthread_t thread;
	int file = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	struct flock lock = { .l_type = F_WRLCK };
	MUST(-pthread_create(&thread, NULL, forever, NULL));
	catch_signal(SIGUSR1, handler, 0);
	MUST(sigaltstack(&(stack_t){ .ss_sp = memory, .ss_size = sizeof(memory) }, NULL));
	block_signal(SIGUSR2);
	MUST(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR2));
	MUST(setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 100, 0 } }, NULL));
	MUST(setpriority(PRIO_PROCESS, 0, 6));
	MUST(fcntl(file, F_SETLK, &lock));
	MUST(flock(file, LOCK_EX));
	run_child("child", child, &file);
	IS(signal_is_pending(SIGUSR2));
	return 0;
}
