/* SPDX-License-Identifier: MIT */
/*
 * What programs asked for and this system has not: calls, flags, ioctls, options; with who asked and how often.
 *
 * Fed where a call's result is known: from errors that say "not there". An error that Linux would give too is no gap; where the
 * number alone does not tell, the call's row does (partial in calls.lua). The table is bounded; what finds no place is counted.
 */
#ifndef LICHEN_PERSONALITY_GAPS_H
#define LICHEN_PERSONALITY_GAPS_H

#include <stdbool.h>
#include <stdint.h>

struct thread;
struct text;

/* Cheap, on every call: is it worth a look. */
static inline bool gap_possible(int64_t result)
{
	return __builtin_expect(result < 0 && result >= -4095, 0);
}

/* The call in hand of this thread ended with that error. */
void gap_look(struct thread *self, int64_t result);
/* For who refuses a part of a call with an error that gap_look cannot tell from Linux's own: that argument of it. */
void gap_note(struct thread *self, const char *what, uint64_t value, int64_t result);
/* The table as text: a heading, a row each. */
int gaps_show(struct text *out);

#endif
