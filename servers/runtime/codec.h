/* SPDX-License-Identifier: MIT */
/*
 * codec: how fields lie in a message. The generated codecs are written in these terms; nothing else uses them.
 *
 * The tag carries number, bytes of the page in use and count of handles. Behind the handles, the page holds items in
 * the order of the interface file, each starting at a multiple of 8:
 *   word    8 bytes
 *   block   the struct's bytes, zeros up to the next multiple of 8
 *   array   a word with the count, then the elements as a block
 *   string  a word with the length, then the bytes and a NUL as a block
 * A reply's first word is its status; the other fields are there when codec_has_answer(status).
 *
 * Both directions are pure and sticky: after the first mistake the rest is skipped, and finish says so. The page may
 * be NULL for a thread that has none; then only words pass. What is read comes from somebody else: every length,
 * count and value is checked here, and what failed reads as 0, NULL or empty.
 */
#ifndef LICHEN_RUNTIME_CODEC_H
#define LICHEN_RUNTIME_CODEC_H

#include <stdbool.h>
#include "abi/message.h"
#include "abi/status.h"
#include "abi/types.h"

struct codec_writer {
	struct message_page *page;
	uint32_t bytes;   /* of page data in use, multiple of 8 */
	uint32_t handles; /* in use */
	bool handles_end; /* an optional handle was left out: no further one can follow */
	bool failed;
};

struct codec_reader {
	const struct message_page *page;
	uint32_t at, limit;
	uint32_t handle_at, handle_limit;
	bool failed;
};

/* Clears the message. */
struct codec_writer codec_writer_start(struct message *message, struct message_page *page);
void codec_put_word(struct codec_writer *writer, uint64_t value);
void codec_put_block(struct codec_writer *writer, const void *source, size_t bytes);
void codec_put_array(struct codec_writer *writer, const void *source, uint32_t count, size_t element,
		     uint32_t max);
/* `bytes` does not count a NUL, and the source needs none. */
void codec_put_string(struct codec_writer *writer, const char *source, uint32_t bytes, uint32_t max);
void codec_put_handle(struct codec_writer *writer, handle_t handle, bool optional);
/* Sets the tag; INVALID when a field did not fit. */
status_t codec_writer_finish(const struct codec_writer *writer, struct message *message, unsigned number);

/* A reader of a message that must have this number (0: a reply). */
struct codec_reader codec_reader_start(const struct message *message, const struct message_page *page,
				       unsigned number);
uint64_t codec_get_word(struct codec_reader *reader);
void codec_get_block(struct codec_reader *reader, void *target, size_t bytes);
/* A pointer into the page, 8-byte aligned; NULL with count 0 after a failure. */
void *codec_get_array(struct codec_reader *reader, uint32_t *count, size_t element, uint32_t max);
/* NUL-terminated, in the page. "" after a failure. */
char *codec_get_string(struct codec_reader *reader, uint32_t *bytes, uint32_t max);
handle_t codec_get_handle(struct codec_reader *reader, bool optional);
/* True when nothing failed and nothing is left over. */
bool codec_reader_finish(const struct codec_reader *reader);

/* Status of a reply; CORRUPT when the server sent no status. */
status_t codec_status(const struct codec_reader *reader, const struct message *message);

/* A reply with this status carries its fields. */
static inline bool codec_has_answer(status_code_t status)
{
	return status == STATUS_OK || status == STATUS_PENDING;
}

static inline void codec_demand(struct codec_reader *reader, bool condition)
{
	if (!condition)
		reader->failed = true;
}

static inline uint64_t codec_fits(struct codec_reader *reader, uint64_t value, uint64_t max)
{
	codec_demand(reader, value <= max);
	return value <= max ? value : 0;
}

static inline int32_t codec_fits_s32(struct codec_reader *reader, uint64_t value)
{
	codec_demand(reader, (uint64_t)(int64_t)(int32_t)value == value);
	return (int32_t)value;
}

/* There is a NUL among the bytes of a text member. */
static inline bool codec_text_ends(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\0')
			return true;
	}
	return false;
}

#endif
