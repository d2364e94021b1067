/* SPDX-License-Identifier: MIT
 *
 * What priority inheritance is for: the owner runs at the priority of who waits, as /proc shows it, along a chain of locks, and
 * no longer than that; the lock goes to the highest priority, to the oldest of equals.
 */
#include "contract.h"

#include "futex_numbers.h"
#include <pthread.h>

static uint32_t first, second;
static volatile pid_t tids[4];
static volatile bool leave;

static long futex(uint32_t *address, int operation)
{
	return syscall(SYS_futex, address, operation | FUTEX_PRIVATE_FLAG, 0, NULL, NULL, 0);
}

static long priority_of(pid_t tid)
{
	char path[64], text[1024], *at;
	long value = 0;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	MUST(read_file(path, text, sizeof(text)));
	at = strrchr(text, ')') + 2;
	for (int field = 3; field < 18; field++)
		at = strchr(at, ' ') + 1;
	value = strtol(at, NULL, 10);
	return value;
}

static void be(int priority)
{
	struct sched_param parameter = { .sched_priority = priority };
	MUST(syscall(SYS_sched_setscheduler, 0, priority ? SCHED_FIFO : SCHED_OTHER, &parameter));
}

/* Holds the first, waits for the second. */
static void *middle(void *unused)
{
	(void)unused;
	MUST(futex(&first, FUTEX_LOCK_PI));
	tids[0] = (pid_t)syscall(SYS_gettid);
	MUST(futex(&second, FUTEX_LOCK_PI));
	MUST(futex(&second, FUTEX_UNLOCK_PI));
	MUST(futex(&first, FUTEX_UNLOCK_PI));
	while (!leave)
		sleep_ms(1);
	return NULL;
}

static void *high(void *unused)
{
	(void)unused;
	be(40);
	tids[1] = (pid_t)syscall(SYS_gettid);
	MUST(futex(&first, FUTEX_LOCK_PI));
	MUST(futex(&first, FUTEX_UNLOCK_PI));
	while (!leave)
		sleep_ms(1);
	return NULL;
}

static void begin(pthread_t *thread, void *(*body)(void *), int index, void *argument)
{
	MUST(pthread_create(thread, NULL, body, argument));
	while (!tids[index])
		sleep_ms(1);
	wait_until_thread_asleep(tids[index]);
}

static void chain(void)
{
	pthread_t one, two;
	pid_t self = (pid_t)syscall(SYS_gettid);
	MUST(futex(&second, FUTEX_LOCK_PI));
	begin(&one, middle, 0, NULL);
	SHOW(priority_of(self));
	SHOW(priority_of(tids[0]));
	begin(&two, high, 1, NULL);
	SHOW(priority_of(self));
	SHOW(priority_of(tids[0]));
	SHOW(priority_of(tids[1]));
	MUST(futex(&second, FUTEX_UNLOCK_PI));
	SHOW(priority_of(self));
	sleep_ms(50);
	SHOW(priority_of(tids[0]));
	leave = true;
	pthread_join(one, NULL);
	pthread_join(two, NULL);
}

static int order[4], ordered;

static void *contender(void *argument)
{
	int index = (int)(intptr_t)argument;
	be(index == 1 ? 10 : index == 2 ? 30 : 0);
	tids[index] = (pid_t)syscall(SYS_gettid);
	MUST(futex(&first, FUTEX_LOCK_PI));
	order[ordered++] = index;
	MUST(futex(&first, FUTEX_UNLOCK_PI));
	return NULL;
}

static void ordering(void)
{
	pthread_t threads[4];
	MUST(futex(&first, FUTEX_LOCK_PI));
	memset((void *)tids, 0, sizeof(tids));
	for (int i = 0; i < 4; i++)
		begin(&threads[i], contender, i, (void *)(intptr_t)i);
	SHOW(priority_of((pid_t)syscall(SYS_gettid)));
	MUST(futex(&first, FUTEX_UNLOCK_PI));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	say("order: %d %d %d %d\n", order[0], order[1], order[2], order[3]);
}

int main(void)
{
	chain();
	ordering();
	return 0;
}
