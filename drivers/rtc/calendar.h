/* SPDX-License-Identifier: MIT */
/*
 * calendar: dates of the proleptic Gregorian calendar to seconds since 1970 and back, UTC without leap seconds. Pure.
 */
#ifndef LICHEN_RTC_CALENDAR_H
#define LICHEN_RTC_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct calendar_time {
	int32_t year, month, day;     /* month 1-12, day 1-31 */
	int32_t hour, minute, second; /* second 0-59 */
};

bool calendar_is_valid(const struct calendar_time *time);
int64_t calendar_to_seconds(const struct calendar_time *time);
/* For years 1 to 9999. */
struct calendar_time calendar_from_seconds(int64_t seconds);
/* 1 is Sunday, as the chip counts. */
int32_t calendar_weekday(const struct calendar_time *time);

#endif
