/* SPDX-License-Identifier: MIT */
/*
 * The rows of all routes, by operation.
 */
#include "calls/calls.h"
#include "route/routes.h"

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
		.number = CALL_NUMBER_##call, .operation = (operation_), .listed = ANSWERS(ROUTE_DONE),      \
		.parameters = { 0, 1, 2, 3 },                                                                \
	}

const struct route route_rows[] = {
	WORD(getpid, ROUTE_WORD_PROCESS), WORD(gettid, ROUTE_WORD_THREAD),
	WORD(getppid, ROUTE_WORD_PARENT), WORD(getpgrp, ROUTE_WORD_PROCESS_GROUP),
	WORD(getuid, ROUTE_WORD_USER),    WORD(geteuid, ROUTE_WORD_EFFECTIVE_USER),
	WORD(getgid, ROUTE_WORD_GROUP),   WORD(getegid, ROUTE_WORD_EFFECTIVE_GROUP),

	TRANSFER(read, ROUTE_READ),       TRANSFER(write, ROUTE_WRITE),
	TRANSFER(pread64, ROUTE_READ_AT), TRANSFER(pwrite64, ROUTE_WRITE_AT),
};
const size_t route_row_count = sizeof(route_rows) / sizeof(route_rows[0]);
