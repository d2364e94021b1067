/* SPDX-License-Identifier: MIT */
/*
 * start_block: the top of a new program's stack, as its libc expects it: argc, argv, environment, auxiliary vector, then
 * the strings. Built in the starter's memory for an address in the new program; pure.
 */
#ifndef LICHEN_RUNTIME_START_BLOCK_H
#define LICHEN_RUNTIME_START_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

#define START_BLOCK_BYTES 4096u
#define START_BLOCK_STRINGS 64u

struct start_block_request {
	uint64_t top;     /* address behind the block in the new program, page aligned */
	const char *name; /* argv[0] */
	const char *environment[START_BLOCK_STRINGS];
	uint32_t environment_count;
	uint64_t headers; /* AT_PHDR and AT_PHNUM */
	uint32_t header_count;
	uint64_t entry;
	uint8_t random[16]; /* AT_RANDOM */
};

/* Fills the block, which lies at top - START_BLOCK_BYTES, and answers the stack pointer. TOO_BIG. */
status_t start_block_make(const struct start_block_request *request, uint8_t block[START_BLOCK_BYTES],
			  uint64_t *stack);

#endif
