/* SPDX-License-Identifier: MIT */
/*
 * The wall clock's start, and /dev/rtc0 (rtc(4)) over the rtc driver.
 */
#include "system/rtc.h"

#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/kinds.h"
#include "process/credentials.h"
#include "process/process.h"
#include "rtc_protocol.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define RTC_RD_TIME 0x80247009u
#define RTC_SET_TIME 0x4024700au
#define NS_PER_S 1000000000ll
#define SECONDS_PER_DAY 86400

/* struct rtc_time: broken-down UTC, years from 1900, months from 0. */
struct linux_rtc_time {
	int32_t second, minute, hour, day, month, year, weekday, yearday, daylight;
};

static handle_t rtc_endpoint;

void rtc_init(handle_t system, handle_t rtc)
{
	struct rtc_read_reply reply;
	rtc_endpoint = rtc;
	if (rtc_read(rtc, &reply) != STATUS_OK) {
		log_error("no real-time clock: time starts in 1970");
		return;
	}
	(void)k_clock_set_realtime(system, reply.seconds * NS_PER_S - (int64_t)reply.monotonic_ns);
}

/* Days since 1970 to a civil date, in eras of 400 years that start in March. */
static void date_from_days(int64_t days, struct linux_rtc_time *date)
{
	int64_t shifted = days + 719468, era = shifted / 146097, in_era = shifted - era * 146097;
	int64_t year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t day = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day + 2) / 153;
	date->day = (int32_t)(day - (153 * month + 2) / 5 + 1);
	date->month = (int32_t)(month < 10 ? month + 2 : month - 10);
	date->year = (int32_t)(year_of_era + era * 400 + (date->month < 2) - 1900);
	date->weekday = (int32_t)((days + 4) % 7);
}

static int64_t days_from_date(const struct linux_rtc_time *date)
{
	int64_t year = date->year + 1900 - (date->month < 2), era = year / 400,
		year_of_era = year - era * 400;
	int64_t month = date->month < 2 ? date->month + 10 : date->month - 2;
	int64_t day = (153 * month + 2) / 5 + date->day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day - 719468;
}

static int64_t rtc_show(gaddr_t out)
{
	struct linux_rtc_time date = { 0 };
	struct rtc_read_reply reply;
	status_code_t status = rtc_read(rtc_endpoint, &reply);
	int64_t in_day;
	if (status < 0)
		return errno_from_status(status);
	in_day = reply.seconds % SECONDS_PER_DAY;
	date_from_days(reply.seconds / SECONDS_PER_DAY, &date);
	date.hour = (int32_t)(in_day / 3600);
	date.minute = (int32_t)(in_day / 60 % 60);
	date.second = (int32_t)(in_day % 60);
	return guest_write(out, &date, sizeof(date));
}

static bool date_valid(const struct linux_rtc_time *date)
{
	return date->second >= 0 && date->second < 60 && date->minute >= 0 && date->minute < 60 &&
	       date->hour >= 0 && date->hour < 24 && date->day >= 1 && date->day <= 31 && date->month >= 0 &&
	       date->month < 12 && date->year >= 70 && date->year < 1100;
}

static int64_t rtc_change(struct thread *self, gaddr_t in)
{
	struct rtc_set_request request;
	struct linux_rtc_time date;
	if (!thread_capable(self, LINUX_CAP_SYS_TIME))
		return -EACCES;
	if (guest_read(&date, in, sizeof(date)))
		return -EFAULT;
	if (!date_valid(&date))
		return -EINVAL;
	request.seconds = days_from_date(&date) * SECONDS_PER_DAY + date.hour * 3600 + date.minute * 60 +
			  date.second;
	return errno_from_status(rtc_set(rtc_endpoint, &request));
}

static int64_t rtc_ioctl(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	(void)file;
	switch (command) {
	case RTC_RD_TIME: return rtc_show((gaddr_t){ argument });
	case RTC_SET_TIME: return rtc_change(self, (gaddr_t){ argument });
	default: return -ENOTTY;
	}
}

const struct file_operations rtc_operations = { .ioctl = rtc_ioctl };
