/* SPDX-License-Identifier: MIT */
/*
 * Telling one call: what decoders of arguments and tellers of results work with.
 *
 * A call is told in two steps, as strace does it: before it runs the arguments up to the first that only its end makes known, then
 * the rest. A decoder that needs the end answers false before it; arguments of the kind `out` wait by themselves, and are told as
 * addresses when the call failed. What the guest's pointers point at is copied in with guest_read: an address that cannot be read is
 * told as such.
 */
#ifndef LICHEN_PERSONALITY_STRACE_TELL_H
#define LICHEN_PERSONALITY_STRACE_TELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "calls/calls.h"
#include "runtime/format.h"

struct linux_siginfo;
struct thread;

#define TELL_SHOWN 32u /* bytes of a buffer, elements of a list */

struct tell {
	struct format_buffer out;
	const struct call_row *row;
	uint64_t arguments[6];
	uint64_t before[6]
		       [2]; /* what arguments of the kind `ptr` pointed at before the call, 0 when nothing */
	uint64_t number, time_ns;
	int64_t result;     /* once it ended */
	uint32_t index;     /* of the argument in hand */
	uint32_t next;      /* argument that is told next */
	uint32_t waits_for; /* argument that was not known before the call; its comma is there already */
	bool ended;
	bool omitted; /* set by a decoder: this argument is not told at all */
};

/* false: only after the call. */
typedef bool call_decoder(struct tell *tell, uint64_t value);
/* Appends what comes after " = "; the result is no error. */
typedef void call_teller(struct tell *tell);
extern call_decoder *const call_decoders[];
extern call_teller *const call_tellers[];
#include "calls_decoders.h"

static inline bool tell_failed(const struct tell *tell)
{
	return tell->result < 0 && tell->result > -4096;
}

static inline uint64_t tell_next(const struct tell *tell)
{
	return tell->arguments[tell->index + 1];
}

/* NULL or in hexadecimal. */
void tell_pointer(struct tell *tell, uint64_t address);
/* Copies in; tells the address and answers false when that cannot be done. */
bool tell_fetch(struct tell *tell, void *destination, uint64_t address, size_t bytes);
void tell_names(struct tell *tell, enum name_set_number set, uint32_t value);
/* The names that the value has, or what `otherwise` formats of it. */
void tell_name_or(struct tell *tell, enum name_set_number set, uint32_t value, const char *otherwise);
void tell_mode(struct tell *tell, uint32_t mode); /* permissions, in octal */
void tell_file_mode(struct tell *tell, uint32_t mode);
void tell_signal_name(struct tell *tell, int32_t number);
/* In quotes; `cut` says that there is more. */
void tell_quoted(struct tell *tell, const char *bytes, uint64_t count, bool cut);
void tell_in_hex(struct tell *tell, const char *bytes, uint64_t count, bool cut);
/* The first bytes of a buffer; a string, at most so long; a path, whole. */
void tell_data(struct tell *tell, uint64_t address, uint64_t count);
void tell_string(struct tell *tell, uint64_t address);
void tell_path(struct tell *tell, uint64_t address);
/* [1, 2] of 32-bit numbers. */
void tell_numbers(struct tell *tell, uint64_t address, uint64_t count);
void tell_vector(struct tell *tell, uint64_t address, uint64_t count, uint64_t bytes);
void tell_signal_set(struct tell *tell, uint64_t set);
void tell_siginfo(struct tell *tell, const struct linux_siginfo *info);
bool tell_timespec_at(struct tell *tell, uint64_t address);
bool tell_timeval_at(struct tell *tell, uint64_t address);
void tell_wait_status(struct tell *tell, uint32_t status);

#endif
