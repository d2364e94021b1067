-- SPDX-License-Identifier: MIT
--
-- keyboard: strokes of keys, already decoded by the layout. Served by drivers/keyboard, called by drivers/screen, which
-- turns them into what its terminal sends.

return {
	name = "keyboard",
	doc = "A keyboard. One client opens it; it is told by notification when strokes arrive and then reads until it gets "
		.. "none. A stroke is one press or repetition of a key; releases and the modifier keys themselves are not sent.",

	constants = {
		{ "STROKES_MAX", 64, "strokes of one read" },
	},

	enums = {
		{ "key", {
			{ "CHARACTER", 0, "the character of the layout" },
			{ "ENTER", 1 }, { "TAB", 2 }, { "BACKSPACE", 3 }, { "ESCAPE", 4 },
			{ "UP", 5 }, { "DOWN", 6 }, { "LEFT", 7 }, { "RIGHT", 8 },
			{ "INSERT", 9 }, { "DELETE", 10 }, { "HOME", 11 }, { "END", 12 }, { "PAGE_UP", 13 }, { "PAGE_DOWN", 14 },
			{ "F1", 15 }, { "F2", 16 }, { "F3", 17 }, { "F4", 18 }, { "F5", 19 }, { "F6", 20 },
			{ "F7", 21 }, { "F8", 22 }, { "F9", 23 }, { "F10", 24 }, { "F11", 25 }, { "F12", 26 },
			{ "CENTER", 27, "the keypad's 5 without num lock" },
		}, doc = "what was pressed" },
	},

	bits = {
		{ "modifier", {
			{ "SHIFT", 0x1, "already applied to a character" }, { "CTRL", 0x2 }, { "ALT", 0x4 },
		}, doc = "keys held meanwhile" },
		{ "event", { { "READABLE", 0x1, "strokes wait" } }, doc = "bits signalled on the client's notification" },
	},

	structs = {
		{ "stroke", {
			{ "key", "key" },
			{ "modifiers", "modifier" },
			{ "character", "u32", "Unicode; 0 unless key is CHARACTER" },
			{ "reserved", "u32" },
		}, doc = "a key was pressed" },
	},

	messages = {
		{ 1, "open", doc = "Makes the caller the client: the notification gets the events from now on, those that already "
				.. "hold at once. Opening again replaces the notification.",
			idempotent = true,
			request = {},
			request_handles = { { "events", "notification", "WRITE", "signalled with the bits of event" } },
			reply = {} },
		{ 2, "read", doc = "Takes the oldest strokes. None: READABLE will be signalled when some come.",
			idempotent = false,
			request = { { "request_id", "u64" } },
			reply = { { "strokes", "array", "stroke", "STROKES_MAX", "oldest first" } } },
	},
}
