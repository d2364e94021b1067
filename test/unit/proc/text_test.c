/* SPDX-License-Identifier: MIT */
/*
 * The text builder against the host libc's printf, its growth, and what it does without memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/slab.h"
#include "proc/text.h"

static size_t blocks_out;
static bool memory_ends;

void *slab_allocate(size_t bytes)
{
	if (memory_ends)
		return NULL;
	blocks_out++;
	return calloc(1, bytes);
}

void slab_free(void *block, size_t bytes)
{
	(void)bytes;
	blocks_out--;
	free(block);
}

static void expect(struct text *text, const char *wanted)
{
	assert_false(text->failed);
	assert_int_equal(text->used, strlen(wanted));
	assert_memory_equal(text->bytes, wanted, text->used);
	text_free(text);
	assert_int_equal(blocks_out, 0);
}

static void numbers_are_as_printf_writes_them(void **state)
{
	static const uint64_t values[] = { 0, 1, 9, 10, 99, 100, 4294967295u, UINT64_MAX };
	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		unsigned long v = values[i];
		struct text text = { 0 };
		char wanted[256];
		snprintf(wanted, sizeof(wanted), "%lu %ld %8lu %02lu %08lx %lo|%-20lu|", v, (long)v, v, v, v,
			 v, v);
		text_unsigned(&text, v);
		text_char(&text, ' ');
		text_signed(&text, (int64_t)v);
		text_char(&text, ' ');
		text_unsigned_right(&text, v, 8);
		text_char(&text, ' ');
		text_unsigned_zeros(&text, v, 2);
		text_char(&text, ' ');
		text_hex(&text, v, 8);
		text_char(&text, ' ');
		text_octal(&text, v);
		text_char(&text, '|');
		text_unsigned_left(&text, v, 20);
		text_char(&text, '|');
		expect(&text, wanted);
	}
}

static void the_least_number_has_its_sign(void **state)
{
	struct text text = { 0 };
	(void)state;
	text_signed(&text, INT64_MIN);
	expect(&text, "-9223372036854775808");
}

static void padding_reaches_a_column_or_does_nothing(void **state)
{
	struct text text = { 0 };
	(void)state;
	text_string(&text, "head:");
	text_pad_to(&text, 5, 3);
	text_char(&text, '|');
	text_pad_to(&text, 5, 1);
	text_string_left(&text, "longer than four", 4);
	text_string_left(&text, "x", 3);
	text_char(&text, '|');
	expect(&text, "head:   |longer than fourx  |");
}

static void listed_characters_become_octal(void **state)
{
	struct text text = { 0 };
	(void)state;
	text_escaped(&text, "a b\t\\#\n", 7, " \t\n\\#");
	text_escaped(&text, "a b", 3, "\n");
	expect(&text, "a\\040b\\011\\134\\043\\012a b");
}

static void long_texts_grow(void **state)
{
	struct text text = { 0 };
	(void)state;
	for (int i = 0; i < 100000; i++)
		text_unsigned_zeros(&text, (uint64_t)i, 5);
	assert_int_equal(text.used, 500000);
	assert_memory_equal(text.bytes + 499990, "9999899999", 10);
	text_free(&text);
	assert_int_equal(blocks_out, 0);
}

static void missing_memory_is_remembered(void **state)
{
	struct text text = { 0 };
	(void)state;
	text_string(&text, "kept");
	memory_ends = true;
	text_repeat(&text, 'x', 5000);
	memory_ends = false;
	text_string(&text, "dropped");
	assert_true(text.failed);
	assert_int_equal(text.used, 4);
	text_free(&text);
	assert_int_equal(blocks_out, 0);
}

static void no_text_is_larger_than_the_largest_block(void **state)
{
	struct text text = { 0 };
	(void)state;
	assert_null(text_reserve(&text, SLAB_BYTES_MAX + 1));
	assert_true(text.failed);
	text_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_as_printf_writes_them),
		cmocka_unit_test(the_least_number_has_its_sign),
		cmocka_unit_test(padding_reaches_a_column_or_does_nothing),
		cmocka_unit_test(listed_characters_become_octal),
		cmocka_unit_test(long_texts_grow),
		cmocka_unit_test(missing_memory_is_remembered),
		cmocka_unit_test(no_text_is_larger_than_the_largest_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
