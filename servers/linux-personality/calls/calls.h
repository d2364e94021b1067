/* SPDX-License-Identifier: MIT */
/*
 * The table of Linux calls as code sees it: handlers, dispatch, and rows for the tracer.
 *
 * All of it is generated from calls.lua; a handler answers >= 0, -errno, or one of the restart codes of core/errno.h.
 */
#ifndef LICHEN_PERSONALITY_CALLS_H
#define LICHEN_PERSONALITY_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "calls_generated.h"
#include "runtime/format.h"

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

#define CALL_PARTIAL 1u
#define CALL_GONE 2u

struct call_row {
	const char *name; /* NULL: no such number */
	uint8_t argument_count;
	uint8_t support; /* CALL_PARTIAL: answers an honest error for what it lacks; CALL_GONE: Linux has it no more */
	uint8_t kinds[6]; /* enum argument_kind */
	uint8_t sets[6];  /* of name_sets; 0: none */
	/* Of calls/strace/; 0: none. */
	uint8_t decoders[6], teller;
	uint8_t result_set; /* of name_sets: what the result is called */
};
extern const struct call_row call_rows[CALL_ROW_COUNT];

/* Symbolic names of values: an entry applies where the bits of the mask have the value. */
struct name_entry {
	uint32_t value, mask;
	const char *name;
};
struct name_set {
	const struct name_entry *entries;
	uint32_t count;
	const char *name;
};
extern const struct name_set name_sets[];
extern const char *const error_names[ERROR_NAME_COUNT], *const error_texts[ERROR_NAME_COUNT];
/* What errno(3) says of a number: "Cannot allocate memory" of ENOMEM. */
const char *call_error_text(int error);

/* By number: takes the arguments from the registers and runs the handler. NULL: there is none. */
typedef int64_t call_entry(struct thread *self, const struct guest_registers *regs);
extern call_entry *const call_entries[CALL_ROW_COUNT];

/* One finished (or, result INT64_MIN, running) call as a line "name(a, b) = r" in strace's manner, but without what pointers
   point at; answers the length, NUL not counted. */
size_t call_format(char *line, size_t bytes, uint64_t number, const uint64_t arguments[6], int64_t result);
/* Its parts: "name"; one argument; " = r" or " = ?". */
void call_append_name(struct format_buffer *out, uint64_t number);
void call_append_argument(struct format_buffer *out, const struct call_row *row, uint32_t index,
			  uint64_t value);
void call_append_result(struct format_buffer *out, int64_t result);
/* A value by its names, and what has none of it in hexadecimal; false: no name applies. */
bool call_append_set(struct format_buffer *out, const struct name_set *set, uint32_t value);
void call_append_octal(struct format_buffer *out, uint32_t value);
void call_append_signal(struct format_buffer *out, int32_t number);
/* The row of a number; one without name and arguments when there is none. */
const struct call_row *call_row_of(uint64_t number);

#endif
