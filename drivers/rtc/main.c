/* SPDX-License-Identifier: MIT */
/*
 * rtc: driver of the battery-backed clock. Rights: "ports" (0x70, 0x71), "endpoint".
 */
#include "chip.h"
#include "rtc_protocol.h"
#include "runtime/bootstrap.h"
#include "runtime/clock_page.h"
#include "runtime/driver.h"
#include "runtime/log.h"

#define FIRST_YEAR 1970
#define LAST_YEAR 2199

struct rtc_context {
	handle_t ports;
};

status_t rtc_on_read(struct rtc_context *context, uint64_t badge, struct rtc_read_reply *reply)
{
	struct calendar_time time;
	status_code_t status = chip_read(context->ports, &time);

	(void)badge;
	if (status != STATUS_OK)
		return status;
	reply->monotonic_ns = clock_page_monotonic_ns();
	reply->seconds = calendar_to_seconds(&time);
	return STATUS_OK;
}

status_t rtc_on_set(struct rtc_context *context, uint64_t badge, const struct rtc_set_request *request)
{
	struct calendar_time first = { FIRST_YEAR, 1, 1, 0, 0, 0 }, last = { LAST_YEAR, 12, 31, 23, 59, 59 };
	struct calendar_time time;

	(void)badge;
	if (request->seconds < calendar_to_seconds(&first) || request->seconds > calendar_to_seconds(&last))
		return STATUS_OUT_OF_RANGE;
	time = calendar_from_seconds(request->seconds);
	chip_write(context->ports, &time);
	return STATUS_OK;
}

static status_t start(void *context)
{
	struct rtc_context *self = context;
	struct calendar_time now;
	status_code_t status;

	self->ports = bootstrap_handle("ports");
	status = chip_read(self->ports, &now);
	if (status == STATUS_OK)
		log_info("%d-%02d-%02d %02d:%02d:%02d UTC", now.year, now.month, now.day, now.hour,
			 now.minute, now.second);
	else
		log_warning("the clock cannot be read: %s", status_name(status));
	return STATUS_OK;
}

static void serve(void *context, struct server_call *call)
{
	rtc_dispatch(context, call);
}

int main(void)
{
	static const struct driver driver = { .start = start, .serve = serve };
	static struct rtc_context rtc;

	return driver_run(&driver, &rtc);
}
