-- SPDX-License-Identifier: MIT
--
-- sample: an interface that uses every kind of field, for the tests of the generator.

return {
	name = "sample",
	doc = "Every kind of field.",
	constants = { { "NAME_MAX", 20, "bytes of a name" } },
	enums = { { "colour", { { "RED", 1 }, { "GREEN", 2, "as grass" }, { "BLUE", 7 } } } },
	bits = { { "mood", { { "GLAD", 0x1 }, { "SAD", 0x8 } } } },
	structs = {
		{ "inner", { { "colour", "colour" }, { "mood", "mood" } } },
		{ "outer", {
			{ "wide", "u64" }, { "inner", "inner" }, { "label", "text", 12 }, { "raw", "octets", 4 },
		} },
	},
	messages = {
		{ 1, "words", doc = "All scalars, in words.", idempotent = true,
			request = { { "a", "u8" }, { "b", "u16" }, { "c", "u32" }, { "d", "u64" }, { "e", "s32" }, { "f", "s64" },
				{ "g", "bool" }, { "h", "colour" } },
			reply = { { "mood", "mood" }, { "e", "s32" } } },
		{ 2, "many", doc = "More scalars than words.", idempotent = true,
			request = { { "a", "u8" }, { "b", "u16" }, { "c", "u32" }, { "d", "u64" }, { "e", "s32" }, { "f", "s64" },
				{ "g", "bool" }, { "h", "colour" }, { "i", "mood" } },
			reply = { { "a", "u64" }, { "b", "u64" }, { "c", "u64" }, { "d", "u64" }, { "e", "u64" }, { "f", "u64" },
				{ "g", "u64" }, { "h", "u64" } } },
		{ 3, "page", doc = "Everything that lies in the page, and handles.", idempotent = false,
			request = { { "request_id", "u64" }, { "outer", "outer" }, { "list", "array", "outer", 5 },
				{ "numbers", "array", "u16", 9 }, { "data", "bytes", 33 }, { "name", "string", "NAME_MAX" } },
			request_handles = { { "first", "memory-object", "READ|WRITE" },
				{ "second", "notification", "WRITE", optional = true }, { "third", "endpoint", "WRITE", optional = true } },
			reply = { { "count", "u32" }, { "name", "string", 7 }, { "list", "array", "inner", 3 } },
			reply_handles = { { "object", "memory-object", "READ" } } },
		{ 999, "empty", doc = "Nothing.", idempotent = true, request = {}, reply = {} },
	},
}
