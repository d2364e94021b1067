-- SPDX-License-Identifier: MIT
--
-- supervisor: what the system's programs are and what they hold. Served by the supervisor, called by the personality for
-- /proc/lichen.

return {
	name = "supervisor",
	doc = "Shows the programs of the manifest, the supervisor itself first, what they use and the handles of those that run, as "
		.. "the kernel counts them. It only shows: nothing can be changed here.",

	constants = {
		{ "NAME_BYTES", 32, "of a program's name, its NUL included" },
		{ "PROGRAMS_MAX", 32, "programs of one list" },
		{ "HANDLES_MAX", 64, "handles of one answer" },
	},

	enums = {
		{ "state", {
			{ "ABSENT", 0, "never ran: it, or its device, is not there, or it could not be started" },
			{ "RUNNING", 1 },
			{ "ENDED", 2, "ran, and exited, faulted or was killed" },
		}, doc = "of a program" },
	},

	structs = {
		{ "program", {
			{ "name", "text", 32 },
			{ "domain", "u64", "number of its domain's object, unique for the boot; 0: not running" },
			{ "state", "state" },
			{ "restarts", "u32", "how often it was started again" },
			{ "started", "u64", "when it was started, nanoseconds since the boot" },
			{ "frames", "u64", "pages that are charged to its account and those below it; of the supervisor: to no other program" },
			{ "frames_limit", "u64", "as many as it may have; all ones: no limit of its own" },
			{ "messages", "u64", "that it received so far" },
			{ "time_ns", "u64", "that its own code ran, without guests" },
		}, doc = "one line of the manifest" },
		{ "entry", {
			{ "kind", "u32", "object_kind of microkernel/abi/handles.h" },
			{ "rights", "u32", "RIGHT_ bits" },
			{ "origin", "u32", "handle_origin" },
			{ "handle", "u32", "its value in that program" },
			{ "badge", "u64" },
			{ "object", "u64", "number of the object, unique for the boot" },
			{ "first", "u64", "detail, as handle_info tells it" },
			{ "second", "u64" },
		}, doc = "one handle of a program" },
	},

	messages = {
		{ 1, "list_programs", doc = "All programs, the supervisor first, then in the order of the manifest: the place in this "
				.. "list is the badge with which a program calls.",
			idempotent = true,
			request = {},
			reply = { { "programs", "array", "program", "PROGRAMS_MAX", "one each" } } },
		{ 2, "list_handles", doc = "Handles of a running program from an index on. The list goes on at `next` until that is 0. "
				.. "It is no snapshot: the program runs meanwhile.",
			idempotent = true,
			request = {
				{ "domain", "u64", "as list_programs says" },
				{ "index", "u32", "0 to begin" },
			},
			reply = {
				{ "next", "u32", "index to go on with, 0: that was all" },
				{ "handles", "array", "entry", "HANDLES_MAX", "in the order of their indices" },
			},
			errors = { "NOT_FOUND" } },
	},
}
