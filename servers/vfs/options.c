/* SPDX-License-Identifier: MIT */
/*
 * Parsing of mount options. The text came from a guest: anything not understood is INVALID, nothing is skipped but the
 * options that Linux knows and that mean nothing here.
 */
#include <string.h>
#include "options.h"

#define MODE_DEFAULT 01777u

struct span {
	const char *at, *end;
};

static bool span_is(struct span span, const char *text)
{
	size_t bytes = strlen(text);

	return (size_t)(span.end - span.at) == bytes && memcmp(span.at, text, bytes) == 0;
}

/* Everything up to the separator; *rest continues behind it. */
static struct span span_cut(struct span *rest, char separator)
{
	struct span first = *rest;

	while (rest->at < rest->end && *rest->at != separator)
		rest->at++;
	first.end = rest->at;
	if (rest->at < rest->end)
		rest->at++;
	return first;
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

/* Base 0 reads 0x and a leading 0 as C does. False: no digit, or more than 64 bits. */
static bool number_read(struct span *text, unsigned base, uint64_t *value)
{
	const char *start;

	if (base == 0 && text->end - text->at > 2 && text->at[0] == '0' && (text->at[1] | 0x20) == 'x') {
		base = 16;
		text->at += 2;
	} else if (base == 0) {
		base = text->at < text->end && *text->at == '0' ? 8 : 10;
	}
	start = text->at;
	for (*value = 0; text->at < text->end && digit_value(*text->at) < base; text->at++)
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit_value(*text->at), value))
			return false;
	return text->at > start;
}

/* A number and perhaps one of k m g t p e. */
static bool scaled_read(struct span *text, uint64_t *value)
{
	static const char suffixes[] = "kmgtpe";
	const char *suffix;
	unsigned shift;

	if (!number_read(text, 0, value))
		return false;
	suffix = text->at < text->end ? strchr(suffixes, *text->at | 0x20) : NULL;
	if (!suffix)
		return true;
	shift = 10 * (unsigned)(suffix - suffixes + 1);
	if (*value > UINT64_MAX >> shift)
		return false;
	*value <<= shift;
	text->at++;
	return true;
}

static bool size_read(struct span text, uint64_t memory_pages, uint64_t *pages)
{
	uint64_t value;

	if (!scaled_read(&text, &value))
		return false;
	if (text.at < text.end && *text.at == '%') {
		text.at++;
		if (__builtin_mul_overflow(value, memory_pages, &value))
			return false;
		*pages = value / 100 + (value % 100 != 0);
		return text.at == text.end;
	}
	*pages = pages_of(value);
	return text.at == text.end;
}

static bool count_read(struct span text, uint64_t *value)
{
	return scaled_read(&text, value) && text.at == text.end;
}

static bool u32_read(struct span text, unsigned base, uint32_t *result)
{
	uint64_t value;

	if (!number_read(&text, base, &value) || text.at != text.end || value > UINT32_MAX)
		return false;
	*result = (uint32_t)value;
	return true;
}

static bool is_without_effect(struct span key)
{
	return span_is(key, "huge") || span_is(key, "mpol") || span_is(key, "inode32") ||
	       span_is(key, "inode64");
}

static bool owner_read(struct span key, struct span value, struct filesystem_options *options)
{
	if (span_is(key, "uid"))
		return u32_read(value, 0, &options->user);
	if (span_is(key, "gid"))
		return u32_read(value, 0, &options->group);
	if (!span_is(key, "mode") || !u32_read(value, 8, &options->mode))
		return is_without_effect(key);
	options->mode &= 07777u;
	return true;
}

static bool option_read(struct span option, uint64_t memory_pages, struct filesystem_options *options,
			uint32_t *named)
{
	struct span value = option, key = span_cut(&value, '=');

	if (span_is(key, "size") || span_is(key, "nr_blocks")) {
		*named |= OPTION_PAGES;
		return span_is(key, "size") ? size_read(value, memory_pages, &options->pages_max)
					    : count_read(value, &options->pages_max);
	}
	if (span_is(key, "nr_inodes")) {
		*named |= OPTION_INODES;
		return count_read(value, &options->inodes_max);
	}
	return owner_read(key, value, options);
}

struct filesystem_options options_default(uint64_t memory_pages)
{
	return (struct filesystem_options){
		.pages_max = memory_pages / 2,
		.inodes_max = memory_pages / 2,
		.mode = MODE_DEFAULT,
	};
}

status_t options_parse(const char *text, uint32_t bytes, uint64_t memory_pages,
		       struct filesystem_options *options, uint32_t *named)
{
	struct span rest = { text, text + bytes };
	struct filesystem_options parsed = *options;

	*named = 0;
	while (rest.at < rest.end) {
		struct span option = span_cut(&rest, ',');

		if (option.at < option.end && !option_read(option, memory_pages, &parsed, named))
			return STATUS_INVALID;
	}
	*options = parsed;
	return STATUS_OK;
}
