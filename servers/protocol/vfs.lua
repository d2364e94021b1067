-- SPDX-License-Identifier: MIT
--
-- The file-system server: file systems by inode. The one client is the personality, which owns the path walk, mount
-- tree, permissions and open files; vfs stores, names and pages.
--
-- An inode_ref stays valid while the inode exists; afterwards it is STALE. The client knows which inodes are open, so
-- it says at unlink and rename whether the victim must be kept ("keep"), and calls forget at the last close.
-- Times are the client's: every message that changes something carries `now`.

return {
	name = "vfs",
	doc = "File systems by inode.",

	structs = {
		{ "inode_ref", {
			{ "inode", "u64" }, { "filesystem", "u32" }, { "generation", "u32" },
		} },
		{ "timestamp", { { "seconds", "s64" }, { "nanoseconds", "u32" }, { "reserved", "u32" } } },
		{ "attributes", {
			{ "inode", "u64" }, { "size", "u64" },
			{ "blocks", "u64", "units of 512 bytes" },
			{ "device", "u64", "of a node: major << 32 | minor" },
			{ "mode", "u32", "type and permission bits as POSIX numbers them" },
			{ "links", "u32" }, { "user", "u32" }, { "group", "u32" },
			{ "accessed", "timestamp" }, { "modified", "timestamp" },
			{ "changed", "timestamp" }, { "born", "timestamp" },
		} },
		{ "found", { { "status", "s32" }, { "reserved", "u32" }, { "ref", "inode_ref" }, { "attributes", "attributes" } } },
		{ "filesystem_info", {
			{ "type", "u32", "1 archive, 2 tmpfs, 3 ext" }, { "block_size", "u32" },
			{ "blocks", "u64" }, { "blocks_free", "u64" }, { "blocks_available", "u64" },
			{ "files", "u64" }, { "files_free", "u64" }, { "name_max", "u32" }, { "flags", "u32" },
			{ "identity", "u64" },
		} },
		-- One entry of read_directory, packed one after the other: this header, then name_bytes of name, then padding
		-- to 8 bytes.
		{ "directory_entry", {
			{ "inode", "u64" }, { "next_cookie", "u64", "where to go on behind this entry" },
			{ "mode", "u32" }, { "name_bytes", "u16" }, { "record_bytes", "u16" },
		} },
		-- The log of intents: this head fills the first slot; the n-th intent lies in slot 1 + n % INTENT_SLOTS, its name behind it.
		{ "intent_log", {
			{ "appended", "u64", "intents so far; the client's" }, { "applied", "u64", "of them done; the server's" },
		} },
		{ "intent", {
			{ "kind", "u32", "INTENT_*" }, { "name_bytes", "u32" }, { "directory", "inode_ref" },
			{ "inode", "inode_ref", "a prepared one (INTENT_CREATE)" },
			{ "mode", "u32" }, { "user", "u32" }, { "group", "u32" }, { "flags", "u32", "of unlink" },
			{ "now", "timestamp" },
		} },
	},

	constants = {
		{ "SET_MODE", 0x01 }, { "SET_USER", 0x02 }, { "SET_GROUP", 0x04 }, { "SET_SIZE", 0x08 },
		{ "SET_ACCESSED", 0x10 }, { "SET_MODIFIED", 0x20 }, { "SET_CHANGED", 0x40 },
		{ "SET_GROWN", 0x80, "the size after writes: only ever grows, cuts nothing; never with SET_SIZE" },
		{ "MOUNT_READ_ONLY", 0x1 },
		{ "UNLINK_DIRECTORY", 0x1 }, { "UNLINK_KEEP", 0x2 },
		{ "RENAME_NOREPLACE", 0x1 }, { "RENAME_EXCHANGE", 0x2 }, { "RENAME_KEEP", 0x4 }, { "RENAME_WHITEOUT", 0x8 },
		{ "SEEK_DATA", 1 }, { "SEEK_HOLE", 2 },
		{ "ALLOCATE_KEEP_SIZE", 0x1 }, { "ALLOCATE_PUNCH", 0x2 }, { "ALLOCATE_ZERO", 0x4 },
		{ "XATTR_CREATE", 0x1 }, { "XATTR_REPLACE", 0x2 },
		{ "LOOKUP_MAX", 8 },
		{ "INTENT_CREATE", 1 }, { "INTENT_UNLINK", 2 },
		{ "INTENT_SLOTS", 127 }, { "INTENT_SLOT_BYTES", 128 }, { "INTENT_NAME_MAX", 56 },
		{ "PREPARED_MAX", 64 },
		{ "DIRECTORY_NAME_BYTES", 20, "of a directory's size, for each name in it" },
	},

	messages = {
		{ 1, "mount", doc = "Make a file system known: `archive` (the boot archive, once), `tmpfs` (options size=, nr_inodes=, mode=, uid=, gid=), `ext4` and so on.",
			idempotent = false,
			request = { { "request_id", "u64" }, { "type", "string", 32 }, { "source", "string", 256 },
				{ "options", "string", 1024 }, { "flags", "u32" }, { "now", "timestamp" } },
			reply = { { "filesystem", "u32" }, { "root", "inode_ref" }, { "attributes", "attributes" } },
			errors = { "NOT_FOUND", "INVALID", "CORRUPT", "NO_MEMORY", "BUSY" } },
		{ 2, "unmount", doc = "Forget a file system; its inodes become stale.", idempotent = false,
			request = { { "request_id", "u64" }, { "filesystem", "u32" } }, reply = {},
			errors = { "NOT_FOUND", "BUSY", "IO_ERROR" } },
		{ 3, "remount", doc = "Change the options of a mounted file system.", idempotent = true,
			request = { { "request_id", "u64" }, { "filesystem", "u32" }, { "options", "string", 1024 }, { "flags", "u32" } },
			reply = {}, errors = { "NOT_FOUND", "INVALID" } },
		{ 4, "lookup", doc = "Look up several names in a row: the first in `directory`, each next in what the one before found. "
				.. "Stops behind the first that is no directory or was not found (its status says so).",
			idempotent = true,
			request = { { "directory", "inode_ref" }, { "count", "u32" }, { "names", "bytes", 2048 } },
			-- names: `count` NUL-terminated names one after the other; never "." or ".."
			reply = { { "found", "array", "found", 8 } },
			errors = { "STALE", "INVALID", "NOT_DIRECTORY" } },
		{ 5, "create", doc = "Make a file, directory, node, fifo or socket by the type bits of `mode`; no name: an unnamed file (to be linked or forgotten).",
			idempotent = false,
			request = { { "request_id", "u64" }, { "directory", "inode_ref" }, { "mode", "u32" }, { "user", "u32" }, { "group", "u32" },
				{ "device", "u64" }, { "now", "timestamp" }, { "name", "string", 255 } },
			reply = { { "ref", "inode_ref" }, { "attributes", "attributes" }, { "directory_size", "u64", "of the directory afterwards" } },
			errors = { "STALE", "NOT_DIRECTORY", "EXISTS", "NAME_TOO_LONG", "NO_SPACE", "READ_ONLY", "NOT_FOUND" } },
		{ 6, "symlink", doc = "Make a symbolic link.", idempotent = false,
			request = { { "request_id", "u64" }, { "directory", "inode_ref" }, { "user", "u32" }, { "group", "u32" },
				{ "now", "timestamp" }, { "name", "string", 255 }, { "target", "string", 3500 } },
			reply = { { "ref", "inode_ref" }, { "attributes", "attributes" }, { "directory_size", "u64", "of the directory afterwards" } },
			errors = { "STALE", "NOT_DIRECTORY", "EXISTS", "NAME_TOO_LONG", "NO_SPACE", "READ_ONLY", "NOT_FOUND" } },
		{ 7, "link", doc = "Another name for an inode that is no directory.", idempotent = false,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "directory", "inode_ref" },
				{ "now", "timestamp" }, { "name", "string", 255 } },
			reply = { { "attributes", "attributes" }, { "directory_size", "u64", "of the directory afterwards" } },
			errors = { "STALE", "NOT_DIRECTORY", "IS_DIRECTORY", "EXISTS", "NAME_TOO_LONG", "NO_SPACE", "TOO_MANY_LINKS", "CROSS_DEVICE", "READ_ONLY", "NOT_FOUND" } },
		{ 8, "unlink", doc = "Remove a name (UNLINK_DIRECTORY: of an empty directory). UNLINK_KEEP: the inode is open, keep it until forget. "
				.. "Answers the victim with its attributes afterwards.",
			idempotent = false,
			request = { { "request_id", "u64" }, { "directory", "inode_ref" }, { "flags", "u32" }, { "now", "timestamp" }, { "name", "string", 255 } },
			reply = { { "ref", "inode_ref" }, { "attributes", "attributes" }, { "directory_size", "u64", "of the directory afterwards" } },
			errors = { "STALE", "NOT_DIRECTORY", "IS_DIRECTORY", "NOT_EMPTY", "NOT_FOUND", "BUSY", "READ_ONLY", "INVALID" } },
		{ 9, "rename", doc = "Move a name, replacing what is there (RENAME_KEEP: the replaced inode is open), or exchange two.", idempotent = false,
			request = { { "request_id", "u64" }, { "old_directory", "inode_ref" }, { "new_directory", "inode_ref" }, { "flags", "u32" },
				{ "now", "timestamp" }, { "old_name", "string", 255 }, { "new_name", "string", 255 } },
			reply = { { "replaced", "inode_ref", "inode 0: nothing was replaced" }, { "attributes", "attributes", "of the replaced inode afterwards" },
				{ "old_directory_size", "u64" }, { "new_directory_size", "u64" } },
			errors = { "STALE", "NOT_DIRECTORY", "IS_DIRECTORY", "NOT_EMPTY", "NOT_FOUND", "EXISTS", "INVALID", "CROSS_DEVICE", "NO_SPACE", "READ_ONLY", "NAME_TOO_LONG" } },
		{ 10, "read_directory", doc = "Entries behind a cookie (0: from the start), \".\" and \"..\" included; none: the end. "
				.. "As many as fit: where the longest possible entry would have fitted too, that was all.",
			idempotent = true,
			request = { { "directory", "inode_ref" }, { "cookie", "u64" }, { "max_bytes", "u32" },
				{ "in_window", "u32", "1: the entries go into the window" } },
			reply = { { "window_bytes", "u32", "of entries in the window" }, { "entries", "bytes", 3960 } },
			-- NOT_FOUND: the directory itself was removed. INVALID: the next entry does not fit into max_bytes.
			errors = { "STALE", "NOT_FOUND", "NOT_DIRECTORY", "IO_ERROR", "CORRUPT" } },
		{ 11, "get_attributes", doc = "Attributes of an inode.", idempotent = true,
			request = { { "inode", "inode_ref" } }, reply = { { "attributes", "attributes" } },
			errors = { "STALE", "IO_ERROR" } },
		{ 12, "set_attributes", doc = "Set those attributes that `mask` (SET_*) names. SET_SIZE cuts or extends with zeros and drops every "
				.. "page and reservation beyond the new end: writable_end is then at most the size rounded up to pages. "
				.. "SET_GROWN tells the size that writes have reached and leaves reservations alone.",
			idempotent = true,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "mask", "u32" }, { "attributes", "attributes" } },
			reply = { { "attributes", "attributes" } },
			errors = { "STALE", "READ_ONLY", "NO_SPACE", "TOO_BIG", "INVALID", "IO_ERROR" } },
		{ 13, "read_link", doc = "Target of a symbolic link from an offset on, as much as fits; nothing: the end.", idempotent = true,
			request = { { "inode", "inode_ref" }, { "offset", "u32" } }, reply = { { "target", "string", 3500 } },
			errors = { "STALE", "INVALID", "IO_ERROR" } },
		{ 14, "open_object", doc = "The memory object that is the inode's page cache; the same one every time. "
				.. "Where end is not 0, [start, end) is reserved first, as reserve does.",
			idempotent = true,
			request = { { "inode", "inode_ref" }, { "start", "u64" }, { "end", "u64" } },
			reply = { { "size", "u64" }, { "writable_end", "u64", "bytes that may be written without asking reserve" } },
			reply_handles = { { "object", "memory-object", "READ|WRITE|EXEC|TRANSFER" } },
			errors = { "STALE", "INVALID", "NO_MEMORY", "IO_ERROR", "NO_SPACE", "READ_ONLY", "TOO_BIG" } },
		{ 15, "reserve", doc = "Reserve space so that [start, end) can be written; the object has at least that many pages afterwards. "
				.. "The client tells the new size by set_attributes (SET_GROWN). Space may be reserved ahead: start equal to end "
				.. "gives back what is reserved beyond the end, as a client should at the last close and, for its other "
				.. "files, before it believes a NO_SPACE.",
			idempotent = true,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "start", "u64" }, { "end", "u64" } },
			reply = { { "writable_end", "u64" } },
			errors = { "STALE", "NO_SPACE", "READ_ONLY", "TOO_BIG", "NO_MEMORY" } },
		{ 16, "synchronise", doc = "Make an inode (inode 0: all of the file system) durable.", idempotent = true,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "data_only", "u32" } }, reply = {},
			errors = { "STALE", "IO_ERROR" } },
		{ 17, "filesystem_status", doc = "Space, inodes and limits.", idempotent = true,
			request = { { "filesystem", "u32" } }, reply = { { "info", "filesystem_info" } },
			errors = { "NOT_FOUND" } },
		{ 18, "forget", doc = "A kept, nameless inode is closed: free it.", idempotent = true,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" } }, reply = {}, errors = { "STALE" } },
		{ 19, "allocate", doc = "fallocate: reserve, punch a hole or zero a range. After a hole, writable_end is at most its offset.", idempotent = true,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "flags", "u32" }, { "offset", "u64" }, { "length", "u64" }, { "now", "timestamp" } },
			reply = { { "attributes", "attributes" } },
			errors = { "STALE", "NO_SPACE", "READ_ONLY", "TOO_BIG", "NOT_SUPPORTED", "INVALID" } },
		{ 20, "seek", doc = "Next data or hole at or behind an offset below the size; NOT_FOUND: none, or no such offset.", idempotent = true,
			request = { { "inode", "inode_ref" }, { "what", "u32" }, { "offset", "u64" } }, reply = { { "offset", "u64" } },
			errors = { "STALE", "NOT_FOUND", "INVALID" } },
		{ 21, "get_xattr", doc = "Value of an extended attribute.", idempotent = true,
			request = { { "inode", "inode_ref" }, { "name", "string", 255 } }, reply = { { "value", "bytes", 3584 } },
			errors = { "STALE", "NOT_FOUND", "NOT_SUPPORTED" } },
		{ 22, "set_xattr", doc = "Set an extended attribute.", idempotent = false,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "flags", "u32" }, { "now", "timestamp" }, { "name", "string", 255 }, { "value", "bytes", 3584 } },
			reply = {}, errors = { "STALE", "EXISTS", "NOT_FOUND", "NO_SPACE", "READ_ONLY", "NOT_SUPPORTED", "TOO_BIG" } },
		{ 23, "list_xattr", doc = "Names, each NUL-terminated.", idempotent = true,
			request = { { "inode", "inode_ref" } }, reply = { { "names", "bytes", 3584 } }, errors = { "STALE", "NOT_SUPPORTED" } },
		{ 25, "extend_link", doc = "More of a target that is too long for one symlink message; its maker alone knows the link yet.",
			idempotent = false,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "target", "string", 3500 } }, reply = {},
			errors = { "STALE", "INVALID", "TOO_BIG", "NO_SPACE", "NO_MEMORY" } },
		{ 26, "open_window", doc = "The window: memory through which answers travel that are too long for a message. There is one; "
				.. "it belongs to a request from its sending until the client has read the answer.",
			idempotent = true,
			request = {}, reply = { { "bytes", "u64" } },
			reply_handles = { { "object", "memory-object", "READ|TRANSFER" } },
			errors = { "NO_MEMORY" } },
		{ 24, "remove_xattr", doc = "Remove an extended attribute.", idempotent = false,
			request = { { "request_id", "u64" }, { "inode", "inode_ref" }, { "now", "timestamp" }, { "name", "string", 255 } },
			reply = {}, errors = { "STALE", "NOT_FOUND", "READ_ONLY", "NOT_SUPPORTED" } },
		{ 27, "open_intents", doc = "The log of intents: changes of names that the client has made and tells afterwards. It appends only what "
				.. "cannot fail: a regular file in a directory that it knows to be there without that name, by a prepared "
				.. "inode; removing a name that is there and no directory. Every message finds the intents before it done; "
				.. "when memory for them is missing, it is answered NO_MEMORY, and they stay.",
			idempotent = true,
			request = {}, reply = {},
			reply_handles = { { "object", "memory-object", "READ|WRITE|TRANSFER" } },
			errors = { "NO_MEMORY" } },
		{ 28, "prepare", doc = "Inodes for INTENT_CREATE, up to `count` of them, in place of those prepared for the file system before. They are "
				.. "counted as free, and are STALE for everything else.",
			idempotent = true,
			request = { { "filesystem", "u32" }, { "count", "u32" } },
			reply = { { "prepared", "array", "inode_ref", 64 } },
			errors = { "NOT_FOUND", "INVALID", "NO_SPACE", "READ_ONLY", "NO_MEMORY" } },
	},
}
