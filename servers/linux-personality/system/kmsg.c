/* SPDX-License-Identifier: MIT */
/*
 * /dev/kmsg: one record of the log for each read, "priority,sequence,microseconds,-;text" (Documentation/ABI/testing/dev-kmsg).
 *
 * A line of the ring is "[seconds.micros] <domain> text". What programs write is stored with its priority before the text,
 * "<12>text"; other lines have the priority that Linux gives its own news. The sequence number is the line's place in the ring:
 * it rises, but not by one. The file's offset is that place too.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/kinds.h"
#include "linux_abi/files.h"
#include "linux_abi/poll.h"
#include "proc/text.h"
#include "runtime/kernel.h"
#include "system/log.h"

#define LINE_MAX_BYTES 976u
#define STAMP_BYTES 32u /* at most, of time and domain before a program's line */
#define PRIORITY_NEWS 6
#define PRIORITY_USER 12 /* facility user, level warning: a program's line that names none */
#define FACILITY_USER 8
#define LEVELS 8

struct span {
	const char *at, *end;
};

/* A decimal number; false when there is none. */
static bool take_number(struct span *text, uint64_t *value)
{
	const char *start = text->at;
	for (*value = 0; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++)
		*value = *value * 10 + (uint64_t)(*text->at - '0');
	return text->at > start;
}

static bool take_char(struct span *text, char character)
{
	if (text->at >= text->end || *text->at != character)
		return false;
	text->at++;
	return true;
}

static void skip_spaces(struct span *text)
{
	while (take_char(text, ' '))
		;
}

/* "<N>" before a text; false, and nothing taken, when there is none. */
static bool take_priority(struct span *text, uint64_t *priority)
{
	struct span rest = *text;
	if (!take_char(&rest, '<') || !take_number(&rest, priority) || !take_char(&rest, '>'))
		return false;
	*text = rest;
	return true;
}

static uint64_t take_micros(struct span *text)
{
	struct span rest = *text;
	uint64_t seconds, micros;
	if (!take_char(&rest, '['))
		return 0;
	skip_spaces(&rest);
	if (!take_number(&rest, &seconds) || !take_char(&rest, '.') || !take_number(&rest, &micros) ||
	    !take_char(&rest, ']'))
		return 0;
	skip_spaces(&rest);
	*text = rest;
	return seconds * 1000000 + micros;
}

static void record_print(struct text *out, struct span line, uint64_t sequence)
{
	uint64_t domain, priority = PRIORITY_NEWS, micros = take_micros(&line);
	if (take_priority(&line, &domain)) {
		skip_spaces(&line);
		(void)take_priority(&line, &priority);
	}
	text_unsigned(out, priority);
	text_char(out, ',');
	text_unsigned(out, sequence);
	text_char(out, ',');
	text_unsigned(out, micros);
	text_string(out, ",-;");
	text_bytes(out, line.at, (uint64_t)(line.end - line.at));
	text_char(out, '\n');
}

static int64_t kmsg_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	char line[LINE_MAX_BYTES];
	struct text out = { 0 };
	uint64_t priority = PRIORITY_USER, bytes = iter->remaining;
	struct span text = { line, line };
	int64_t moved;
	(void)self;
	(void)file;
	(void)offset;
	if (bytes > LINE_MAX_BYTES)
		return -EINVAL;
	moved = iter_from_guest(iter, line, bytes);
	if (moved <= 0)
		return moved;
	text.end += moved;
	if (take_priority(&text, &priority) && priority < LEVELS)
		priority |= FACILITY_USER;
	text_char(&out, '<');
	text_unsigned(&out, priority);
	text_char(&out, '>');
	text_bytes(&out, text.at, (uint64_t)(text.end - text.at));
	if (!out.failed)
		(void)k_log_write((uaddr_t){ (uintptr_t)out.bytes }, out.used);
	moved = out.failed ? -ENOMEM : moved;
	text_free(&out);
	wait_wake_all(&log_readers, LINUX_POLLIN | LINUX_POLLRDNORM);
	return moved;
}

static int64_t record_copy(struct guest_iter *iter, struct span line, uint64_t sequence)
{
	struct text out = { 0 };
	int64_t result;
	record_print(&out, line, sequence);
	if (out.failed)
		result = -ENOMEM;
	else if (out.used > iter->remaining)
		result = -EINVAL;
	else
		result = iter_to_guest(iter, out.bytes, out.used);
	text_free(&out);
	return result;
}

static int64_t record_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	char bytes[LINE_MAX_BYTES + STAMP_BYTES];
	struct span line = { bytes, bytes };
	uint64_t position = *offset, start;
	int64_t length = log_ring_read(&position, bytes, sizeof(bytes));
	bool overwritten;
	if (!length && file->flags & LINUX_O_NONBLOCK)
		return -EAGAIN;
	if (!length)
		length = log_wait(self, position);
	if (!length)
		length = log_ring_read(&position, bytes, sizeof(bytes));
	if (length <= 0)
		return length;
	start = position - (uint64_t)length;
	while (line.end < bytes + length && *line.end != '\n')
		line.end++;
	overwritten = start > *offset;
	/* Too short a buffer loses the record, as on Linux. */
	*offset = start + (uint64_t)(line.end - bytes) + (line.end < bytes + length);
	return overwritten ? -EPIPE : record_copy(iter, line, start);
}

/* What was overwritten before it was read: EPIPE, and what is left of its line is passed over; silently for who starts at 0. */
static int64_t kmsg_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	bool at_start = !*offset;
	int64_t length = record_read(self, file, iter, offset);
	return length == -EPIPE && at_start ? record_read(self, file, iter, offset) : length;
}

static int64_t kmsg_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence)
{
	(void)self;
	if (offset)
		return -ESPIPE;
	switch (whence) {
	case LINUX_SEEK_SET: file->offset = 0; return 0;
	case LINUX_SEEK_DATA: file->offset = log_cleared(); return 0;
	case LINUX_SEEK_END: file->offset = log_end(); return 0;
	default: return -EINVAL;
	}
}

static uint32_t kmsg_poll(struct file *file, struct poll_table *table)
{
	poll_add(table, file, &log_readers);
	return LINUX_POLLOUT | LINUX_POLLWRNORM |
	       (log_unread(file->offset) ? LINUX_POLLIN | LINUX_POLLRDNORM : 0);
}

const struct file_operations kmsg_operations = {
	.read = kmsg_read,
	.write = kmsg_write,
	.seek = kmsg_seek,
	.poll = kmsg_poll,
	.seekable = true,
	.no_pread = true,
};
