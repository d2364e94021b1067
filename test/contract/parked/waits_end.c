/* SPDX-License-Identifier: MIT
 *
 * Threads that wait in futexes, sleeps and pipes, and what ends them: SIGKILL, exit_group, exec, a stop and SIGCONT behind
 * which a time-out keeps its deadline, and requeueing between waiters of both kinds.
 */
#include "../contract.h"

#include <pthread.h>

enum { KINDS = 4 };

static int word, other, ends[2], tids[KINDS];

static long futex(int *address, int operation, long value, const void *timeout, int *second, long third)
{
	return syscall(SYS_futex, address, operation, value, timeout, second, third);
}

static void *wait_somehow(void *argument)
{
	long kind = (long)argument;
	struct timespec time = { 1000, 0 };
	char byte;
	__atomic_store_n(&tids[kind], (int)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	switch (kind) {
	case 0: (void)futex(&word, 0, 0, NULL, NULL, 0); break;
	case 1: (void)futex(&word, 128, 0, &time, NULL, 0); break;
	case 2: (void)nanosleep(&time, NULL); break;
	default: (void)!read(ends[0], &byte, 1);
	}
	return NULL;
}

static void all_wait(void)
{
	char byte;
	MUST(pipe(ends));
	for (int i = 0; i < 2; i++) {
		MUST(write(ends[1], "x", 1));
		MUST(read(ends[0], &byte, 1));
	}
	for (long i = 0; i < KINDS; i++) {
		pthread_t thread;
		tids[i] = 0;
		MUST(-pthread_create(&thread, NULL, wait_somehow, (void *)i));
		while (!__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST))
			sleep_ms(1);
		wait_until_thread_asleep(tids[i]);
	}
}

static int killed(void *unused)
{
	(void)unused;
	all_wait();
	raise(SIGKILL);
	return 0;
}

static int exits(void *unused)
{
	(void)unused;
	all_wait();
	_exit(7);
}

static int execs(void *unused)
{
	(void)unused;
	all_wait();
	char *const words[] = { "/bin/sh", "-c", "exit 9", NULL };
	execv(words[0], words);
	return 1;
}

static int sleeps(void *argument)
{
	struct timespec time = { 0, 400000000 };
	long before = now_ms(),
	     result = argument ? futex(&word, 0, 0, &time, NULL, 0) : nanosleep(&time, NULL);
	long waited = now_ms() - before;
	return (result == 0 || errno == ETIMEDOUT) && waited >= 400 && waited < 3000 ? 3 : 4;
}

/* A stop interrupts the wait; SIGCONT goes on with it until its old deadline. */
static void stopped(void *argument)
{
	int status;
	pid_t child = start(sleeps, argument);
	wait_until_asleep(child);
	MUST(kill(child, SIGSTOP));
	MUST(waitpid(child, &status, WUNTRACED));
	sleep_ms(50);
	MUST(kill(child, SIGCONT));
	reap("stopped and continued", child);
}

static void *wait_on_word(void *slot)
{
	*(volatile int *)slot = (int)syscall(SYS_gettid);
	return (void *)futex(&word, 128, 0, NULL, NULL, 0);
}

static void requeued(void)
{
	pthread_t threads[3];
	static int ids[3];
	for (int i = 0; i < 3; i++) {
		MUST(-pthread_create(&threads[i], NULL, wait_on_word, &ids[i]));
		while (!__atomic_load_n(&ids[i], __ATOMIC_SEQ_CST))
			sleep_ms(1);
		wait_until_thread_asleep(ids[i]);
	}
	CALL(futex(&word, 3 | 128, 1, (void *)2, &other, 0));
	CALL(futex(&word, 1 | 128, 9, NULL, NULL, 0));
	CALL(futex(&other, 1 | 128, 1, NULL, NULL, 0));
	CALL(futex(&other, 10 | 128, 9, NULL, NULL, 0x10));
	for (int i = 0; i < 3; i++)
		MUST(-pthread_join(threads[i], NULL));
}

static void bitsets_and_clocks(void)
{
	struct timespec past = { 1, 0 }, wall, bad = { 0, 1000000000 };
	CALL(futex(&word, 9 | 128, 0, &past, NULL, 1));
	CALL(futex(&word, 9 | 128, 0, &past, NULL, 0));
	CALL(futex(&word, 9 | 128, 1, &past, NULL, 1));
	CALL(futex(&word, 9 | 128, 0, &bad, NULL, 1));
	CALL(futex(&word, 10 | 128, 1, NULL, NULL, 0));
	MUST(clock_gettime(CLOCK_REALTIME, &wall));
	wall.tv_sec -= 1;
	CALL(futex(&word, 9 | 128 | 256, 0, &wall, NULL, 1));
	wall.tv_sec += 1;
	wall.tv_nsec = 999999999;
	CALL(futex(&word, 9 | 256, 0, &wall, NULL, 1));
	CALL(futex(&word, 1 | 128, 0, NULL, NULL, 0));
	CALL(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &past, NULL));
	CALL(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &bad, NULL));
	CALL(syscall(SYS_nanosleep, &bad, NULL));
}

int main(void)
{
	run_child("killed", killed, NULL);
	run_child("exits", exits, NULL);
	run_child("execs", execs, NULL);
	stopped(NULL);
	stopped("futex");
	requeued();
	bitsets_and_clocks();
	return 0;
}
