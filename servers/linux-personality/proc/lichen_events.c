/* SPDX-License-Identifier: MIT */
/*
 * /proc/lichen/events, the newest events as a table; record, which takes "start MB" and "stop"; recording, what was recorded.
 */
#include <string.h>

#include "core/errno.h"
#include "core/guest_memory.h"
#include "proc/generated.h"
#include "proc/global_nodes.h"
#include "runtime/bootstrap.h"
#include "system/events.h"

#define EVENTS_AT_ONCE 64u
#define EVENTS_SHOWN 1024u
#define CHUNK_BYTES 4096u

static const char *const kind_names[EVENT_KIND_COUNT] = {
#define KIND_NAME(number, kind, name, first, second) [number] = (name),
	EVENT_KINDS(KIND_NAME) EVENT_NOTES(KIND_NAME)
#undef KIND_NAME
};

static void cell(struct text *out, uint64_t value, uint32_t width)
{
	text_unsigned_left(out, value, width);
	text_char(out, ' ');
}

static void show_event(struct text *out, uint64_t number, const struct event *event)
{
	uint64_t kind = event->time_kind >> EVENT_KIND_SHIFT, start = out->used;
	cell(out, number, 9);
	cell(out, event->time_kind & EVENT_TIME_MASK, 16);
	cell(out, 0, 3);
	cell(out, event->thread, 8);
	cell(out, event->cause, 9);
	text_string(out, "0x");
	text_hex(out, event->first, 1);
	text_pad_to(out, start, 70);
	text_string(out, " 0x");
	text_hex(out, event->second, 1);
	text_pad_to(out, start, 90);
	text_char(out, ' ');
	text_string(out, kind < EVENT_KIND_COUNT && kind_names[kind] ? kind_names[kind] : "?");
	text_char(out, '\n');
}

int show_events(struct request *request, struct text *out)
{
	struct event events[EVENTS_AT_ONCE];
	uint64_t position = 0, shown = 0;
	(void)request;
	text_string(out, "number    time_ns          cpu thread   cause     first                second      "
			 "        kind\n");
	for (uint64_t got = 1; got && shown < EVENTS_SHOWN; shown += got) {
		struct call_result result = k_event_read(bootstrap_handle("system"), 0,
							 (uaddr_t){ (uintptr_t)&position },
							 (uaddr_t){ (uintptr_t)events }, EVENTS_AT_ONCE);
		if (result.status < 0)
			return errno_from_status(result.status);
		got = result.value;
		for (uint64_t i = 0; i < got; i++)
			show_event(out, position - got + i + 1, &events[i]);
	}
	return 0;
}

int show_record(struct request *request, struct text *out)
{
	struct recording_header header;
	bool there = recording_about(&header);
	const struct event_recording *range = &header.range;
	(void)request;
	text_string(out, "recorded lost     room\n");
	cell(out, there ? range->end - range->first : 0, 8);
	cell(out, there && range->first > range->started ? range->first - range->started : 0, 8);
	text_unsigned(out, there ? range->capacity : 0);
	text_char(out, '\n');
	return 0;
}

static bool take_word(char **at, const char *word)
{
	size_t length = strlen(word);
	if (strncmp(*at, word, length))
		return false;
	*at += length;
	return true;
}

/* "start MB" */
static int64_t begin(char *at)
{
	uint64_t megabytes = 0;
	for (; *at >= '0' && *at <= '9' && megabytes < UINT32_MAX; at++)
		megabytes = megabytes * 10 + (uint64_t)(*at - '0');
	return *at && *at != '\n' ? -EINVAL : recording_begin(megabytes);
}

int64_t store_record(struct request *request, char *bytes, uint64_t count)
{
	int64_t error = -EINVAL;
	(void)request;
	if (take_word(&bytes, "start "))
		error = begin(bytes);
	else if (take_word(&bytes, "stop") && (!*bytes || *bytes == '\n'))
		error = recording_end();
	return error ? error : (int64_t)count;
}

int64_t recording_transfer(struct request *request, struct content *content, struct guest_iter *iter,
			   uint64_t *offset)
{
	char chunk[CHUNK_BYTES];
	int64_t done = 0, moved = 0;
	(void)request;
	(void)content;
	while (iter->remaining) {
		uint64_t bytes = iter->remaining < sizeof(chunk) ? iter->remaining : sizeof(chunk);
		moved = recording_read(*offset, chunk, bytes);
		if (moved > 0)
			moved = iter_to_guest(iter, chunk, (uint64_t)moved);
		if (moved <= 0)
			break;
		done += moved;
		*offset += (uint64_t)moved;
	}
	return done ? done : moved;
}
