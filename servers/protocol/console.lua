-- SPDX-License-Identifier: MIT
--
-- console: a byte device such as a serial line. Served by drivers/serial, called by the personality's ttys. The driver
-- keeps one input and one output ring; a client never waits in it: it is told by notification when to ask again.

service("console", [[
A byte device: a serial line. One client opens it. Input is buffered by the driver; when the ring was empty and bytes
arrive, the client's notification is signalled and the client reads until it gets nothing. Output is taken as far as
there is room; after a short write the notification tells when there is room again.]])

constant("DATA_MAX", 2048, "bytes of one read or write")

enum("parity", "how a character is checked", {
	{ "NONE", 0, "no parity bit" },
	{ "ODD", 1, "odd number of ones" },
	{ "EVEN", 2, "even number of ones" },
	{ "MARK", 3, "always one" },
	{ "SPACE", 4, "always zero" },
})

bits("event", "bits signalled on the client's notification", {
	{ "READABLE", 0x1, "input waits" },
	{ "WRITABLE", 0x2, "there is room for output after a short write" },
	{ "DRAINED", 0x4, "all output left the device after drain answered PENDING" },
	{ "HANGUP", 0x8, "carrier was lost" },
	{ "BREAK", 0x10, "a break condition was received" },
	{ "ERRORS", 0x20, "parity, framing or overrun errors were counted: see state" },
})

bits("control", "how the line is driven", {
	{ "RTS_CTS", 0x1, "hardware flow control" },
	{ "DTR", 0x2, "data terminal ready is asserted" },
	{ "RTS", 0x4, "request to send is asserted (without RTS_CTS)" },
	{ "RECEIVE", 0x8, "the receiver is on; off: input is dropped" },
})

bits("modem", "modem lines as the device sees them", {
	{ "CTS", 0x1, "clear to send" },
	{ "DSR", 0x2, "data set ready" },
	{ "RING", 0x4, "ring indicator" },
	{ "CARRIER", 0x8, "data carrier detect" },
})

struct("line", "line settings", {
	u32("baud", "bits a second; 0 hangs up"),
	member("parity", "parity", "how a character is checked"),
	u32("data_bits", "5 to 8"),
	u32("stop_bits", "1 or 2"),
	flags("control", "control", "flow control and outgoing lines"),
})

struct("state", "what the device counts and sees", {
	flags("modem", "modem", "incoming modem lines"),
	u64("received", "bytes since the driver started"),
	u64("sent", "bytes since the driver started"),
	u32("overruns", "bytes lost: FIFO or ring full"),
	u32("parity_errors", "characters with bad parity"),
	u32("framing_errors", "characters without a stop bit"),
	u32("breaks", "break conditions received"),
	u32("input_bytes", "waiting in the input ring"),
	u32("output_bytes", "waiting in the output ring"),
})

message(1, "open", {
	doc = [[Makes the caller the client of the device: the notification gets the events from now on (all that already hold
are signalled at once). Opening again replaces the notification, so a restarted client needs nothing else.]],
	idempotent = true,
	request = { handle("events", "notification", "W", "signalled with the bits of event") },
	reply = { record("line", "line", "settings in force") },
})

message(2, "read", {
	doc = [[Takes up to max bytes out of the input ring. No bytes: READABLE will be signalled when some come.]],
	changes = true,
	idempotent = false,
	request = { u32("max", "bytes wanted, at most DATA_MAX are given") },
	reply = { bytes("data", DATA_MAX, "oldest input first") },
})

message(3, "write", {
	doc = [[Puts bytes into the output ring and answers how many it took. Fewer than given: WRITABLE will be signalled.]],
	changes = true,
	idempotent = false,
	request = { bytes("data", DATA_MAX, "to send") },
	reply = { u32("taken", "bytes accepted") },
})

message(4, "set_line", {
	doc = [[Sets the line. Characters already given to the device are sent with the old settings.]],
	idempotent = true,
	request = { record("line", "line", "new settings") },
	reply = { record("line", "line", "settings in force: the nearest the device can do") },
	errors = { "NOT_SUPPORTED" },
})

message(5, "state", {
	doc = [[Counters and modem lines.]],
	idempotent = true,
	reply = { record("state", "state", "as of now") },
})

message(6, "flush", {
	doc = [[Drops what waits in a ring.]],
	idempotent = true,
	request = { boolean("input", "drop unread input"), boolean("output", "drop unsent output") },
})

message(7, "drain", {
	doc = [[OK when all output has left the device; else PENDING, and DRAINED is signalled then.]],
	idempotent = true,
	errors = { "PENDING" },
})

message(8, "pause", {
	doc = [[Stops or resumes output (a tty's ^S and ^Q); the ring keeps its bytes.]],
	idempotent = true,
	request = { boolean("stopped", "no output until resumed") },
})

message(9, "send_break", {
	doc = [[Holds or releases the break condition.]],
	idempotent = true,
	request = { boolean("on", "hold the line in break") },
})
