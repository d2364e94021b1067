/* SPDX-License-Identifier: MIT */
/*
 * calendar: see calendar.h. Days are counted from 1 March of year 0, so that the leap day is a year's last.
 */
#include "calendar.h"

#define DAY_SECONDS 86400
#define DAYS_TO_1970 719468 /* from 1 March of year 0 */
#define ERA_YEARS 400
#define ERA_DAYS 146097

static bool is_leap(int32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int32_t days_in_month(int32_t year, int32_t month)
{
	static const int32_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

bool calendar_is_valid(const struct calendar_time *time)
{
	return time->year >= 1 && time->year <= 9999 && time->month >= 1 && time->month <= 12 &&
	       time->day >= 1 && time->day <= days_in_month(time->year, time->month) && time->hour >= 0 &&
	       time->hour < 24 && time->minute >= 0 && time->minute < 60 && time->second >= 0 &&
	       time->second < 60;
}

/* Days since 1970. */
static int64_t day_number(const struct calendar_time *time)
{
	int64_t year = time->month > 2 ? time->year : time->year - 1;
	int64_t month = time->month > 2 ? time->month - 3 : time->month + 9;

	return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + time->day - 1 -
	       DAYS_TO_1970;
}

int64_t calendar_to_seconds(const struct calendar_time *time)
{
	return day_number(time) * DAY_SECONDS + time->hour * 3600 + time->minute * 60 + time->second;
}

static void split_days(int64_t days, struct calendar_time *time)
{
	int64_t shifted = days + DAYS_TO_1970;
	int64_t era = shifted / ERA_DAYS, rest = shifted % ERA_DAYS;
	int64_t year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
	int64_t of_year = rest - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	time->day = (int32_t)(of_year - (153 * month + 2) / 5 + 1);
	time->month = (int32_t)(month < 10 ? month + 3 : month - 9);
	time->year = (int32_t)(era * ERA_YEARS + year + (time->month <= 2));
}

struct calendar_time calendar_from_seconds(int64_t seconds)
{
	struct calendar_time time;
	int64_t days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;

	if (rest < 0) {
		rest += DAY_SECONDS;
		days--;
	}
	split_days(days, &time);
	time.hour = (int32_t)(rest / 3600);
	time.minute = (int32_t)(rest / 60 % 60);
	time.second = (int32_t)(rest % 60);
	return time;
}

int32_t calendar_weekday(const struct calendar_time *time)
{
	return (int32_t)(((day_number(time) + 4) % 7 + 7) % 7) + 1;
}
