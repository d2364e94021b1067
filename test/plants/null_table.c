/* SPDX-License-Identifier: MIT */
/*
 * In place of the clock driver's calendar.c: the table of weekdays is gone, and the first who sets the clock finds that out.
 */
#define calendar_weekday calendar_weekday_of_the_driver
#include "../../drivers/rtc/calendar.c"
#undef calendar_weekday

int32_t calendar_weekday(const struct calendar_time *time);

static const int32_t *volatile weekdays;

int32_t calendar_weekday(const struct calendar_time *time)
{
	return weekdays[calendar_weekday_of_the_driver(time)];
}
