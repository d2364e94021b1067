-- SPDX-License-Identifier: MIT
--
-- rtc: the machine's battery-backed clock. Served by drivers/rtc.

return {
	name = "rtc",
	doc = "The battery-backed clock. It counts seconds of UTC.",

	messages = {
		{ 1, "read", doc = "The time, read while no update of the device is in progress.",
			idempotent = true,
			request = {},
			reply = {
				{ "seconds", "s64", "since 1970-01-01 00:00:00 UTC" },
				{ "monotonic_ns", "u64", "monotonic time of the reading" },
			},
			errors = { "IO_ERROR", "CORRUPT" } },
		{ 2, "set", doc = "Sets the clock to a UTC time.",
			idempotent = true,
			request = { { "seconds", "s64", "since 1970-01-01 00:00:00 UTC" } },
			reply = {},
			errors = { "OUT_OF_RANGE" } },
	},
}
