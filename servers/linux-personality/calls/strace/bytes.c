/* SPDX-License-Identifier: MIT */
/*
 * Buffers, vectors of buffers, lists of words, and what the file calls pass beside them.
 */
#include "calls/strace/tell.h"
#include "core/guest_memory.h"
#include "linux_abi/files.h"

struct linux_iovec {
	uint64_t base, length;
};

/* Bytes of the buffer in hand: given before the call, what came after it. */
bool decode_data(struct tell *tell, uint64_t value)
{
	uint64_t count = tell_next(tell);
	if (tell->ended && (uint64_t)tell->result < count)
		count = (uint64_t)tell->result;
	if (tell->ended && !tell_next(tell) && tell->result > 0)
		tell_pointer(tell, value);
	else
		tell_data(tell, value, count);
	return true;
}

bool decode_hex_data(struct tell *tell, uint64_t value)
{
	char bytes[TELL_SHOWN];
	uint64_t count = (uint64_t)tell->result, shown = count < TELL_SHOWN ? count : TELL_SHOWN;
	if (!shown || tell_fetch(tell, bytes, value, shown))
		tell_in_hex(tell, bytes, shown, count > shown);
	return true;
}

void tell_vector(struct tell *tell, uint64_t address, uint64_t count, uint64_t bytes)
{
	struct linux_iovec piece;
	uint64_t shown = count < TELL_SHOWN ? count : TELL_SHOWN;
	if (!shown && address) {
		format_append(&tell->out, "[]");
		return;
	}
	if (!tell_fetch(tell, &piece, address, sizeof(piece)))
		return;
	for (uint64_t i = 0; i < shown; i++, address += sizeof(piece)) {
		format_append(&tell->out, i ? ", " : "[");
		if (!tell_fetch(tell, &piece, address, sizeof(piece)))
			break;
		uint64_t part = piece.length < bytes ? piece.length : bytes;
		format_append(&tell->out, "{iov_base=");
		tell_data(tell, piece.base, part);
		format_append(&tell->out, ", iov_len=%lu}", piece.length);
		bytes -= part;
	}
	format_append(&tell->out, count > shown ? ", ...]" : "]");
}

bool decode_vector(struct tell *tell, uint64_t value)
{
	tell_vector(tell, value, tell_next(tell), UINT64_MAX);
	return true;
}

bool decode_vector_out(struct tell *tell, uint64_t value)
{
	if (!tell->ended)
		return false;
	if (tell_failed(tell))
		tell_pointer(tell, value);
	else
		tell_vector(tell, value, tell_next(tell), (uint64_t)tell->result);
	return true;
}

/* argv: a list of strings that a NULL ends. */
bool decode_words(struct tell *tell, uint64_t value)
{
	uint64_t word;
	if (!tell_fetch(tell, &word, value, sizeof(word)))
		return true;
	format_append(&tell->out, "[");
	for (uint32_t i = 0; word; i++) {
		format_append(&tell->out, i ? ", " : "");
		if (i == TELL_SHOWN) {
			format_append(&tell->out, "...");
			break;
		}
		tell_string(tell, word);
		value += sizeof(word);
		if (guest_read(&word, (gaddr_t){ value }, sizeof(word))) {
			format_append(&tell->out, ", ... /* 0x%lx */", value);
			break;
		}
	}
	format_append(&tell->out, "]");
	return true;
}

#define WORDS_COUNTED 4096u

bool decode_environment(struct tell *tell, uint64_t value)
{
	uint64_t word = 1;
	uint32_t count = 0;
	tell_pointer(tell, value);
	while (value && count < WORDS_COUNTED &&
	       !guest_read(&word, (gaddr_t){ value + count * sizeof(word) }, sizeof(word)) && word)
		count++;
	if (value)
		format_append(&tell->out, word ? " /* %u vars, unterminated */" : " /* %u var%s */", count,
			      count == 1 ? "" : "s");
	return true;
}

bool decode_descriptors(struct tell *tell, uint64_t value)
{
	tell_numbers(tell, value, 2);
	return true;
}

/* A position in a file that the call moves. */
bool decode_offset(struct tell *tell, uint64_t value)
{
	uint64_t before = tell->before[tell->index][0], after;
	if (!tell->ended)
		return false;
	if (!tell_fetch(tell, &after, value, sizeof(after)))
		return true;
	format_append(&tell->out, after == before ? "[%ld]" : "[%ld] => [%ld]", (int64_t)before,
		      (int64_t)after);
	return true;
}

/* Records of getdents64 have their length behind two words, those of getdents too. */
bool decode_entries(struct tell *tell, uint64_t value)
{
	uint64_t end = value + (uint64_t)tell->result;
	uint16_t bytes = 0;
	uint32_t count = 0;
	for (uint64_t at = value; at < end; at += bytes, count++)
		if (guest_read(&bytes, (gaddr_t){ at + offsetof(struct linux_dirent64, record_bytes) },
			       sizeof(bytes)) ||
		    !bytes)
			break;
	tell_pointer(tell, value);
	format_append(&tell->out, " /* %u entries */", count);
	return true;
}

bool decode_key(struct tell *tell, uint64_t value)
{
	if (value)
		format_append(&tell->out, "0x%x", (uint32_t)value);
	else
		format_append(&tell->out, "IPC_PRIVATE");
	return true;
}

bool decode_ipc_flags(struct tell *tell, uint64_t value)
{
	uint32_t flags = (uint32_t)value & ~0777u;
	if (flags) {
		tell_names(tell, NAMES_IPC, flags);
		format_append(&tell->out, "|");
	}
	tell_mode(tell, value & 0777);
	return true;
}
