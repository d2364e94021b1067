-- SPDX-License-Identifier: MIT
--
-- power: switches the machine off or resets it. Served by drivers/power.

return {
	name = "power",
	doc = "Ends the machine's run. Both messages answer only when every way they know has failed.",

	messages = {
		{ 1, "off", doc = "ACPI S5 through PM1a (and PM1b), then the port of QEMU's fallback.",
			idempotent = true, request = {}, reply = {}, errors = { "NOT_SUPPORTED" } },
		{ 2, "reset", doc = "The FADT's reset register, then port 0xCF9, then the keyboard controller.",
			idempotent = true, request = {}, reply = {}, errors = { "NOT_SUPPORTED" } },
	},
}
