/* SPDX-License-Identifier: MIT */
/*
 * The text builder: numbers are made from their last digit forwards in a small array.
 */
#include "proc/text.h"

#include <string.h>

#include "core/slab.h"

#define FIRST_BYTES 512u
#define DIGITS_MAX 64u

void text_free(struct text *text)
{
	if (text->bytes)
		slab_free(text->bytes, text->capacity);
	*text = (struct text){ 0 };
}

static bool text_grow(struct text *text, uint64_t needed)
{
	uint64_t capacity = text->capacity ? text->capacity : FIRST_BYTES;
	char *bytes;
	while (capacity < needed)
		capacity *= 2;
	bytes = capacity <= SLAB_BYTES_MAX ? slab_allocate(capacity) : NULL;
	if (!bytes)
		return false;
	if (text->bytes) {
		memcpy(bytes, text->bytes, text->used);
		slab_free(text->bytes, text->capacity);
	}
	text->bytes = bytes;
	text->capacity = capacity;
	return true;
}

char *text_reserve(struct text *text, uint64_t count)
{
	if (!text->failed && text->used + count > text->capacity)
		text->failed = !text_grow(text, text->used + count);
	return text->failed ? NULL : text->bytes + text->used;
}

void text_bytes(struct text *text, const void *bytes, uint64_t count)
{
	char *room = text_reserve(text, count);
	if (!room)
		return;
	memcpy(room, bytes, count);
	text->used += count;
}

void text_string(struct text *text, const char *string)
{
	text_bytes(text, string, strlen(string));
}

void text_char(struct text *text, char character)
{
	text_bytes(text, &character, 1);
}

void text_repeat(struct text *text, char character, uint64_t count)
{
	char *room = text_reserve(text, count);
	if (!room)
		return;
	memset(room, character, count);
	text->used += count;
}

void text_pad_to(struct text *text, uint64_t start, uint64_t column)
{
	if (text->used < start + column)
		text_repeat(text, ' ', start + column - text->used);
}

/* Digits of a base that is a power of two or ten, filled on the left to `width`. */
static void text_number(struct text *text, uint64_t value, uint32_t base, uint32_t width, char fill)
{
	char digits[DIGITS_MAX];
	uint32_t at = DIGITS_MAX;
	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	if (DIGITS_MAX - at < width)
		text_repeat(text, fill, width - (DIGITS_MAX - at));
	text_bytes(text, digits + at, DIGITS_MAX - at);
}

void text_unsigned(struct text *text, uint64_t value)
{
	text_number(text, value, 10, 0, ' ');
}

void text_signed(struct text *text, int64_t value)
{
	if (value < 0)
		text_char(text, '-');
	text_number(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, 0, ' ');
}

void text_unsigned_right(struct text *text, uint64_t value, uint32_t width)
{
	text_number(text, value, 10, width, ' ');
}

void text_unsigned_zeros(struct text *text, uint64_t value, uint32_t width)
{
	text_number(text, value, 10, width, '0');
}

void text_hex(struct text *text, uint64_t value, uint32_t digits)
{
	text_number(text, value, 16, digits, '0');
}

void text_octal(struct text *text, uint64_t value)
{
	text_number(text, value, 8, 0, '0');
}

void text_string_left(struct text *text, const char *string, uint32_t width)
{
	uint64_t start = text->used;
	text_string(text, string);
	text_pad_to(text, start, width);
}

void text_unsigned_left(struct text *text, uint64_t value, uint32_t width)
{
	uint64_t start = text->used;
	text_unsigned(text, value);
	text_pad_to(text, start, width);
}

void text_escaped(struct text *text, const char *string, uint64_t count, const char *escaped)
{
	for (uint64_t i = 0; i < count; i++) {
		uint8_t byte = (uint8_t)string[i];
		if (byte && strchr(escaped, byte)) {
			text_char(text, '\\');
			text_number(text, byte, 8, 3, '0');
		} else {
			text_char(text, string[i]);
		}
	}
}
