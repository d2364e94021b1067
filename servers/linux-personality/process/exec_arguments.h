/* SPDX-License-Identifier: MIT */
/*
 * Arguments and environment of an exec: strings gathered in one growing block of the arena.
 */
#ifndef LICHEN_PERSONALITY_EXEC_ARGUMENTS_H
#define LICHEN_PERSONALITY_EXEC_ARGUMENTS_H

#include <stdint.h>
#include "abi/types.h"

struct exec_arguments {
	char *bytes; /* all strings with their NULs: arguments, then environment */
	uint64_t used, capacity;
	uint64_t limit; /* of strings and pointers together: E2BIG above */
	uint64_t argument_bytes;
	uint32_t argument_count, environment_count;
};

/* Room for at most `limit` bytes. -ENOMEM. */
int exec_arguments_init(struct exec_arguments *arguments, uint64_t limit);
void exec_arguments_free(struct exec_arguments *arguments);
/* Append the strings of a guest's NULL-ended array (address 0: none): -EFAULT, -E2BIG, -ENOMEM. First the arguments, then the
   environment. */
int exec_arguments_read(struct exec_arguments *arguments, gaddr_t array);
int exec_environment_read(struct exec_arguments *arguments, gaddr_t array);
/* Append one of our own. */
int exec_argument_add(struct exec_arguments *arguments, const char *text);
int exec_environment_add(struct exec_arguments *arguments, const char *text);
/* A script's: replace argument 0 by `count` strings. */
int exec_arguments_replace_first(struct exec_arguments *arguments, const char *const *texts, uint32_t count);

#endif
