-- SPDX-License-Identifier: MIT
--
-- rtc: the machine's battery-backed clock. Served by drivers/rtc.

service("rtc", [[The battery-backed clock. It counts seconds of UTC.]])

message(1, "read", {
	doc = [[The time, read just after a tick of the device was seen not to be in progress.]],
	idempotent = true,
	reply = {
		s64("seconds", "since 1970-01-01 00:00:00 UTC"),
		u64("monotonic_ns", "monotonic time of the reading"),
	},
	errors = { "IO_ERROR", "CORRUPT" },
})

message(2, "set", {
	doc = [[Sets the clock to a UTC time.]],
	idempotent = true,
	request = { s64("seconds", "since 1970-01-01 00:00:00 UTC") },
	errors = { "OUT_OF_RANGE", "IO_ERROR" },
})
