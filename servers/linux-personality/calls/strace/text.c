/* SPDX-License-Identifier: MIT */
/*
 * Text of what calls pass: numbers by name, strings and buffers in quotes, and the decoders of plain values.
 */
#include <string.h>
#include "calls/strace/tell.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/files.h"
#include "report/names.h"

#define PATH_SHOWN 3000u
#define FIRST_REALTIME 32

void tell_pointer(struct tell *tell, uint64_t address)
{
	format_append(&tell->out, address ? "0x%lx" : "NULL", address);
}

bool tell_fetch(struct tell *tell, void *destination, uint64_t address, size_t bytes)
{
	if (address && !guest_read(destination, (gaddr_t){ address }, bytes))
		return true;
	tell_pointer(tell, address);
	return false;
}

void tell_names(struct tell *tell, enum name_set_number set, uint32_t value)
{
	if (!call_append_set(&tell->out, &name_sets[set], value) && value)
		format_append(&tell->out, " /* %s_??? */", name_sets[set].name);
}

void tell_name_or(struct tell *tell, enum name_set_number set, uint32_t value, const char *otherwise)
{
	struct format_buffer before = tell->out;
	if (call_append_set(&tell->out, &name_sets[set], value))
		return;
	tell->out = before;
	tell->out.text[tell->out.used] = 0;
	if (!strcmp(otherwise, "%d"))
		format_append(&tell->out, "%d", (int32_t)value);
	else
		format_append(&tell->out, "0x%x", value);
}

void tell_mode(struct tell *tell, uint32_t mode)
{
	call_append_octal(&tell->out, mode);
}

void tell_file_mode(struct tell *tell, uint32_t mode)
{
	uint32_t special = mode & (LINUX_S_ISUID | LINUX_S_ISGID | LINUX_S_ISVTX);
	if (mode & LINUX_S_IFMT) {
		tell_names(tell, NAMES_S_IF, mode & LINUX_S_IFMT);
		format_append(&tell->out, "|");
	}
	if (special) {
		tell_names(tell, NAMES_S_IS, special);
		format_append(&tell->out, "|");
	}
	tell_mode(tell, mode & 0777);
}

void tell_signal_name(struct tell *tell, int32_t number)
{
	call_append_signal(&tell->out, number);
}

static void append_octal_escape(struct format_buffer *out, uint8_t byte, bool whole)
{
	format_append(out, "\\");
	if (whole || byte >= 0100)
		format_append(out, "%c", '0' + (byte >> 6));
	if (whole || byte >= 010)
		format_append(out, "%c", '0' + (byte >> 3 & 7));
	format_append(out, "%c", '0' + (byte & 7));
}

void tell_quoted(struct tell *tell, const char *bytes, uint64_t count, bool cut)
{
	static const char escapes[] = "\t\n\v\f\r", letters[] = "tnvfr";
	format_append(&tell->out, "\"");
	for (uint64_t i = 0; i < count; i++) {
		uint8_t byte = (uint8_t)bytes[i];
		const char *escape = byte ? memchr(escapes, byte, sizeof(escapes) - 1) : NULL;
		if (escape)
			format_append(&tell->out, "\\%c", letters[escape - escapes]);
		else if (byte == '"' || byte == '\\')
			format_append(&tell->out, "\\%c", byte);
		else if (byte >= ' ' && byte < 127)
			format_append(&tell->out, "%c", byte);
		else
			append_octal_escape(&tell->out, byte,
					    i + 1 < count && bytes[i + 1] >= '0' && bytes[i + 1] <= '9');
	}
	format_append(&tell->out, cut ? "\"..." : "\"");
}

void tell_in_hex(struct tell *tell, const char *bytes, uint64_t count, bool cut)
{
	format_append(&tell->out, "\"");
	for (uint64_t i = 0; i < count; i++)
		format_append(&tell->out, "\\x%02x", (uint8_t)bytes[i]);
	format_append(&tell->out, cut ? "\"..." : "\"");
}

void tell_data(struct tell *tell, uint64_t address, uint64_t count)
{
	char bytes[TELL_SHOWN];
	uint64_t shown = count < TELL_SHOWN ? count : TELL_SHOWN;
	if (!shown && address)
		format_append(&tell->out, "\"\"");
	else if (tell_fetch(tell, bytes, address, shown))
		tell_quoted(tell, bytes, shown, count > shown);
}

/* The bytes before the NUL, at most `most` of them, read into `text`, which has room for one more. */
static void tell_terminated(struct tell *tell, uint64_t address, char *text, uint64_t most)
{
	int64_t length = guest_read_string(text, (gaddr_t){ address }, most + 1);
	bool cut = length == -ENAMETOOLONG;
	if (cut)
		length = guest_read(text, (gaddr_t){ address }, most) ? -EFAULT : (int64_t)most;
	if (!address || length < 0)
		tell_pointer(tell, address);
	else
		tell_quoted(tell, text, (uint64_t)length, cut);
}

void tell_string(struct tell *tell, uint64_t address)
{
	char text[TELL_SHOWN + 1];
	tell_terminated(tell, address, text, TELL_SHOWN);
}

void tell_path(struct tell *tell, uint64_t address)
{
	char text[PATH_SHOWN + 1];
	tell_terminated(tell, address, text, PATH_SHOWN);
}

void tell_numbers(struct tell *tell, uint64_t address, uint64_t count)
{
	int32_t values[TELL_SHOWN];
	uint64_t shown = count < TELL_SHOWN ? count : TELL_SHOWN;
	if (!address || (shown && !tell_fetch(tell, values, address, shown * sizeof(values[0])))) {
		if (!address)
			tell_pointer(tell, address);
		return;
	}
	format_append(&tell->out, "[");
	for (uint64_t i = 0; i < shown; i++)
		format_append(&tell->out, i ? ", %d" : "%d", values[i]);
	format_append(&tell->out, count > shown ? ", ...]" : "]");
}

bool decode_omit(struct tell *tell, uint64_t value)
{
	(void)value;
	tell->omitted = true;
	return true;
}

bool decode_hex(struct tell *tell, uint64_t value)
{
	format_append(&tell->out, value ? "0x%lx" : "0", value);
	return true;
}

bool decode_pointer(struct tell *tell, uint64_t value)
{
	tell_pointer(tell, value);
	return true;
}

bool decode_id(struct tell *tell, uint64_t value)
{
	if ((uint32_t)value == UINT32_MAX)
		format_append(&tell->out, "-1");
	else
		format_append(&tell->out, "%u", (uint32_t)value);
	return true;
}

bool decode_number(struct tell *tell, uint64_t value)
{
	tell_numbers(tell, value, 1);
	return true;
}

bool decode_number64(struct tell *tell, uint64_t value)
{
	uint64_t number;
	if (tell_fetch(tell, &number, value, sizeof(number)))
		format_append(&tell->out, "[%lu]", number);
	return true;
}

bool decode_address_out(struct tell *tell, uint64_t value)
{
	uint64_t address;
	if (!tell_fetch(tell, &address, value, sizeof(address)))
		return true;
	format_append(&tell->out, "[");
	tell_pointer(tell, address);
	format_append(&tell->out, "]");
	return true;
}

bool decode_string(struct tell *tell, uint64_t value)
{
	tell_string(tell, value);
	return true;
}

bool decode_open_mode(struct tell *tell, uint64_t value)
{
	uint32_t flags = (uint32_t)tell->arguments[tell->index - 1];
	if ((flags & LINUX_O_CREAT) || (flags & LINUX_O_TMPFILE) == LINUX_O_TMPFILE)
		tell_mode(tell, (uint32_t)value);
	else
		tell->omitted = true;
	return true;
}
