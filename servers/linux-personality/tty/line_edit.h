/* SPDX-License-Identifier: MIT */
/*
 * The discipline's inner parts: what its files need of each other.
 */
#ifndef LICHEN_PERSONALITY_LINE_EDIT_H
#define LICHEN_PERSONALITY_LINE_EDIT_H

#include "tty/discipline.h"

static inline bool has_input(const struct discipline *d, uint32_t flag)
{
	return d->settings.input & flag;
}

static inline bool has_output(const struct discipline *d, uint32_t flag)
{
	return d->settings.output & flag;
}

static inline bool has_local(const struct discipline *d, uint32_t flag)
{
	return d->settings.local & flag;
}

static inline bool is_control_byte(uint8_t byte)
{
	return byte < ' ' || byte == 127;
}

/* Letters of ASCII and Latin-1, which is what Linux's line discipline takes bytes for when it changes their case. */
static inline bool is_upper_byte(uint8_t byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 0xc0 && byte <= 0xde && byte != 0xd7);
}

static inline bool is_lower_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 0xdf && byte != 0xf7);
}

/* Not the first byte of a character of several. */
static inline bool is_continuation(const struct discipline *d, uint8_t byte)
{
	return has_input(d, LINUX_IUTF8) && (byte & 0xc0) == 0x80;
}

static inline bool is_character(const struct discipline *d, enum linux_control_character which, uint8_t byte)
{
	return d->settings.characters[which] == byte;
}

static inline uint8_t input_at(const struct discipline *d, uint32_t position)
{
	return d->input[position % INPUT_SIZE];
}

/* Queue a byte as it is. */
void input_put(struct discipline *discipline, uint8_t byte);
/* The byte ends a line: what is queued may be read. */
void input_end_line(struct discipline *discipline, uint8_t byte);

/* One byte through output processing; false: no room, nothing was done. */
bool output_byte(struct discipline *discipline, uint8_t byte);
/* Echo; what finds no room is lost. echo_byte shows control characters as ECHOCTL says. */
void echo_raw(struct discipline *discipline, uint8_t byte);
void echo_byte(struct discipline *discipline, uint8_t byte);
/* Drop the echo of the input that is being fed: a signal flushes. */
void echo_forget(struct discipline *discipline);
void echo_end_erasing(struct discipline *discipline);
/* Back over a tab that stood behind `columns` columns, counted from an earlier tab or else from the line's start. */
void echo_erase_tab(struct discipline *discipline, uint32_t columns, bool after_tab);

/* VERASE, VWERASE, VKILL: take back what `byte` says, on the screen too. */
void line_erase(struct discipline *discipline, uint8_t byte);
/* VREPRINT. */
void line_reprint(struct discipline *discipline, uint8_t byte);

#endif
