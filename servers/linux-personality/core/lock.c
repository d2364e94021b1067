/* SPDX-License-Identifier: MIT */
/*
 * Locks and mutexes on the kernel's word queues.
 *
 * A word is 0 free, 1 held, 2 held and perhaps waited for. Each thread notes which ranks it holds: taking a lock out
 * of order, or sleeping with one held, is reported to the log with the caller's address and goes on.
 */
#include "core/lock.h"

#include <stdbool.h>
#include "core/lock_order.h"
#include "runtime/kernel.h"

static __thread uint32_t held_ranks;

static void word_lock(uint32_t *word)
{
	uint32_t expected = 0;
	if (__atomic_compare_exchange_n(word, &expected, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE))
		(void)k_word_wait((uintptr_t)word, 2, WAIT_ANY, DEADLINE_NEVER, 0);
}

static void word_unlock(uint32_t *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
		(void)k_word_wake((uintptr_t)word, 1, WAIT_ANY, 0);
}

static void rank_enter(const struct lock *lock)
{
	uint32_t bit = 1u << lock->rank;
	if (held_ranks >= bit)
		lock_order_report("taken", lock->rank, held_ranks, (uint64_t)__builtin_return_address(0));
	held_ranks |= bit;
}

void lock_check_none(const char *what)
{
	if (held_ranks)
		lock_order_report(what, 0, held_ranks, (uint64_t)__builtin_return_address(0));
}

void lock_forget_held(void)
{
	held_ranks = 0;
}

void lock_init(struct lock *lock, enum lock_rank rank)
{
	*lock = LOCK_INIT((uint16_t)rank);
}

void lock_acquire(struct lock *lock)
{
	rank_enter(lock);
	word_lock(&lock->word);
}

void lock_release(struct lock *lock)
{
	held_ranks &= ~(1u << lock->rank);
	word_unlock(&lock->word);
}

void lock_acquire_pair(struct lock *one, struct lock *other)
{
	struct lock *first = one < other ? one : other;
	rank_enter(first);
	word_lock(&first->word);
	if (one != other)
		word_lock(one < other ? &other->word : &one->word);
}

void lock_release_pair(struct lock *one, struct lock *other)
{
	held_ranks &= ~(1u << one->rank);
	word_unlock(&one->word);
	if (one != other)
		word_unlock(&other->word);
}

void mutex_acquire(struct mutex *mutex)
{
	lock_check_none("mutex");
	word_lock(&mutex->word);
}

void mutex_release(struct mutex *mutex)
{
	word_unlock(&mutex->word);
}

void mutex_acquire_pair(struct mutex *one, struct mutex *other)
{
	lock_check_none("mutex");
	word_lock(one < other ? &one->word : &other->word);
	if (one != other)
		word_lock(one < other ? &other->word : &one->word);
}

void mutex_release_pair(struct mutex *one, struct mutex *other)
{
	word_unlock(&one->word);
	if (one != other)
		word_unlock(&other->word);
}
