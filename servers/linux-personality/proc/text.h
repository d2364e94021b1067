/* SPDX-License-Identifier: MIT */
/*
 * text: a growing buffer that the contents of generated files are written into.
 *
 * Starts as zeros, ends with text_free. A write without memory is remembered in `failed` and the rest is dropped, so a
 * generator writes on and the reader of the file hears of it once. No FPU, no formats that a caller could get wrong.
 */
#ifndef LICHEN_PERSONALITY_TEXT_H
#define LICHEN_PERSONALITY_TEXT_H

#include <stdbool.h>
#include <stdint.h>

struct text {
	char *bytes;
	uint64_t used, capacity;
	bool failed;
};

void text_free(struct text *text);
/* Room for `count` more bytes, to be filled by the caller who then adds to `used`; NULL without memory. */
char *text_reserve(struct text *text, uint64_t count);
void text_bytes(struct text *text, const void *bytes, uint64_t count);
void text_string(struct text *text, const char *string);
void text_char(struct text *text, char character);
/* `count` times the character. */
void text_repeat(struct text *text, char character, uint64_t count);
/* Spaces until `column` characters stand behind position `start`. */
void text_pad_to(struct text *text, uint64_t start, uint64_t column);

void text_unsigned(struct text *text, uint64_t value);
void text_signed(struct text *text, int64_t value);
/* At least `width` characters, filled on the left: with spaces, with zeros. */
void text_unsigned_right(struct text *text, uint64_t value, uint32_t width);
void text_unsigned_zeros(struct text *text, uint64_t value, uint32_t width);
void text_hex(struct text *text, uint64_t value, uint32_t digits);
void text_octal(struct text *text, uint64_t value);
/* Left-adjusted in `width` characters. */
void text_string_left(struct text *text, const char *string, uint32_t width);
void text_unsigned_left(struct text *text, uint64_t value, uint32_t width);

/* A string in which white space, backslashes and '#' are octal escapes, as mount tables show them; `escaped` lists which. */
void text_escaped(struct text *text, const char *string, uint64_t count, const char *escaped);

#endif
