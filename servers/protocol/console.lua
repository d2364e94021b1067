-- SPDX-License-Identifier: MIT
--
-- console: a byte device such as a serial line. Served by drivers/serial and drivers/screen, called by the
-- personality's ttys. The driver keeps one input and one output ring; a client never waits in it: it is told by
-- notification when to ask again.

return {
	name = "console",
	doc = "A byte device: a serial line, or a screen with its keyboard. One client opens it. Input is buffered by the driver; when bytes arrive in the "
		.. "empty ring, the client's notification is signalled and the client reads until it gets nothing. Output is "
		.. "taken as far as there is room; after a short write the notification tells when there is room again.",

	constants = {
		{ "DATA_MAX", 2048, "bytes of one read or write" },
	},

	enums = {
		{ "parity", {
			{ "NONE", 0, "no parity bit" }, { "ODD", 1, "odd number of ones" }, { "EVEN", 2, "even number of ones" },
			{ "MARK", 3, "always one" }, { "SPACE", 4, "always zero" },
		}, doc = "how a character is checked" },
	},

	bits = {
		{ "event", {
			{ "READABLE", 0x1, "input waits" },
			{ "WRITABLE", 0x2, "there is room for output after a short write" },
			{ "DRAINED", 0x4, "all output left the device after drain answered PENDING" },
			{ "MODEM", 0x8, "a modem line changed: see state" },
			{ "BREAK", 0x10, "a break condition was received" },
			{ "ERRORS", 0x20, "parity, framing or overrun errors were counted: see state" },
		}, doc = "bits signalled on the client's notification" },
		{ "control", {
			{ "RTS_CTS", 0x1, "output waits for clear to send" },
			{ "DTR", 0x2, "data terminal ready is asserted" },
			{ "RTS", 0x4, "request to send is asserted" },
			{ "RECEIVE", 0x8, "the receiver is on; off: input is dropped" },
		}, doc = "how the line is driven" },
		{ "modem", {
			{ "CTS", 0x1, "clear to send" }, { "DSR", 0x2, "data set ready" },
			{ "RING", 0x4, "ring indicator" }, { "CARRIER", 0x8, "data carrier detect" },
		}, doc = "modem lines as the device sees them" },
	},

	structs = {
		{ "line", {
			{ "baud", "u32", "bits a second; 0 hangs up" },
			{ "parity", "parity", "how a character is checked" },
			{ "data_bits", "u32", "5 to 8" },
			{ "stop_bits", "u32", "1 or 2" },
			{ "control", "control", "flow control and outgoing lines" },
		}, doc = "line settings" },
		{ "state", {
			{ "received", "u64", "bytes since the driver started" },
			{ "sent", "u64", "bytes since the driver started" },
			{ "modem", "modem", "incoming modem lines" },
			{ "overruns", "u32", "bytes lost: FIFO or ring full" },
			{ "parity_errors", "u32", "characters with bad parity" },
			{ "framing_errors", "u32", "characters without a stop bit" },
			{ "breaks", "u32", "break conditions received" },
			{ "input_bytes", "u32", "waiting in the input ring" },
			{ "output_bytes", "u32", "waiting in the output ring" },
			{ "reserved", "u32" },
		}, doc = "what the device counts and sees" },
	},

	messages = {
		{ 1, "open", doc = "Makes the caller the client of the device: the notification gets the events from now on, those "
				.. "that already hold at once. Opening again replaces the notification, so a restarted client needs "
				.. "nothing else.",
			idempotent = true,
			request = {},
			request_handles = { { "events", "notification", "WRITE", "signalled with the bits of event" } },
			reply = { { "line", "line", "settings in force" } } },
		{ 2, "read", doc = "Takes up to max bytes out of the input ring. None: READABLE will be signalled when some come.",
			idempotent = false,
			request = { { "request_id", "u64" }, { "max", "u32", "bytes wanted; at most DATA_MAX are given" } },
			reply = { { "data", "bytes", "DATA_MAX", "oldest input first" } } },
		{ 3, "write", doc = "Puts bytes into the output ring and answers how many it took. Fewer than given: WRITABLE will "
				.. "be signalled.",
			idempotent = false,
			request = { { "request_id", "u64" }, { "data", "bytes", "DATA_MAX", "to send" } },
			reply = { { "taken", "u32", "bytes accepted" } } },
		{ 4, "set_line", doc = "Sets the line. Characters already given to the device are sent with the old settings.",
			idempotent = true,
			request = { { "line", "line", "new settings" } },
			reply = { { "line", "line", "settings in force: the nearest the device can do" } } },
		{ 5, "get_state", doc = "Counters and modem lines.",
			idempotent = true, request = {}, reply = { { "state", "state", "as of now" } } },
		{ 6, "flush", doc = "Drops what waits in a ring.",
			idempotent = true,
			request = { { "input", "bool", "drop unread input" }, { "output", "bool", "drop unsent output" } },
			reply = {} },
		{ 7, "drain", doc = "OK when all output has left the device; else PENDING, and DRAINED is signalled then.",
			idempotent = true, request = {}, reply = {}, errors = { "PENDING" } },
		{ 8, "pause", doc = "Stops or resumes output (a tty's ^S and ^Q); the ring keeps its bytes.",
			idempotent = true, request = { { "stopped", "bool", "no output until resumed" } }, reply = {} },
		{ 9, "set_break", doc = "Holds or releases the break condition.",
			idempotent = true, request = { { "on", "bool", "hold the line in break" } }, reply = {} },
		{ 10, "get_size", doc = "How many characters a screen shows; 0 and 0 for a device that cannot know.",
			idempotent = true, request = {},
			reply = { { "columns", "u32", "characters in a row" }, { "rows", "u32" } } },
	},
}
