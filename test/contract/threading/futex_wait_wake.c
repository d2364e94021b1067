/* SPDX-License-Identifier: MIT
 *
 * futex(2): WAIT with another value is EAGAIN, WAKE without waiters 0, each waiter is counted once, WAKE n wakes
 * at most n, relative time-outs pass, a signal handler gives EINTR; errors of address and alignment.
 */
#include "contract.h"

#include <pthread.h>

enum { WAIT = 0, WAKE = 1, PRIVATE = 128, WAITERS = 4 };

static int word = 1;
static int woken;
static int tids[WAITERS];

static long futex(void *address, int operation, int value, const struct timespec *timeout)
{
	return syscall(SYS_futex, address, operation, value, timeout, NULL, 0);
}

static void *waiter(void *slot)
{
	*(int *)slot = (int)syscall(SYS_gettid);
	long result = futex(&word, WAIT | PRIVATE, 1, NULL);
	__atomic_fetch_add(&woken, result == 0 ? 1 : 100, __ATOMIC_SEQ_CST);
	return NULL;
}

static void handler(int signal_number)
{
	(void)signal_number;
}

static void *poker(void *tid)
{
	wait_until_thread_asleep(*(int *)tid);
	MUST(syscall(SYS_tkill, *(int *)tid, SIGUSR1));
	return NULL;
}

static void wake_in_steps(void)
{
	pthread_t threads[WAITERS];
	for (int i = 0; i < WAITERS; i++)
		MUST(-pthread_create(&threads[i], NULL, waiter, &tids[i]));
	for (int i = 0; i < WAITERS; i++) {
		while (!__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST))
			sleep_ms(1);
		wait_until_thread_asleep(tids[i]);
	}
	SHOW(futex(&word, WAKE, 1, NULL));
	SHOW(futex(&word, WAKE | PRIVATE, 1, NULL));
	SHOW(futex(&word, WAKE | PRIVATE, 2, NULL));
	SHOW(futex(&word, WAKE | PRIVATE, 100, NULL));
	SHOW(futex(&word, WAKE | PRIVATE, 100, NULL));
	for (int i = 0; i < WAITERS; i++)
		MUST(-pthread_join(threads[i], NULL));
	SHOW(woken);
}

int main(void)
{
	struct timespec shortly = { 0, 30000000 }, bad = { 0, -1 };
	CALL(futex(&word, WAIT, 2, NULL));
	CALL(futex(&word, WAKE, 1, NULL));
	long before = now_ms();
	CALL(futex(&word, WAIT, 1, &shortly));
	IS(now_ms() - before >= 30);
	CALL(futex(&word, WAIT, 1, &bad));
	CALL(futex((char *)&word + 1, WAIT, 1, NULL));
	CALL(futex((void *)8, WAIT | PRIVATE, 1, NULL));
	CALL(futex(&word, 77, 1, NULL));
	catch_signal(SIGUSR1, handler, 0);
	pthread_t thread;
	int tid = (int)syscall(SYS_gettid);
	MUST(-pthread_create(&thread, NULL, poker, &tid));
	CALL(futex(&word, WAIT, 1, NULL));
	MUST(-pthread_join(thread, NULL));
	wake_in_steps();
	return 0;
}
