/* SPDX-License-Identifier: MIT
 *
 * FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI: sleepers of a condition get the lock one after the other, the highest
 * priority first, with it free or held; errors, time-outs and signals on both sides of the move.
 */
#include "contract.h"

#include "futex_numbers.h"
#include <pthread.h>

static uint32_t condition, lock, other;
static volatile pid_t tids[3];
static int order[3], ordered;

static long wait_requeue(uint32_t value, const struct timespec *time, uint32_t *to)
{
	return syscall(SYS_futex, &condition, FUTEX_WAIT_REQUEUE_PI | FUTEX_PRIVATE_FLAG, value, time, to, 0);
}

static long requeue(int wake, long count, uint32_t *to, uint32_t expected)
{
	return syscall(SYS_futex, &condition, FUTEX_CMP_REQUEUE_PI | FUTEX_PRIVATE_FLAG, wake, count, to,
		       expected);
}

static long simple(uint32_t *word, int operation)
{
	return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
}

static void errors(void)
{
	struct timespec soon, bad = { -1, 0 };
	clock_gettime(CLOCK_MONOTONIC, &soon);
	CALL(wait_requeue(1, NULL, &lock));
	CALL(wait_requeue(0, NULL, &condition));
	CALL(wait_requeue(0, &bad, &lock));
	CALL(wait_requeue(0, &soon, &lock));
	CALL(requeue(1, 1, &lock, 0));
	CALL(requeue(2, 1, &lock, 0));
	CALL(requeue(0, 1, &lock, 0));
	CALL(requeue(1, -1, &lock, 0));
	CALL(requeue(1, 1, &condition, 0));
	CALL(requeue(1, 1, &lock, 7));
	CALL(requeue(1, 1, (uint32_t *)6, 0));
	SHOW(lock);
}

static void *sleeper(void *argument)
{
	int index = (int)(intptr_t)argument;
	struct sched_param parameter = { .sched_priority = 10 };
	if (index == 1)
		MUST(syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &parameter));
	tids[index] = (pid_t)syscall(SYS_gettid);
	MUST(wait_requeue(0, NULL, &lock));
	MUST((lock & FUTEX_TID_MASK) == (uint32_t)tids[index] ? 0 : -1);
	order[ordered++] = index;
	MUST(simple(&lock, FUTEX_UNLOCK_PI));
	return NULL;
}

static void begin(pthread_t threads[3])
{
	ordered = 0;
	for (int i = 0; i < 3; i++) {
		tids[i] = 0;
		MUST(pthread_create(&threads[i], NULL, sleeper, (void *)(intptr_t)i));
		while (!tids[i])
			sleep_ms(1);
		wait_until_thread_asleep(tids[i]);
	}
}

static void finish(pthread_t threads[3])
{
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	say("order: %d %d %d\n", order[0], order[1], order[2]);
}

static void lock_held(void)
{
	pthread_t threads[3];
	begin(threads);
	MUST(simple(&lock, FUTEX_LOCK_PI));
	CALL(requeue(1, 1, &other, 0));
	CALL(requeue(1, 0, &lock, 0));
	IS(lock & FUTEX_WAITERS);
	CALL(requeue(1, 10, &lock, 0));
	CALL(requeue(1, 10, &lock, 0));
	MUST(simple(&lock, FUTEX_UNLOCK_PI));
	finish(threads);
}

static void lock_free(void)
{
	pthread_t threads[3];
	begin(threads);
	SHOW(requeue(1, 10, &lock, 0));
	finish(threads);
	IS(!(lock & FUTEX_TID_MASK));
}

static void caught(int number)
{
	(void)number;
}

static void *interrupted(void *unused)
{
	(void)unused;
	tids[0] = (pid_t)syscall(SYS_gettid);
	CALL(wait_requeue(0, NULL, &lock));
	return NULL;
}

static void signals(void)
{
	pthread_t thread;
	catch_signal(SIGUSR1, caught, 0);
	tids[0] = 0;
	MUST(pthread_create(&thread, NULL, interrupted, NULL));
	while (!tids[0])
		sleep_ms(1);
	wait_until_thread_asleep(tids[0]);
	MUST(simple(&lock, FUTEX_LOCK_PI));
	CALL(requeue(1, 1, &lock, 0));
	syscall(SYS_tkill, tids[0], SIGUSR1);
	pthread_join(thread, NULL);
	CALL(simple(&lock, FUTEX_UNLOCK_PI));
}

int main(void)
{
	errors();
	lock_held();
	lock_free();
	signals();
	return 0;
}
