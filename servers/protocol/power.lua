-- SPDX-License-Identifier: MIT
--
-- power: switches the machine off or resets it. Served by drivers/power.

service("power", [[Ends the machine's run. Both messages answer only when every way they know has failed.]])

message(1, "off", {
	doc = [[ACPI S5 through PM1a (and PM1b), then the port of QEMU's fallback.]],
	idempotent = true,
	errors = { "NOT_SUPPORTED" },
})

message(2, "reset", {
	doc = [[The FADT's reset register, then port 0xCF9, then the keyboard controller.]],
	idempotent = true,
	errors = { "NOT_SUPPORTED" },
})
