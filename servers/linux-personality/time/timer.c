/* SPDX-License-Identifier: MIT */
/*
 * The service keeps armed nodes in a binary heap by deadline. `running` is the node whose callback is being run; a canceller
 * waits until it is another. The service thread sleeps on `changed`, which every new earliest deadline bumps.
 *
 * The service runs before its guests, so no guest may keep it busy: a callback that arms its node again waits at least REST_NS for each
 * node that is armed, however short its interval is, and also when it waits for CPU time that nobody uses.
 */
#include "time/timer.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "abi/wait.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/lock.h"
#include "core/slab.h"
#include "core/survive.h"
#include "runtime/kernel.h"

#define HEAP_FIRST 64u
#define REST_NS 50000u

SURVIVES static struct lock heap_lock;
SURVIVES static struct timer_node **heap;
SURVIVES static uint32_t heap_used, heap_capacity; /* places 1..heap_used */
static uint32_t changed, finished;
static struct timer_node *running;
static pthread_t service;

typedef void timer_function(void *argument);
static timer_function *const callbacks[TIMER_CALLBACK_COUNT] = {
	[TIMER_CALLBACK_INTERVAL] = interval_expired, [TIMER_CALLBACK_POSIX] = posix_timer_expired,
	[TIMER_CALLBACK_TIMERFD] = timerfd_expired,   [TIMER_CALLBACK_CPU_LIMIT] = cpu_limit_expired,
	[TIMER_CALLBACK_LOAD] = load_expired,
};

static void heap_put(uint32_t place, struct timer_node *node)
{
	heap[place] = node;
	node->place = place;
}

static void heap_rise(uint32_t place, struct timer_node *node)
{
	while (place > 1 && heap[place / 2]->deadline_ns > node->deadline_ns) {
		heap_put(place, heap[place / 2]);
		place /= 2;
	}
	heap_put(place, node);
}

static void heap_sink(uint32_t place, struct timer_node *node)
{
	for (;;) {
		uint32_t child = place * 2;
		if (child < heap_used && heap[child + 1]->deadline_ns < heap[child]->deadline_ns)
			child++;
		if (child > heap_used || heap[child]->deadline_ns >= node->deadline_ns)
			break;
		heap_put(place, heap[child]);
		place = child;
	}
	heap_put(place, node);
}

static void heap_remove(struct timer_node *node)
{
	struct timer_node *last = heap[heap_used--];
	uint32_t place = node->place;
	node->place = 0;
	if (last == node)
		return;
	if (place > 1 && heap[place / 2]->deadline_ns > last->deadline_ns)
		heap_rise(place, last);
	else
		heap_sink(place, last);
}

/* Room for one more; the old array is given back. */
static bool heap_grow(void)
{
	uint32_t capacity = heap_capacity ? heap_capacity * 2 : HEAP_FIRST;
	struct timer_node **bigger;
	if (heap_used + 1 < heap_capacity)
		return true;
	bigger = slab_allocate(capacity * sizeof(heap[0]));
	if (!bigger)
		return false;
	if (heap) {
		memcpy(bigger, heap, heap_capacity * sizeof(heap[0]));
		slab_free(heap, heap_capacity * sizeof(heap[0]));
	}
	heap = bigger;
	heap_capacity = capacity;
	return true;
}

static void wake_word(uint32_t *word)
{
	__atomic_add_fetch(word, 1, __ATOMIC_ACQ_REL);
	(void)k_word_wake((uintptr_t)word, UINT32_MAX, WAIT_ANY, 0);
}

static bool is_served(const struct timer_node *node)
{
	return __atomic_load_n(&running, __ATOMIC_ACQUIRE) == node && pthread_equal(pthread_self(), service);
}

/* heap_lock held. */
static uint64_t after_rest(uint64_t deadline_ns)
{
	uint64_t earliest = clock_monotonic_ns() + (uint64_t)REST_NS * (heap_used + 1);
	return deadline_ns > earliest ? deadline_ns : earliest;
}

bool timer_arm(struct timer_node *node, uint64_t deadline_ns)
{
	bool first, fits = true;
	lock_acquire(&heap_lock);
	if (node->place)
		heap_remove(node);
	fits = heap_grow();
	if (fits) {
		node->deadline_ns = is_served(node) ? after_rest(deadline_ns) : deadline_ns;
		heap_used++;
		heap_rise(heap_used, node);
	}
	first = fits && node->place == 1;
	lock_release(&heap_lock);
	if (first)
		wake_word(&changed);
	return fits;
}

/* Out of the heap; true when its callback is running, which may put it back. */
static bool heap_forget(struct timer_node *node)
{
	bool busy;
	lock_acquire(&heap_lock);
	if (node->place)
		heap_remove(node);
	busy = __atomic_load_n(&running, __ATOMIC_ACQUIRE) == node;
	lock_release(&heap_lock);
	return busy;
}

void timer_cancel(struct timer_node *node)
{
	for (;;) {
		uint32_t seen = __atomic_load_n(&finished, __ATOMIC_ACQUIRE);
		if (!heap_forget(node) || is_served(node))
			return;
		(void)k_word_wait((uintptr_t)&finished, seen, WAIT_ANY, DEADLINE_NEVER, 0);
	}
}

/* Take the earliest node if it is due; else say when it will be. */
static struct timer_node *timer_take_due(uint64_t *next)
{
	struct timer_node *node = NULL;
	lock_acquire(&heap_lock);
	*next = heap_used ? heap[1]->deadline_ns : DEADLINE_NEVER;
	if (heap_used && *next <= clock_monotonic_ns()) {
		node = heap[1];
		heap_remove(node);
		__atomic_store_n(&running, node, __ATOMIC_RELEASE);
	}
	lock_release(&heap_lock);
	return node;
}

static void *timer_serve(void *unused)
{
	(void)unused;
	for (;;) {
		uint32_t seen = __atomic_load_n(&changed, __ATOMIC_ACQUIRE);
		uint64_t next;
		struct timer_node *node = timer_take_due(&next);
		if (node) {
			callbacks[node->callback](node->argument);
			__atomic_store_n(&running, NULL, __ATOMIC_RELEASE);
			wake_word(&finished);
		} else {
			(void)k_word_wait((uintptr_t)&changed, seen, WAIT_ANY, next, 0);
		}
	}
	return NULL;
}

int timer_init(void)
{
	lock_init(&heap_lock, RANK_QUEUE);
	return -pthread_create(&service, NULL, timer_serve, NULL);
}
