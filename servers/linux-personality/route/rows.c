/* SPDX-License-Identifier: MIT */
/*
 * The rows of all routes, by operation.
 */
#include "abi/memory.h"
#include "calls/calls.h"
#include "core/errno.h"
#include "linux_abi/files.h"
#include "linux_abi/memory.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "linux_abi/time.h"
#include "memory/tags.h"
#include "route/routes.h"
#include "signal/queue.h"

#define ANSWERS(outcome) (1u << (outcome))

/* Parameters from here on are what the operation says; unnamed ones are the call's first argument and do not matter. */
#define WORD(call, word)                                                                                     \
	{                                                                                                    \
		.number = CALL_NUMBER_##call, .operation = ROUTE_VALUE, .listed = ANSWERS(ROUTE_DONE),       \
		.parameters = { ROUTE_CONSTANT0 }, .constants = { (word) },                                  \
	}

/* From or to a descriptor, as the call's own arguments say. */
#define TRANSFER(call, operation_)                                                                           \
	{                                                                                                    \
		.number = CALL_NUMBER_##call, .operation = (operation_),                                     \
		.listed = ANSWERS(ROUTE_DONE) | ANSWERS(ROUTE_WOULD_BLOCK) | ANSWERS(ROUTE_END),             \
		.parameters = { 0, 1, 2, 3 }, .results = { [ROUTE_WOULD_BLOCK] = -EAGAIN },                  \
	}

#define SEEK(whence, from)                                                                                   \
	{                                                                                                    \
		.number = CALL_NUMBER_lseek, .operation = ROUTE_SEEK, .listed = ANSWERS(ROUTE_DONE),         \
		.parameters = { 0, 1, ROUTE_CONSTANT0 }, .constants = { (from) },                            \
		.tests = { { .argument = 2, .mask = UINT32_MAX, .value = (whence) } },                       \
	}

/* epoll_wait and its relatives: descriptor, events, how many. */
#define SOME 1
#define ANY 0
#define READY(call, least, ...)                                                                              \
	{                                                                                                    \
		.number = CALL_NUMBER_##call, .operation = ROUTE_READY, .listed = ANSWERS(ROUTE_DONE),       \
		.parameters = { 0, 1, 2, ROUTE_CONSTANT0 }, .constants = { (least) },                        \
		.tests = { __VA_ARGS__ },                                                                    \
	}

/* poll and ppoll: entries, how many. */
#define POLL(call, least, ...)                                                                               \
	{                                                                                                    \
		.number = CALL_NUMBER_##call, .operation = ROUTE_POLL, .listed = ANSWERS(ROUTE_DONE),        \
		.parameters = { 0, 1, ROUTE_CONSTANT0, ROUTE_CONSTANT1, ROUTE_CONSTANT2 },                   \
		.constants = { LINUX_POLLIN | LINUX_POLLOUT << 16,                                           \
			       LINUX_POLL_READABLE | LINUX_POLL_WRITABLE << 16, (least) },                   \
		.tests = { __VA_ARGS__ },                                                                    \
	}

#define LOW_HALF 0xffffffffull /* of an argument that is an int */
#define EQUALS(argument_, mask_, value_)                                                                     \
	{                                                                                                    \
		.argument = (argument_), .mask = (mask_), .value = (value_)                                  \
	}

#define CLOCK_BIT(clock) (1ull << (clock))
#define CLOCKS_MONOTONIC                                                                                     \
	(CLOCK_BIT(LINUX_CLOCK_MONOTONIC) | CLOCK_BIT(LINUX_CLOCK_MONOTONIC_RAW) |                           \
	 CLOCK_BIT(LINUX_CLOCK_MONOTONIC_COARSE) | CLOCK_BIT(LINUX_CLOCK_BOOTTIME))
#define CLOCKS_WALL                                                                                          \
	(CLOCK_BIT(LINUX_CLOCK_REALTIME) | CLOCK_BIT(LINUX_CLOCK_REALTIME_COARSE) |                          \
	 CLOCK_BIT(LINUX_CLOCK_TAI))
/* The wall clock, and no clock is monotonic: one constant is both. */
#define WALL_CLOCK .parameters = { ROUTE_CONSTANT0, ROUTE_CONSTANT0, ROUTE_CONSTANT1, 0, ROUTE_CONSTANT2 }
_Static_assert(LINUX_CLOCK_REALTIME == 0, "the number of the wall clock is the empty set");

#define MASK(how_, change)                                                                                   \
	{                                                                                                    \
		.number = CALL_NUMBER_rt_sigprocmask, .operation = ROUTE_MASK,                               \
		.listed = ANSWERS(ROUTE_DONE), .parameters = { 1, 2, ROUTE_CONSTANT0, ROUTE_CONSTANT1 },     \
		.constants = { (change), SIGNALS_UNBLOCKABLE },                                              \
		.tests = { EQUALS(0, LOW_HALF, (how_)), EQUALS(3, ~0ull, sizeof(sigset_bits)) },             \
	}

/* Anonymous private memory; what else may be said changes nothing. */
#define MAP_NOTHING (LINUX_MAP_STACK | LINUX_MAP_NORESERVE)
#define MAP(prot_, bits)                                                                                     \
	{                                                                                                    \
		.number = CALL_NUMBER_mmap, .operation = ROUTE_MAP, .listed = ANSWERS(ROUTE_DONE),           \
		.parameters = { 0, 1, ROUTE_CONSTANT0, 5 }, .constants = { (bits) },                         \
		.tests = { EQUALS(2, LOW_HALF, (prot_)), EQUALS(3, LOW_HALF & ~(uint64_t)MAP_NOTHING,        \
								LINUX_MAP_PRIVATE | LINUX_MAP_ANONYMOUS) },  \
	}
#define PROTECT(prot_, bits)                                                                                 \
	{                                                                                                    \
		.number = CALL_NUMBER_mprotect, .operation = ROUTE_PROTECT, .listed = ANSWERS(ROUTE_DONE),   \
		.parameters = { 0, 1, ROUTE_CONSTANT0 }, .constants = { (bits) },                            \
		.tests = { EQUALS(2, ~0ull, (prot_)) },                                                      \
	}
#define READ_WRITE (LINUX_PROT_READ | LINUX_PROT_WRITE)
#define BITS_READ_WRITE (PROT_BIT_READ | PROT_BIT_WRITE)

const struct route route_rows[] = {
	WORD(getpid, ROUTE_WORD_PROCESS),
	WORD(gettid, ROUTE_WORD_THREAD),
	WORD(getppid, ROUTE_WORD_PARENT),
	WORD(getpgrp, ROUTE_WORD_PROCESS_GROUP),
	WORD(getuid, ROUTE_WORD_USER),
	WORD(geteuid, ROUTE_WORD_EFFECTIVE_USER),
	WORD(getgid, ROUTE_WORD_GROUP),
	WORD(getegid, ROUTE_WORD_EFFECTIVE_GROUP),

	TRANSFER(read, ROUTE_READ),
	TRANSFER(write, ROUTE_WRITE),
	TRANSFER(pread64, ROUTE_READ_AT),
	TRANSFER(pwrite64, ROUTE_WRITE_AT),
	TRANSFER(readv, ROUTE_READ_VECTOR),
	TRANSFER(writev, ROUTE_WRITE_VECTOR),
	TRANSFER(preadv, ROUTE_READ_VECTOR_AT),
	TRANSFER(pwritev, ROUTE_WRITE_VECTOR_AT),
	TRANSFER(fstat, ROUTE_IMAGE),
	SEEK(LINUX_SEEK_SET, ROUTE_SEEK_START),
	SEEK(LINUX_SEEK_CUR, ROUTE_SEEK_POSITION),
	SEEK(LINUX_SEEK_END, ROUTE_SEEK_END),

	POLL(poll, ANY, EQUALS(2, LOW_HALF, 0)),
	POLL(poll, SOME, { 0 }),
	POLL(ppoll, SOME, EQUALS(2, ~0ull, 0), EQUALS(3, ~0ull, 0)),
	READY(epoll_wait, ANY, EQUALS(3, LOW_HALF, 0)),
	READY(epoll_wait, SOME, { 0 }),
	READY(epoll_pwait, ANY, EQUALS(3, LOW_HALF, 0), EQUALS(4, ~0ull, 0)),
	READY(epoll_pwait, SOME, EQUALS(4, ~0ull, 0)),
	READY(epoll_pwait2, SOME, EQUALS(3, ~0ull, 0), EQUALS(4, ~0ull, 0)),

	{
		.number = CALL_NUMBER_clock_gettime,
		.operation = ROUTE_CLOCK,
		.listed = ANSWERS(ROUTE_DONE),
		.parameters = { 0, ROUTE_CONSTANT0, ROUTE_CONSTANT1, 1, ROUTE_CONSTANT2 },
		.constants = { CLOCKS_MONOTONIC, CLOCKS_WALL, 1 },
	},
	{
		.number = CALL_NUMBER_gettimeofday,
		.operation = ROUTE_CLOCK,
		.listed = ANSWERS(ROUTE_DONE),
		WALL_CLOCK,
		.constants = { LINUX_CLOCK_REALTIME, CLOCKS_WALL, 1000 },
		.tests = { EQUALS(1, ~0ull, 0) },
	},
	{
		.number = CALL_NUMBER_time,
		.operation = ROUTE_CLOCK_SECONDS,
		.listed = ANSWERS(ROUTE_DONE),
		WALL_CLOCK,
		.constants = { LINUX_CLOCK_REALTIME, CLOCKS_WALL },
		.tests = { EQUALS(0, ~0ull, 0) },
	},
	{ .number = CALL_NUMBER_sched_yield, .operation = ROUTE_YIELD, .listed = ANSWERS(ROUTE_DONE) },

	MASK(LINUX_SIG_BLOCK, 0),
	MASK(LINUX_SIG_UNBLOCK, 1),
	MASK(LINUX_SIG_SETMASK, 2),
	{
		.number = CALL_NUMBER_rt_sigaction,
		.operation = ROUTE_ACTION,
		.listed = ANSWERS(ROUTE_DONE),
		.parameters = { 0, 1, 2, ROUTE_CONSTANT0, ROUTE_CONSTANT1, ROUTE_CONSTANT2 },
		.constants = { LINUX_SA_KNOWN, SIGNALS_UNBLOCKABLE, LINUX_SIG_IGN },
		.tests = { EQUALS(3, ~0ull, sizeof(sigset_bits)) },
	},

	MAP(READ_WRITE, BITS_READ_WRITE),
	MAP(LINUX_PROT_NONE, 0),
	MAP(LINUX_PROT_READ, PROT_BIT_READ),
	PROTECT(READ_WRITE, BITS_READ_WRITE),
	PROTECT(LINUX_PROT_READ, PROT_BIT_READ),
	PROTECT(LINUX_PROT_NONE, 0),
	{
		.number = CALL_NUMBER_munmap,
		.operation = ROUTE_UNMAP,
		.listed = ANSWERS(ROUTE_DONE),
		.parameters = { 0, 1 },
	},
	{
		.number = CALL_NUMBER_brk,
		.operation = ROUTE_BREAK,
		.listed = ANSWERS(ROUTE_DONE),
		.parameters = { 0, ROUTE_CONSTANT0 },
		.constants = { TAG_HEAP },
	},
};
const size_t route_row_count = sizeof(route_rows) / sizeof(route_rows[0]);
