/* SPDX-License-Identifier: MIT */
/*
 * Handles and options out of the environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "runtime/bootstrap.h"

static void numbers_are_parsed(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(number_parse("0", &value) && value == 0);
	assert_true(number_parse("18446744073709551615", &value) && value == UINT64_MAX);
	assert_true(number_parse("0x3F8", &value) && value == 0x3f8);
	assert_true(number_parse("0xffffffffffffffff", &value) && value == UINT64_MAX);
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "0x", "12a", "-1", " 1", "1 ", "0xg", "18446744073709551616", "0x10000000000000000"
	};
	uint64_t value;

	(void)state;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(number_parse(bad[i], &value));
}

static void handles_and_options_are_found(void **state)
{
	(void)state;
	setenv("LICHEN_HANDLE_vfs.endpoint", "1048583", 1);
	setenv("LICHEN_HANDLE_vfs", "9", 1);
	setenv("LICHEN_HANDLE_wide", "4294967296", 1);
	setenv("LICHEN_OPTION_level", "0x6e", 1);
	assert_int_equal(bootstrap_handle("vfs.endpoint").value, 1048583);
	assert_int_equal(bootstrap_handle("vfs").value, 9);
	assert_int_equal(bootstrap_handle("vf").value, 0);
	assert_int_equal(bootstrap_handle("wide").value, 0);
	assert_int_equal(bootstrap_handle("level").value, 0);
	assert_int_equal(bootstrap_number("level", 5), 110);
	assert_int_equal(bootstrap_number("other", 5), 5);
	assert_string_equal(bootstrap_option("level"), "0x6e");
	assert_null(bootstrap_option("other"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_parsed),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(handles_and_options_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
