/* SPDX-License-Identifier: MIT */
/*
 * The rows of waiting and waking: futexes and sleeps. Rows of one number are tried in their order, so the frequent ones of
 * futex come first. What is not here (requeue, wake-op, priority inheritance, other clocks) is forwarded.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "linux_abi/memory.h"
#include "linux_abi/time.h"
#include "route/routes.h"

#define ANSWERS(outcome) (1u << (outcome))
#define SAME(argument_, value_)                                                                              \
	{                                                                                                    \
		.mask = UINT32_MAX, .value = (value_), .argument = (argument_)                               \
	}

/* futex(word, operation, value, timeout, -, bitset) */
#define WAIT(operation_, bitset_, flags_)                                                                    \
	{                                                                                                    \
		.number = CALL_NUMBER_futex, .operation = ROUTE_WAIT,                                        \
		.listed = ANSWERS(ROUTE_DONE) | ANSWERS(ROUTE_MISMATCH) | ANSWERS(ROUTE_TIMED_OUT),          \
		.parameters = { 0, 2, (bitset_), 3, ROUTE_CONSTANT0 },                                       \
		.constants = { (flags_), UINT32_MAX }, .tests = { SAME(1, (operation_)) },                   \
		.results = { [ROUTE_MISMATCH] = -EAGAIN, [ROUTE_TIMED_OUT] = -ETIMEDOUT },                   \
	}
#define WAKE(operation_, bitset_, flags_)                                                                    \
	{                                                                                                    \
		.number = CALL_NUMBER_futex, .operation = ROUTE_WAKE, .listed = ANSWERS(ROUTE_DONE),         \
		.parameters = { 0, 2, (bitset_), 0, ROUTE_CONSTANT0 },                                       \
		.constants = { (flags_), UINT32_MAX }, .tests = { SAME(1, (operation_)) },                   \
	}
#define ALL ROUTE_CONSTANT1
#define BITSET 5
#define PRIVATE LINUX_FUTEX_PRIVATE_FLAG
#define ON_WALL_CLOCK LINUX_FUTEX_CLOCK_REALTIME
#define ABSOLUTE ROUTE_WAIT_ABSOLUTE
#define SHARED ROUTE_WAIT_SHARED
#define WALL (ROUTE_WAIT_ABSOLUTE | ROUTE_WAIT_WALL)

#define SLEEP(call, request_, flags_, ...)                                                                   \
	{                                                                                                    \
		.number = CALL_NUMBER_##call, .operation = ROUTE_SLEEP, .listed = ANSWERS(ROUTE_TIMED_OUT),  \
		.parameters = { (request_), ROUTE_CONSTANT0 }, .constants = { (flags_) },                    \
		.tests = { __VA_ARGS__ },                                                                    \
	}

const struct route route_wait_rows[] = {
	WAKE(LINUX_FUTEX_WAKE | PRIVATE, ALL, 0),
	WAIT(LINUX_FUTEX_WAIT | PRIVATE, ALL, 0),
	WAIT(LINUX_FUTEX_WAIT_BITSET | PRIVATE, BITSET, ABSOLUTE),
	WAIT(LINUX_FUTEX_WAIT_BITSET | PRIVATE | ON_WALL_CLOCK, BITSET, WALL),
	WAKE(LINUX_FUTEX_WAKE_BITSET | PRIVATE, BITSET, 0),
	WAKE(LINUX_FUTEX_WAKE, ALL, SHARED),
	WAIT(LINUX_FUTEX_WAIT, ALL, SHARED),
	WAIT(LINUX_FUTEX_WAIT_BITSET, BITSET, SHARED | ABSOLUTE),
	WAIT(LINUX_FUTEX_WAIT_BITSET | ON_WALL_CLOCK, BITSET, SHARED | WALL),
	WAKE(LINUX_FUTEX_WAKE_BITSET, BITSET, SHARED),
	SLEEP(nanosleep, 0, 0, { 0 }),
	/* A duration on the wall clock is one on the monotonic clock; a time on it follows the clock, which no route does. */
	SLEEP(clock_nanosleep, 2, 0, SAME(1, 0), { UINT32_MAX & ~1u, LINUX_CLOCK_REALTIME, 0, 0 }),
	SLEEP(clock_nanosleep, 2, ABSOLUTE, SAME(1, LINUX_TIMER_ABSTIME), SAME(0, LINUX_CLOCK_MONOTONIC)),
};
const size_t route_wait_row_count = sizeof(route_wait_rows) / sizeof(route_wait_rows[0]);
