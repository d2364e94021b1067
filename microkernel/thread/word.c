/* SPDX-License-Identifier: MIT */
/*
 * Word waits: queues of threads by the name of the word they wait on (aspace_word), in a hash table.
 *
 * A bucket holds the waiters of all its words in order of arrival, so waking is first come first served. The word is
 * compared under the kernel lock, in the same entry that queues the waiter; so a wake after a change finds it.
 */
#include "arch/x86_64/cpu.h"
#include "memory/memory.h"
#include "thread/word.h"

#define BUCKETS 512u

static struct list_node buckets[BUCKETS];

void word_init(void)
{
	for (unsigned i = 0; i < BUCKETS; i++)
		list_init(&buckets[i]);
}

static struct list_node *bucket_of(const uint64_t key[2])
{
	uint64_t hash = (key[0] * 0x9e3779b97f4a7c15ull) ^ (key[1] >> 2) * 0xff51afd7ed558ccdull;
	return &buckets[(hash >> 32) % BUCKETS];
}

static bool waits_on(const struct thread *thread, const uint64_t key[2])
{
	return thread->wait_key[0] == key[0] && thread->wait_key[1] == key[1];
}

void word_enqueue(struct thread *thread, const uint64_t key[2], uint32_t bitset)
{
	thread->wait_key[0] = key[0];
	thread->wait_key[1] = key[1];
	thread->wait_bitset = bitset;
	list_append(bucket_of(key), &thread->wait_link);
}

/* The first waiter on the word at or behind `at` in the bucket whose bits meet. */
static struct thread *next_waiter(struct list_node *head, struct list_node *at, const uint64_t key[2],
				  uint32_t bitset)
{
	for (; at != head; at = at->next) {
		struct thread *thread = list_entry(at, struct thread, wait_link);
		if (waits_on(thread, key) && (thread->wait_bitset & bitset))
			return thread;
	}
	return NULL;
}

uint32_t word_wake(const uint64_t key[2], uint32_t count, uint32_t bitset)
{
	struct list_node *head = bucket_of(key), *at = head->next;
	uint32_t woken = 0;
	while (woken < count) {
		struct thread *thread = next_waiter(head, at, key, bitset);
		if (!thread)
			break;
		at = thread->wait_link.next;
		thread_wake(thread, STATUS_OK, 0);
		woken++;
	}
	return woken;
}

uint32_t word_requeue(const uint64_t from[2], const uint64_t to[2], uint32_t count)
{
	struct list_node *head = bucket_of(from), *at = head->next;
	uint32_t moved = 0;
	if (from[0] == to[0] && from[1] == to[1])
		return 0;
	while (moved < count) {
		struct thread *thread = next_waiter(head, at, from, WAIT_ANY);
		if (!thread)
			break;
		at = thread->wait_link.next;
		list_remove(&thread->wait_link);
		word_enqueue(thread, to, thread->wait_bitset);
		moved++;
	}
	return moved;
}
