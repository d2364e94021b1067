/* SPDX-License-Identifier: MIT */
/*
 * Dates and seconds against the host libc, for every day of four centuries.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>
#include "rtc/calendar.h"

static void days_agree_with_the_libc(void **state)
{
	(void)state;
	for (int64_t day = -36525; day < 4 * 36525; day++) {
		time_t seconds = (time_t)(day * 86400 + 4242);
		struct calendar_time time = calendar_from_seconds(seconds);
		struct tm host;

		assert_non_null(gmtime_r(&seconds, &host));
		assert_int_equal(time.year, host.tm_year + 1900);
		assert_int_equal(time.month, host.tm_mon + 1);
		assert_int_equal(time.day, host.tm_mday);
		assert_int_equal(time.hour, host.tm_hour);
		assert_int_equal(time.minute, host.tm_min);
		assert_int_equal(time.second, host.tm_sec);
		assert_int_equal(calendar_weekday(&time), host.tm_wday + 1);
		assert_true(calendar_is_valid(&time));
		assert_int_equal(calendar_to_seconds(&time), seconds);
	}
}

static void dates_that_are_none_are_refused(void **state)
{
	static const struct calendar_time bad[] = {
		{ 2023, 2, 29, 0, 0, 0 }, { 1900, 2, 29, 0, 0, 0 }, { 2024, 13, 1, 0, 0, 0 },
		{ 2024, 0, 1, 0, 0, 0 },  { 2024, 4, 31, 0, 0, 0 }, { 2024, 1, 0, 0, 0, 0 },
		{ 2024, 1, 1, 24, 0, 0 }, { 2024, 1, 1, 0, 60, 0 }, { 2024, 1, 1, 0, 0, 60 },
		{ 0, 1, 1, 0, 0, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(calendar_is_valid(&bad[i]));
	assert_true(calendar_is_valid(&(struct calendar_time){ 2000, 2, 29, 23, 59, 59 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_agree_with_the_libc),
		cmocka_unit_test(dates_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
