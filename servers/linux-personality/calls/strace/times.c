/* SPDX-License-Identifier: MIT */
/*
 * Times: moments, durations, timers. File times carry the date, in UTC.
 */
#include "calls/strace/tell.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/time.h"

#define SECONDS_PER_DAY 86400
#define DAYS_PER_ERA 146097 /* 400 years */
#define DAYS_TO_1970 719468 /* since March 1st of year 0 */

static void append_timespec(struct tell *tell, const struct linux_timespec *time)
{
	format_append(&tell->out, "{tv_sec=%ld, tv_nsec=%lu}", time->seconds, (uint64_t)time->nanoseconds);
}

static void append_timeval(struct tell *tell, const struct linux_timeval *time)
{
	format_append(&tell->out, "{tv_sec=%ld, tv_usec=%lu}", time->seconds, (uint64_t)time->microseconds);
}

bool tell_timespec_at(struct tell *tell, uint64_t address)
{
	struct linux_timespec time;
	if (!tell_fetch(tell, &time, address, sizeof(time)))
		return false;
	append_timespec(tell, &time);
	return true;
}

bool tell_timeval_at(struct tell *tell, uint64_t address)
{
	struct linux_timeval time;
	if (!tell_fetch(tell, &time, address, sizeof(time)))
		return false;
	append_timeval(tell, &time);
	return true;
}

bool decode_timespec(struct tell *tell, uint64_t value)
{
	(void)tell_timespec_at(tell, value);
	return true;
}

bool decode_timeval(struct tell *tell, uint64_t value)
{
	(void)tell_timeval_at(tell, value);
	return true;
}

/* What a sleep left is written when a signal ended it. */
bool decode_remaining(struct tell *tell, uint64_t value)
{
	if (!tell->ended)
		return false;
	if (tell->result == -ERESTART_RESTARTBLOCK || tell->result == -ERESTARTNOHAND)
		(void)tell_timespec_at(tell, value);
	else
		tell_pointer(tell, value);
	return true;
}

bool decode_itimerval(struct tell *tell, uint64_t value)
{
	struct linux_itimerval timer;
	if (!tell_fetch(tell, &timer, value, sizeof(timer)))
		return true;
	format_append(&tell->out, "{it_interval=");
	append_timeval(tell, &timer.interval);
	format_append(&tell->out, ", it_value=");
	append_timeval(tell, &timer.value);
	format_append(&tell->out, "}");
	return true;
}

bool decode_itimerspec(struct tell *tell, uint64_t value)
{
	struct linux_itimerspec timer;
	if (!tell_fetch(tell, &timer, value, sizeof(timer)))
		return true;
	format_append(&tell->out, "{it_interval=");
	append_timespec(tell, &timer.interval);
	format_append(&tell->out, ", it_value=");
	append_timespec(tell, &timer.value);
	format_append(&tell->out, "}");
	return true;
}

/* Year, month and day of a number of days since 1970: eras of 400 years, years that begin in March. */
static void append_day(struct tell *tell, int64_t days)
{
	days += DAYS_TO_1970;
	int64_t era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	uint32_t day = (uint32_t)(days - era * DAYS_PER_ERA);
	uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint32_t of_year = day - (365 * year + year / 4 - year / 100);
	uint32_t month = (5 * of_year + 2) / 153;
	int64_t shown = (int64_t)year + era * 400 + (month >= 10);
	format_append(&tell->out, "%04ld-%02u-%02u", shown, month < 10 ? month + 3 : month - 9,
		      of_year - (153 * month + 2) / 5 + 1);
}

/* Fractions have `digits` digits, and are left out when they are 0. */
static void append_date(struct tell *tell, int64_t seconds, uint64_t fraction, int digits)
{
	int64_t days = seconds / SECONDS_PER_DAY, rest = seconds % SECONDS_PER_DAY;
	if (rest < 0)
		rest += SECONDS_PER_DAY, days--;
	format_append(&tell->out, " /* ");
	append_day(tell, days);
	format_append(&tell->out, "T%02ld:%02ld:%02ld", rest / 3600, rest / 60 % 60, rest % 60);
	if (fraction)
		format_append(&tell->out, digits == 9 ? ".%09lu" : ".%06lu", fraction);
	format_append(&tell->out, "+0000 */");
}

static void append_file_time(struct tell *tell, const struct linux_timespec *time)
{
	if (time->nanoseconds == LINUX_UTIME_NOW || time->nanoseconds == LINUX_UTIME_OMIT) {
		format_append(&tell->out, time->nanoseconds == LINUX_UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
		return;
	}
	append_timespec(tell, time);
	append_date(tell, time->seconds, (uint64_t)time->nanoseconds, 9);
}

bool decode_timespecs(struct tell *tell, uint64_t value)
{
	struct linux_timespec times[2];
	if (!tell_fetch(tell, times, value, sizeof(times)))
		return true;
	format_append(&tell->out, "[");
	append_file_time(tell, &times[0]);
	format_append(&tell->out, ", ");
	append_file_time(tell, &times[1]);
	format_append(&tell->out, "]");
	return true;
}

bool decode_timevals(struct tell *tell, uint64_t value)
{
	struct linux_timeval times[2];
	if (!tell_fetch(tell, times, value, sizeof(times)))
		return true;
	for (uint32_t i = 0; i < 2; i++) {
		format_append(&tell->out, i ? ", " : "[");
		append_timeval(tell, &times[i]);
		append_date(tell, times[i].seconds, (uint64_t)times[i].microseconds, 6);
	}
	format_append(&tell->out, "]");
	return true;
}

bool decode_utimbuf(struct tell *tell, uint64_t value)
{
	int64_t seconds[2];
	if (!tell_fetch(tell, seconds, value, sizeof(seconds)))
		return true;
	format_append(&tell->out, "{actime=%ld", seconds[0]);
	append_date(tell, seconds[0], 0, 0);
	format_append(&tell->out, ", modtime=%ld", seconds[1]);
	append_date(tell, seconds[1], 0, 0);
	format_append(&tell->out, "}");
	return true;
}

bool decode_time(struct tell *tell, uint64_t value)
{
	int64_t seconds;
	if (!tell_fetch(tell, &seconds, value, sizeof(seconds)))
		return true;
	format_append(&tell->out, "[%ld", seconds);
	append_date(tell, seconds, 0, 0);
	format_append(&tell->out, "]");
	return true;
}

bool decode_sigevent(struct tell *tell, uint64_t value)
{
	struct linux_sigevent event;
	if (!tell_fetch(tell, &event, value, sizeof(event)))
		return true;
	format_append(&tell->out, "{");
	if (event.value)
		format_append(&tell->out, "sigev_value={sival_int=%d, sival_ptr=0x%lx}, ",
			      (int32_t)event.value, event.value);
	format_append(&tell->out, "sigev_signo=");
	tell_signal_name(tell, event.signal);
	format_append(&tell->out, ", sigev_notify=");
	tell_names(tell, NAMES_SIGEV, (uint32_t)event.notify);
	if (event.notify == LINUX_SIGEV_THREAD_ID)
		format_append(&tell->out, ", sigev_notify_thread_id=%d", event.thread_id);
	format_append(&tell->out, "}");
	return true;
}
