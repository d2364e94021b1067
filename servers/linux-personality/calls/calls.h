/* SPDX-License-Identifier: MIT */
/*
 * The table of Linux calls as code sees it: handlers, dispatch, and rows for the tracer.
 *
 * All of it is generated from calls.lua; a handler answers >= 0, -errno, or one of the restart codes of core/errno.h.
 */
#ifndef LICHEN_PERSONALITY_CALLS_H
#define LICHEN_PERSONALITY_CALLS_H

#include <stddef.h>
#include <stdint.h>
#include "calls_generated.h"

struct guest_registers;

enum argument_kind {
	ARGUMENT_NONE = 0,
	ARGUMENT_FD,
	ARGUMENT_S32,
	ARGUMENT_SIG,
	ARGUMENT_U32,
	ARGUMENT_MODE,
	ARGUMENT_FLAGS,
	ARGUMENT_S64,
	ARGUMENT_U64,
	ARGUMENT_SIZE,
	ARGUMENT_BITS,
	ARGUMENT_PTR,
	ARGUMENT_IN,
	ARGUMENT_OUT,
	ARGUMENT_ADDR,
	ARGUMENT_PATH,
};

struct call_row {
	const char *name; /* NULL: no such number */
	uint8_t argument_count;
	uint8_t has_handler;
	uint8_t kinds[6]; /* enum argument_kind */
	const char *arguments[6];
};
extern const struct call_row call_rows[CALL_ROW_COUNT];

/* By number: takes the arguments from the registers and runs the handler. NULL: there is none. */
typedef int64_t call_entry(struct thread *self, const struct guest_registers *regs);
extern call_entry *const call_entries[CALL_ROW_COUNT];

/* One finished (or, result INT64_MIN, running) call as a line "name(a, b) = r"; answers the length, NUL not counted. */
size_t call_format(char *line, size_t bytes, uint64_t number, const uint64_t arguments[6], int64_t result);

#endif
