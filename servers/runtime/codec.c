/* SPDX-License-Identifier: MIT */
/*
 * codec: see codec.h for the layout. The one place that knows how items lie in a message page.
 */
#include "runtime/codec.h"

#include <string.h>

/* The lowest status code that exists: what lies below came from no server of ours. */
#define STATUS_COUNT(code, name, text) +1
enum { STATUS_LOWEST = 1 - (0 STATUS_TABLE(STATUS_COUNT)) };

static size_t rounded(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

struct codec_writer codec_writer_start(struct message *message, struct message_page *page)
{
	*message = (struct message){ 0 };
	return (struct codec_writer){ .page = page };
}

/* Room for a block at the end of what is used, its padding zeroed; NULL when it does not fit. */
static uint8_t *writer_extend(struct codec_writer *writer, size_t bytes)
{
	uint8_t *place;

	if (writer->page == NULL || bytes > MESSAGE_DATA_MAX - writer->bytes)
		writer->failed = true;
	if (writer->failed)
		return NULL;
	place = writer->page->data + writer->bytes;
	memset(place + bytes, 0, rounded(bytes) - bytes);
	writer->bytes += (uint32_t)rounded(bytes);
	return place;
}

void codec_put_word(struct codec_writer *writer, uint64_t value)
{
	codec_put_block(writer, &value, sizeof value);
}

void codec_put_block(struct codec_writer *writer, const void *source, size_t bytes)
{
	uint8_t *place = writer_extend(writer, bytes);

	if (place != NULL && bytes != 0)
		memmove(place, source, bytes);
}

void codec_put_array(struct codec_writer *writer, const void *source, uint32_t count, size_t element,
		     uint32_t max)
{
	if (count > max || (count != 0 && source == NULL)) {
		writer->failed = true;
		return;
	}
	codec_put_word(writer, count);
	codec_put_block(writer, source, count * element);
}

void codec_put_string(struct codec_writer *writer, const char *source, uint32_t bytes, uint32_t max)
{
	uint8_t *place;

	if (bytes > max || (bytes != 0 && (source == NULL || memchr(source, '\0', bytes) != NULL))) {
		writer->failed = true;
		return;
	}
	codec_put_word(writer, bytes);
	place = writer_extend(writer, (size_t)bytes + 1);
	if (place == NULL)
		return;
	if (bytes != 0)
		memmove(place, source, bytes);
	place[bytes] = '\0';
}

void codec_put_handle(struct codec_writer *writer, handle_t handle, bool optional)
{
	if (handle.value == 0 && optional) {
		writer->handles_end = true;
		return;
	}
	if (writer->page == NULL || handle.value == 0 || writer->handles_end ||
	    writer->handles == MESSAGE_HANDLES) {
		writer->failed = true;
		return;
	}
	writer->page->handles[writer->handles++] = handle;
}

status_t codec_writer_finish(const struct codec_writer *writer, struct message *message, unsigned number)
{
	if (writer->failed)
		return STATUS_INVALID;
	message->tag = MESSAGE_TAG(number, writer->bytes, writer->handles);
	return STATUS_OK;
}

struct codec_reader codec_reader_start(const struct message *message, const struct message_page *page,
				       unsigned number)
{
	struct codec_reader reader = {
		.page = page,
		.limit = MESSAGE_BYTES(message->tag),
		.handle_limit = MESSAGE_HANDLE_COUNT(message->tag),
	};

	if (MESSAGE_NUMBER(message->tag) != number || reader.limit > MESSAGE_DATA_MAX ||
	    reader.limit % 8 != 0 || reader.handle_limit > MESSAGE_HANDLES)
		reader.failed = true;
	if (page == NULL && (reader.limit != 0 || reader.handle_limit != 0))
		reader.failed = true;
	return reader;
}

/* The next item's bytes, or NULL when the message ends before. */
static const uint8_t *reader_advance(struct codec_reader *reader, size_t bytes)
{
	const uint8_t *place;

	if (reader->failed || bytes > reader->limit - reader->at) {
		reader->failed = true;
		return NULL;
	}
	place = reader->page->data + reader->at;
	reader->at += (uint32_t)rounded(bytes);
	return place;
}

uint64_t codec_get_word(struct codec_reader *reader)
{
	uint64_t value;

	codec_get_block(reader, &value, sizeof value);
	return value;
}

void codec_get_block(struct codec_reader *reader, void *target, size_t bytes)
{
	const uint8_t *place = reader_advance(reader, bytes);

	if (place != NULL)
		memcpy(target, place, bytes);
	else
		memset(target, 0, bytes);
}

void *codec_get_array(struct codec_reader *reader, uint32_t *count, size_t element, uint32_t max)
{
	uint64_t wanted = codec_fits(reader, codec_get_word(reader), max);
	const uint8_t *place;

	if (wanted == 0 && !reader->failed) {
		*count = 0;
		return (void *)(uintptr_t)(reader->page->data + reader->at);
	}
	place = reader_advance(reader, (size_t)wanted * element);
	*count = place != NULL ? (uint32_t)wanted : 0;
	return (void *)(uintptr_t)place;
}

char *codec_get_string(struct codec_reader *reader, uint32_t *bytes, uint32_t max)
{
	static char empty[1];
	uint64_t length = codec_fits(reader, codec_get_word(reader), max);
	const uint8_t *place = reader_advance(reader, (size_t)length + 1);

	if (place != NULL && memchr(place, '\0', (size_t)length + 1) != place + length) {
		reader->failed = true;
		place = NULL;
	}
	*bytes = place != NULL ? (uint32_t)length : 0;
	return place != NULL ? (char *)(uintptr_t)place : empty;
}

handle_t codec_get_handle(struct codec_reader *reader, bool optional)
{
	if (reader->failed || reader->handle_at == reader->handle_limit) {
		codec_demand(reader, optional);
		return HANDLE_NONE;
	}
	return reader->page->handles[reader->handle_at++];
}

bool codec_reader_finish(const struct codec_reader *reader)
{
	return !reader->failed && reader->at == reader->limit && reader->handle_at == reader->handle_limit;
}

status_t codec_status(const struct codec_reader *reader, const struct message *message)
{
	int64_t status = (int64_t)message->words[0];

	if (reader->failed || status > STATUS_OK || status < STATUS_LOWEST)
		return STATUS_CORRUPT;
	return (status_code_t)status;
}
