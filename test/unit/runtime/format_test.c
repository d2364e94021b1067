/* SPDX-License-Identifier: MIT */
/*
 * The formatter against the host libc's printf, and its behaviour at the buffer's end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "runtime/format.h"

#define CHECK(...)                                                                                           \
	do {                                                                                                 \
		char expected[200], got[200];                                                                \
		struct format_buffer out = format_start(got, sizeof got);                                    \
		snprintf(expected, sizeof expected, __VA_ARGS__);                                            \
		format_append(&out, __VA_ARGS__);                                                            \
		assert_string_equal(got, expected);                                                          \
		assert_int_equal(out.used, strlen(expected));                                                \
		assert_int_equal(out.lost, 0);                                                               \
	} while (0)

static void numbers_print_as_the_libc_does(void **state)
{
	(void)state;
	CHECK("%d %d %d %i", 0, INT_MAX, INT_MIN, -1);
	CHECK("%u %x", UINT_MAX, UINT_MAX);
	CHECK("%lu %lx %ld", ULONG_MAX, ULONG_MAX, LONG_MIN);
	CHECK("%zu", (size_t)123);
	CHECK("[%5d] [%-5d] [%05d] [%05x] [%2d]", 42, 42, 42, 0xabu, 12345);
	CHECK("[%05d] [%06ld]", -42, -7l);
	CHECK("%p", (void *)0x1234abcd);
}

static void texts_print_as_the_libc_does(void **state)
{
	(void)state;
	CHECK("plain %% %c%c", 'a', 'b');
	CHECK("[%s] [%8s] [%-8s] [%2s]", "text", "text", "text", "text");
	CHECK("[%.2s] [%.*s] [%.*s] [%6.1s]", "text", 3, "text", -1, "text", "text");
}

static void text_without_nul_is_read_to_its_precision(void **state)
{
	char got[20];
	struct format_buffer out = format_start(got, sizeof got);
	const char letters[2] = { 'x', 'y' };

	(void)state;
	format_append(&out, "%.*s", 2, letters);
	assert_string_equal(got, "xy");
}

static void null_text_is_printed(void **state)
{
	char got[20];
	struct format_buffer out = format_start(got, sizeof got);
	const char *volatile none = NULL;

	(void)state;
	format_append(&out, "%s", none);
	assert_string_equal(got, "(null)");
}

static void what_does_not_fit_is_counted(void **state)
{
	char got[8];
	struct format_buffer out = format_start(got, sizeof got);

	(void)state;
	format_append(&out, "%s", "12345");
	format_append(&out, "%u", 67890u);
	assert_string_equal(got, "1234567");
	assert_int_equal(out.used, 7);
	assert_int_equal(out.lost, 3);
	out = format_start(got, 1);
	format_append(&out, "abc");
	assert_string_equal(got, "");
	assert_int_equal(out.lost, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_print_as_the_libc_does),
		cmocka_unit_test(texts_print_as_the_libc_does),
		cmocka_unit_test(text_without_nul_is_read_to_its_precision),
		cmocka_unit_test(null_text_is_printed),
		cmocka_unit_test(what_does_not_fit_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
