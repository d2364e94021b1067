/* SPDX-License-Identifier: MIT */
/*
 * Written numbers, and the arithmetic of load averages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>
#include "proc/load.h"
#include "proc/parse.h"

static void numbers_may_have_space_around_them(void **state)
{
	int64_t value;
	(void)state;
	assert_int_equal(parse_signed("17", &value), 0);
	assert_int_equal(value, 17);
	assert_int_equal(parse_signed(" \t-5\n", &value), 0);
	assert_int_equal(value, -5);
	assert_int_equal(parse_signed("0x1F", &value), 0);
	assert_int_equal(value, 31);
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", "-", "x", "1x", "0x", "1 2", "--1", "+1", "1e3" };
	int64_t value;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse_signed(bad[i], &value), -EINVAL);
}

static void numbers_too_large_are_out_of_range(void **state)
{
	int64_t value;
	uint64_t large;
	(void)state;
	assert_int_equal(parse_signed("9223372036854775807", &value), 0);
	assert_int_equal(value, INT64_MAX);
	assert_int_equal(parse_signed("9223372036854775808", &value), -ERANGE);
	assert_int_equal(parse_unsigned("18446744073709551615", &large), 0);
	assert_true(large == UINT64_MAX);
	assert_int_equal(parse_unsigned("18446744073709551616", &large), -ERANGE);
	assert_int_equal(parse_unsigned("-1", &large), -EINVAL);
}

static void lists_end_with_the_text(void **state)
{
	const char *text = "4 -4\t1 7 \n";
	static const int64_t wanted[] = { 4, -4, 1, 7 };
	int64_t value;
	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_int_equal(parse_next_signed(&text, &value), 0);
		assert_int_equal(value, wanted[i]);
	}
	assert_int_equal(parse_next_signed(&text, &value), -ENOENT);
}

static void lines_are_cut_at_their_end(void **state)
{
	char line[] = "name\nmore", whole[] = "name";
	(void)state;
	parse_cut_line(line);
	parse_cut_line(whole);
	assert_string_equal(line, "name");
	assert_string_equal(whole, "name");
}

/* A steady load is reached and an idle system comes back to 0, whatever the decay. */
static void averages_reach_what_they_move_to(void **state)
{
	static const uint32_t decays[] = { 1884, 2014, 2037 };
	(void)state;
	for (int i = 0; i < 3; i++) {
		uint64_t load = 0;
		for (int step = 0; step < 3000; step++)
			load = load_next(load, decays[i], 2);
		assert_int_equal(load, 2 * LOAD_ONE);
		for (int step = 0; step < 3000; step++)
			load = load_next(load, decays[i], 0);
		assert_int_equal(load, 0);
	}
}

/* One minute at load 1 brings the first average to 1 - 1/e: 0.63. */
static void the_first_average_follows_within_a_minute(void **state)
{
	uint64_t load = 0;
	(void)state;
	for (int step = 0; step < 12; step++)
		load = load_next(load, 1884, 1);
	assert_in_range(load * 100 / LOAD_ONE, 62, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_may_have_space_around_them),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(numbers_too_large_are_out_of_range),
		cmocka_unit_test(lists_end_with_the_text),
		cmocka_unit_test(lines_are_cut_at_their_end),
		cmocka_unit_test(averages_reach_what_they_move_to),
		cmocka_unit_test(the_first_average_follows_within_a_minute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
