/* SPDX-License-Identifier: MIT */
/*
 * The first stack of a program, byte for byte as Linux builds it. Pure: built in a buffer of ours.
 *
 * Downwards: eight zero bytes; the file name; environment strings; argument strings; a random gap; the platform's name;
 * 16 random bytes; alignment; auxiliary vector; environment pointers; argument pointers; argc, where rsp points.
 */
#ifndef LICHEN_PERSONALITY_EXEC_STACK_H
#define LICHEN_PERSONALITY_EXEC_STACK_H

#include <stdint.h>

#define EXEC_AUXILIARY_MAX 24u

struct auxiliary_entry {
	uint64_t type, value;
};

struct exec_stack {
	const char *strings; /* argument strings, then environment strings, each with its NUL */
	uint64_t string_bytes, argument_bytes; /* of all; of the arguments alone */
	uint32_t argument_count, environment_count;
	const char *file_name;
	uint8_t random[16];
	uint64_t top; /* guest address of the stack's end */
	uint64_t gap; /* random, below 8192 */
	struct auxiliary_entry auxiliary
		[EXEC_AUXILIARY_MAX]; /* without AT_NULL; AT_RANDOM, AT_EXECFN, AT_PLATFORM are filled in */
	uint32_t auxiliary_count;
	/* Filled by exec_stack_place: */
	uint64_t pointer; /* rsp */
	uint64_t arguments_start, environment_start, strings_end, file_name_at, platform_at, random_at;
};

/* Decide all addresses; answers the bytes from rsp to top. */
uint64_t exec_stack_place(struct exec_stack *stack);
/* Fill a zeroed buffer of exactly that many bytes. */
void exec_stack_build(struct exec_stack *stack, uint8_t *buffer);
void exec_stack_add(struct exec_stack *stack, uint64_t type, uint64_t value);

#endif
