/* SPDX-License-Identifier: MIT */
/*
 * How threads begin and end waits, and the queues of those that wait on words. Every wait ends in one of the functions
 * here, whatever it was for, and leaves through wait_leave all queues that it was in.
 *
 * A kick is latched in thread->kicked until it ends something: an interruptible (kill: killable) wait, with
 * INTERRUPTED (a call: CANCELLED) or KILLED, or the guest, with EXIT_KICK. A thread that waits for a page on behalf
 * of its guest is only made ready by a kill: kernel_exit then finds the kick and stops the guest. So it does with a
 * parked guest, which any kick makes ready: its exit is INTERRUPTED. What a wake has answered already stays answered.
 *
 * Word waits are in a hash table by the name of the word (aspace_word). A bucket holds the waiters of all its words in
 * order of arrival, so waking is first come first served. The word is compared under the kernel lock, in the same entry
 * that queues the waiter; so a wake after a change finds it.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"
#include "ipc/timer.h"
#include "memory/aspace.h"
#include "object/domain.h"
#include "route/route.h"
#include "thread/work.h"

static void wait_leave(struct thread *thread)
{
	timeout_cancel(&thread->timeout);
	if (list_linked(&thread->wait_link))
		list_remove(&thread->wait_link);
	if (list_linked(&thread->notify_link))
		list_remove(&thread->notify_link);
	if (thread->server)
		thread->server->serving = NULL;
	thread->server = NULL;
	thread->wait = WAIT_NONE;
}

static void wait_finish(struct thread *thread, bool direct)
{
	wait_leave(thread);
	schedule_ready(thread, direct);
}

void thread_wake(struct thread *thread, int64_t status, uint64_t value)
{
	thread->restart = false;
	if (thread->parked) {
		route_wake(thread, status);
	} else {
		thread->frame.rax = (uint64_t)status;
		thread->frame.rdx = value;
	}
	wait_finish(thread, false);
}

void thread_wake_answered(struct thread *thread)
{
	thread->restart = false;
	wait_finish(thread, true);
}

void thread_wake_restart(struct thread *thread)
{
	wait_finish(thread, false);
}

static void thread_timed_out(struct timeout *timeout)
{
	thread_wake(list_entry(timeout, struct thread, timeout), STATUS_TIMED_OUT, 0);
}

/* End the wait if a latched kick may. */
static void wait_end_by_kick(struct thread *thread)
{
	if (!thread_wait_ended(thread))
		return;
	if (thread->mode == MODE_GUEST) {
		thread->restart = false;
		wait_finish(thread, false);
		return;
	}
	bool call = thread->wait == WAIT_CALL_QUEUED || thread->wait == WAIT_REPLY;
	int64_t status = call ? STATUS_CANCELLED : STATUS_INTERRUPTED;
	if (thread->killable && (thread->kicked & KICK_KILL))
		status = STATUS_KILLED;
	if (thread->held)
		aspace_release(thread);
	thread->kicked = status == STATUS_KILLED ? 0 : thread->kicked & (uint8_t)~KICK_SIGNAL;
	thread_wake(thread, status, 0);
}

void thread_block(struct thread *thread, enum wait_kind kind, uint64_t deadline_ns, bool restart)
{
	if (kind >= WAIT_PAGE) {
		thread->interruptible = false;
		thread->killable = thread->mode == MODE_GUEST || thread->frame.vector == TRAP_SYSCALL;
	}
	thread->wait = kind;
	thread->restart = restart;
	schedule_block(thread);
	if (deadline_ns != DEADLINE_NEVER) {
		thread->timeout.expired = thread_timed_out;
		timeout_arm(&thread->timeout, deadline_ns);
	}
	if (thread->kicked)
		wait_end_by_kick(thread);
}

void thread_kick(struct thread *thread, uint8_t kick)
{
	if (thread->state == THREAD_IS_DEAD)
		return;
	thread->kicked |= kick;
	if (thread->state == THREAD_IS_WAITING)
		wait_end_by_kick(thread);
}

void thread_leave_queues(struct thread *thread)
{
	wait_leave(thread);
	if (thread->serving)
		thread_wake(thread->serving, STATUS_RESTART, 0);
	schedule_remove(thread);
}

static struct list_node memory_waiters = { &memory_waiters, &memory_waiters };

bool thread_may_wait_memory(void)
{
	const struct thread *thread = cpu_self()->current;
	return thread && thread->domain->shortage;
}

status_t thread_wait_memory(void)
{
	struct thread *thread = cpu_self()->current;
	if (thread && memory_evict())
		return work_stop();
	if (!thread_may_wait_memory())
		return STATUS_NO_MEMORY;
	list_append(&memory_waiters, &thread->wait_link);
	thread_block(thread, WAIT_MEMORY, DEADLINE_NEVER, true);
	notification_signal(thread->domain->shortage, thread->domain->shortage_bits);
	return STATUS_PENDING;
}

void thread_memory_freed(void)
{
	while (!list_empty(&memory_waiters))
		thread_wake_restart(list_first(&memory_waiters, struct thread, wait_link));
}

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
