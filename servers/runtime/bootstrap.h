/* SPDX-License-Identifier: MIT */
/*
 * bootstrap: what a native program got from whoever started it. There is no name service: the manifest lists the
 * handles and options that a program gets, and they arrive as environment strings, LICHEN_HANDLE_<name>=<number> and
 * LICHEN_OPTION_<name>=<text>.
 *
 * Every program gets "account" (WRITE: charge objects to it) and "clock.page".
 */
#ifndef LICHEN_RUNTIME_BOOTSTRAP_H
#define LICHEN_RUNTIME_BOOTSTRAP_H

#include <stdbool.h>
#include "abi/types.h"

#define BOOTSTRAP_HANDLE_PREFIX "LICHEN_HANDLE_"
#define BOOTSTRAP_OPTION_PREFIX "LICHEN_OPTION_"

/* HANDLE_NONE when the manifest grants none of this name. */
handle_t bootstrap_handle(const char *name);
/* NULL when there is none. */
const char *bootstrap_option(const char *name);
/* The option as a number (decimal, or hexadecimal after 0x), or `otherwise`. */
uint64_t bootstrap_number(const char *name, uint64_t otherwise);
const char *bootstrap_program_name(void);

/* A number in text; false when the text is no number of 64 bits. */
bool number_parse(const char *text, uint64_t *value);

#endif
