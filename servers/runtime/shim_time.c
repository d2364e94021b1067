/* SPDX-License-Identifier: MIT */
/*
 * shim_time: clocks, sleeping, futexes and random bytes for the libc.
 */
#include "runtime/shim.h"

#include <errno.h>
#include <time.h>
#include "runtime/clock_page.h"
#include "runtime/kernel.h"
#include "runtime/random.h"

#define SECOND_NS 1000000000

/* Futex operations as musl numbers them; the private flag is masked off, since all memory here is one domain's. */
enum {
	FUTEX_OPERATION_WAIT = 0,
	FUTEX_OPERATION_WAKE = 1,
	FUTEX_OPERATION_REQUEUE = 3,
	FUTEX_PRIVATE_FLAG = 128
};

long shim_clock_gettime(long clock, void *result)
{
	struct timespec *time = result;
	int64_t now;

	if (clock == CLOCK_REALTIME)
		now = clock_page_realtime_ns();
	else if (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_BOOTTIME)
		now = (int64_t)clock_page_monotonic_ns();
	else
		return -EINVAL;
	time->tv_sec = now / SECOND_NS;
	time->tv_nsec = now % SECOND_NS;
	return 0;
}

/* Deadline of a duration from now; DEADLINE_NEVER when it is too long to say. */
static uint64_t deadline_after(const struct timespec *duration)
{
	uint64_t now = clock_page_monotonic_ns();

	if (duration->tv_sec >= (time_t)((UINT64_MAX - now) / SECOND_NS) - 1)
		return DEADLINE_NEVER;
	return now + (uint64_t)duration->tv_sec * SECOND_NS + (uint64_t)duration->tv_nsec;
}

static int is_valid(const struct timespec *time)
{
	return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < SECOND_NS;
}

long shim_sleep(long clock, long flags, const void *duration)
{
	const struct timespec *time = duration;
	uint32_t word = 0;
	uint64_t deadline;

	if (!is_valid(time))
		return -EINVAL;
	if (flags == 0)
		deadline = deadline_after(time);
	else if (flags == TIMER_ABSTIME && clock == CLOCK_MONOTONIC)
		deadline = (uint64_t)time->tv_sec * SECOND_NS + (uint64_t)time->tv_nsec;
	else
		return -EINVAL;
	struct call_result result = k_word_wait((uintptr_t)&word, 0, WAIT_ANY, deadline, 0);
	return result.status == STATUS_TIMED_OUT ? 0 : shim_error(result.status);
}

static long futex_wait(uintptr_t address, uint32_t expected, const struct timespec *timeout)
{
	uint64_t deadline = DEADLINE_NEVER;

	if (timeout != NULL) {
		if (!is_valid(timeout))
			return -EINVAL;
		deadline = deadline_after(timeout);
	}
	return shim_error(k_word_wait(address, expected, WAIT_ANY, deadline, 0).status);
}

static long count_of(struct call_result result)
{
	return result.status < 0 ? shim_error(result.status) : (long)result.value;
}

static long futex_requeue(const long *a)
{
	struct requeue_request request = {
		.from = (unsigned long)a[0],
		.to = (unsigned long)a[4],
		.wake = (unsigned)a[2],
		.requeue = (unsigned)a[3],
	};

	return count_of(k_word_requeue(own_address(&request)));
}

long shim_futex(const long *a)
{
	switch (a[1] & ~(long)FUTEX_PRIVATE_FLAG) {
	case FUTEX_OPERATION_WAIT:
		return futex_wait((uintptr_t)a[0], (uint32_t)a[2], (const struct timespec *)a[3]);
	case FUTEX_OPERATION_WAKE: return count_of(k_word_wake((uint64_t)a[0], (uint32_t)a[2], WAIT_ANY, 0));
	case FUTEX_OPERATION_REQUEUE: return futex_requeue(a);
	default: return -EINVAL;
	}
}

long shim_getrandom(void *buffer, size_t bytes)
{
	if (bytes > INT32_MAX)
		return -EINVAL;
	random_fill(buffer, bytes);
	return (long)bytes;
}
