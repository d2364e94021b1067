/* SPDX-License-Identifier: MIT
 *
 * futex(2) with priority inheritance, by raw calls: the word's bits after each step, who gets the lock, and every error.
 */
#include "contract.h"

#include "futex_numbers.h"
#include <pthread.h>

static uint32_t word, other;

static long futex(uint32_t *address, int operation, const struct timespec *time)
{
	return syscall(SYS_futex, address, operation, 0, time, NULL, 0);
}

static void show_word(const char *when, uint32_t value)
{
	uint32_t tid = value & FUTEX_TID_MASK;
	say("%s: %s%s%s\n", when, value & FUTEX_WAITERS ? "waiters " : "",
	    value & FUTEX_OWNER_DIED ? "died " : "",
	    !tid                                   ? "free"
	    : tid == (uint32_t)syscall(SYS_gettid) ? "mine"
						   : "another's");
}

static void alone(void)
{
	CALL(futex(&word, FUTEX_LOCK_PI, NULL));
	show_word("locked", word);
	CALL(futex(&word, FUTEX_LOCK_PI, NULL));
	CALL(futex(&word, FUTEX_TRYLOCK_PI, NULL));
	CALL(futex(&word, FUTEX_UNLOCK_PI, NULL));
	show_word("unlocked", word);
	CALL(futex(&word, FUTEX_UNLOCK_PI, NULL));
	CALL(futex(&word, FUTEX_LOCK_PI2, NULL));
	CALL(futex(&word, FUTEX_UNLOCK_PI, NULL));
	word = FUTEX_OWNER_DIED | FUTEX_WAITERS;
	CALL(futex(&word, FUTEX_TRYLOCK_PI, NULL));
	show_word("after a death", word);
	CALL(futex(&word, FUTEX_UNLOCK_PI, NULL));
	show_word("unlocked", word);
}

static void errors(void)
{
	struct timespec bad = { 0, 1000000000 }, past = { 1, 0 };
	word = 0x3ffffff0;
	CALL(futex(&word, FUTEX_LOCK_PI, NULL));
	show_word("no such owner", word);
	word = 0x3ffffff0;
	CALL(futex(&word, FUTEX_TRYLOCK_PI, NULL));
	CALL(futex(&word, FUTEX_UNLOCK_PI, NULL));
	word = 0;
	CALL(futex((uint32_t *)((char *)&word + 1), FUTEX_LOCK_PI, NULL));
	CALL(futex(NULL, FUTEX_LOCK_PI, NULL));
	CALL(futex(NULL, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	CALL(futex(&word, FUTEX_LOCK_PI, &bad));
	CALL(futex(&word, FUTEX_LOCK_PI, (struct timespec *)8));
	CALL(futex(&word, FUTEX_LOCK_PI | FUTEX_CLOCK_REALTIME, NULL));
	CALL(futex(&word, FUTEX_LOCK_PI, &past));
	show_word("taken whatever the time-out", word);
	CALL(futex(&word, FUTEX_UNLOCK_PI, NULL));
}

static int child_fights(void *shared)
{
	uint32_t *lock = shared;
	struct timespec past = { 1, 0 }, soon;
	clock_gettime(CLOCK_MONOTONIC, &soon);
	soon.tv_nsec += 20000000;
	soon.tv_sec += soon.tv_nsec / 1000000000;
	soon.tv_nsec %= 1000000000;
	CALL(futex(lock, FUTEX_TRYLOCK_PI, NULL));
	show_word("after a try", *lock);
	CALL(futex(lock, FUTEX_UNLOCK_PI, NULL));
	CALL(futex(lock, FUTEX_LOCK_PI, &past));
	CALL(futex(lock, FUTEX_LOCK_PI2, &soon));
	show_word("after a time-out", *lock);
	return 0;
}

static int child_waits(void *shared)
{
	CALL(futex(shared, FUTEX_LOCK_PI, NULL));
	show_word("given", *(uint32_t *)shared);
	CALL(futex(shared, FUTEX_UNLOCK_PI, NULL));
	return 0;
}

static int child_dies(void *shared)
{
	MUST(futex(shared, FUTEX_LOCK_PI, NULL));
	sleep_forever(NULL);
	return 0;
}

static void between_processes(void)
{
	uint32_t *lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child, owner;
	CALL(futex(lock, FUTEX_LOCK_PI, NULL));
	run_child("fights", child_fights, lock);
	child = start(child_waits, lock);
	wait_until_asleep(child);
	show_word("waited for", *lock);
	MUST(futex(lock, FUTEX_UNLOCK_PI, NULL));
	reap("waits", child);
	show_word("after", *lock);
	owner = start(child_dies, lock);
	wait_until_asleep(owner);
	child = start(child_waits, lock);
	wait_until_asleep(child);
	kill(owner, SIGKILL);
	reap("inherits", child);
	reap("dies", owner);
	show_word("after", *lock);
}

static void caught(int number)
{
	(void)number;
	say("caught\n");
}

static int interrupted(void *shared)
{
	catch_signal(SIGUSR1, caught, 0);
	CALL(futex(shared, FUTEX_LOCK_PI, NULL));
	return 0;
}

static void signals(void)
{
	uint32_t *lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;
	MUST(futex(lock, FUTEX_LOCK_PI, NULL));
	child = start(interrupted, lock);
	wait_until_asleep(child);
	kill(child, SIGUSR1);
	sleep_ms(50);
	wait_until_asleep(child);
	MUST(futex(lock, FUTEX_UNLOCK_PI, NULL));
	reap("interrupted", child);
}

static volatile pid_t thread_tid;

static void *takes_both(void *unused)
{
	(void)unused;
	MUST(futex(&other, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	thread_tid = (pid_t)syscall(SYS_gettid);
	MUST(futex(&word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	show_word("word", word);
	MUST(futex(&word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	MUST(futex(&other, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	return NULL;
}

static void deadlock(void)
{
	pthread_t thread;
	MUST(futex(&word, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	MUST(pthread_create(&thread, NULL, takes_both, NULL));
	while (!thread_tid)
		sleep_ms(1);
	wait_until_thread_asleep(thread_tid);
	CALL(futex(&other, FUTEX_LOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	show_word("other", other);
	MUST(futex(&word, FUTEX_UNLOCK_PI | FUTEX_PRIVATE_FLAG, NULL));
	pthread_join(thread, NULL);
	show_word("word", word);
	show_word("other", other);
}

int main(void)
{
	alone();
	errors();
	between_processes();
	signals();
	deadlock();
	return 0;
}
