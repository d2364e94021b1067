/* SPDX-License-Identifier: MIT */
/*
 * The timer service with host threads for the server's: what is due runs, in its order; a cancelled node is in nobody's hands; a
 * callback that arms its node again leaves time for others. The source is included, so that its waits and its clock are ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>
#include "core/clock.h"
#include "core/lock.h"
#include "core/slab.h"
#include "runtime/kernel.h"
#include "time/timer.h"

static uint32_t waiting; /* threads in fake_wait that wait for a callback's end */

static uint64_t fake_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* As the kernel's, by looking often. */
static struct call_result fake_wait(uint64_t address, uint32_t expected, uint32_t bits, uint64_t deadline_ns,
				    uint32_t flags)
{
	const uint32_t *word = (const uint32_t *)(uintptr_t)address;
	(void)bits;
	(void)flags;
	if (deadline_ns == DEADLINE_NEVER)
		__atomic_add_fetch(&waiting, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == expected && fake_now() < deadline_ns)
		nanosleep(&(struct timespec){ 0, 20000 }, NULL);
	return (struct call_result){ .status = STATUS_OK };
}

static struct call_result fake_wake(uint64_t address, uint32_t count, uint32_t bits, uint32_t flags)
{
	(void)address;
	(void)count;
	(void)bits;
	(void)flags;
	return (struct call_result){ .status = STATUS_OK };
}

#define k_word_wait fake_wait
#define k_word_wake fake_wake
#define clock_monotonic_ns fake_now
#include "time/timer.c"

static pthread_mutex_t the_lock = PTHREAD_MUTEX_INITIALIZER;

void lock_init(struct lock *lock, enum lock_rank rank)
{
	(void)lock;
	(void)rank;
}

void lock_acquire(struct lock *lock)
{
	(void)lock;
	pthread_mutex_lock(&the_lock);
}

void lock_release(struct lock *lock)
{
	(void)lock;
	pthread_mutex_unlock(&the_lock);
}

void *slab_allocate(size_t bytes)
{
	return calloc(1, bytes);
}

void slab_free(void *block, size_t bytes)
{
	(void)bytes;
	free(block);
}

static struct timer_node node;
static uint32_t runs;
static uint64_t times[64];

static void soon(uint32_t *word, uint32_t value)
{
	uint64_t end = fake_now() + 5000000000u;
	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) < value && fake_now() < end)
		nanosleep(&(struct timespec){ 0, 50000 }, NULL);
	assert_true(__atomic_load_n(word, __ATOMIC_ACQUIRE) >= value);
}

/* Arms its node again only when the canceller already waits. */
void interval_expired(void *argument)
{
	uint32_t before = (uint32_t)(uintptr_t)argument;
	__atomic_add_fetch(&runs, 1, __ATOMIC_ACQ_REL);
	for (int i = 0; i < 5000 && __atomic_load_n(&waiting, __ATOMIC_ACQUIRE) <= before; i++)
		nanosleep(&(struct timespec){ 0, 100000 }, NULL);
	(void)timer_arm(&node, fake_now() + 1000000);
}

/* Due again at once, always. */
void posix_timer_expired(void *argument)
{
	uint32_t run = __atomic_load_n(&runs, __ATOMIC_ACQUIRE);
	if (run < sizeof(times) / sizeof(times[0]))
		times[run] = fake_now();
	(void)timer_arm(argument, 1);
	__atomic_add_fetch(&runs, 1, __ATOMIC_ACQ_REL);
}

static uint32_t order[3], ordered;

void timerfd_expired(void *argument)
{
	order[ordered] = (uint32_t)(uintptr_t)argument;
	__atomic_add_fetch(&ordered, 1, __ATOMIC_ACQ_REL);
}

void cpu_limit_expired(void *argument)
{
	(void)argument;
}

void load_expired(void *argument)
{
	(void)argument;
}

static int start_service(void **state)
{
	(void)state;
	return timer_init();
}

static void nodes_run_by_their_deadlines(void **state)
{
	struct timer_node nodes[3];
	uint64_t start = fake_now() + 20000000;
	(void)state;
	for (uintptr_t i = 0; i < 3; i++) {
		nodes[i] = (struct timer_node){ .callback = TIMER_CALLBACK_TIMERFD,
						.argument = (void *)(i + 1) };
		assert_true(timer_arm(&nodes[i], start + (3 - i) * 1000000));
	}
	soon(&ordered, 3);
	assert_int_equal(order[0], 3);
	assert_int_equal(order[1], 2);
	assert_int_equal(order[2], 1);
}

static void a_cancelled_node_stays_cancelled(void **state)
{
	(void)state;
	runs = 0;
	node = (struct timer_node){ .callback = TIMER_CALLBACK_INTERVAL };
	/* The service itself may wait too while it has nothing to do. */
	node.argument = (void *)(uintptr_t)__atomic_load_n(&waiting, __ATOMIC_ACQUIRE);
	assert_true(timer_arm(&node, 1));
	soon(&runs, 1);
	timer_cancel(&node);
	assert_int_equal(node.place, 0);
	nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
	assert_int_equal(runs, 1);
}

static void a_node_that_is_always_due_rests(void **state)
{
	struct timer_node busy = { .callback = TIMER_CALLBACK_POSIX, .argument = &busy };
	(void)state;
	runs = 0;
	assert_true(timer_arm(&busy, 1));
	soon(&runs, 40);
	timer_cancel(&busy);
	assert_int_equal(busy.place, 0);
	for (int i = 1; i < 40; i++)
		assert_true(times[i] - times[i - 1] >= REST_NS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_run_by_their_deadlines),
		cmocka_unit_test(a_cancelled_node_stays_cancelled),
		cmocka_unit_test(a_node_that_is_always_due_rests),
	};
	return cmocka_run_group_tests(tests, start_service, NULL);
}
