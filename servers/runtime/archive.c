/* SPDX-License-Identifier: MIT */
/*
 * archive: see archive.h. The header is 110 characters: a magic of six and thirteen numbers of eight hexadecimal
 * digits; name and data follow, each padded to a multiple of four.
 */
#include "runtime/archive.h"

#include <stdbool.h>
#include <string.h>

#define HEADER_BYTES 110u
#define NUMBER_COUNT 13

enum header_number {
	NUMBER_INODE,
	NUMBER_MODE,
	NUMBER_USER,
	NUMBER_GROUP,
	NUMBER_LINKS,
	NUMBER_MODIFIED,
	NUMBER_DATA_BYTES,
	NUMBER_DEVICE_MAJOR,
	NUMBER_DEVICE_MINOR,
	NUMBER_NODE_MAJOR,
	NUMBER_NODE_MINOR,
	NUMBER_NAME_BYTES,
	NUMBER_CHECK,
};

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool read_number(const uint8_t *digits, uint32_t *number)
{
	uint32_t sum = 0;

	for (int i = 0; i < 8; i++) {
		int value = hex_value(digits[i]);
		if (value < 0)
			return false;
		sum = sum << 4 | (uint32_t)value;
	}
	*number = sum;
	return true;
}

static bool read_header(const struct archive *archive, size_t position, uint32_t numbers[NUMBER_COUNT])
{
	const uint8_t *header = archive->bytes + position;

	if (position > archive->size || archive->size - position < HEADER_BYTES ||
	    memcmp(header, "070701", 6) != 0)
		return false;
	for (int i = 0; i < NUMBER_COUNT; i++) {
		if (!read_number(header + 6 + 8 * i, &numbers[i]))
			return false;
	}
	return true;
}

/* Where `bytes` bytes at `start` end, padded to 4; false when the archive ends before. */
static bool padded_end(const struct archive *archive, size_t start, size_t bytes, size_t *end)
{
	if (start > archive->size || bytes > archive->size - start)
		return false;
	*end = (start + bytes + 3) & ~(size_t)3;
	return true;
}

static const char *without_prefix(const char *name)
{
	if (name[0] == '.' && name[1] == '/')
		name++;
	while (name[0] == '/')
		name++;
	return name;
}

static void fill_entry(struct archive_entry *entry, const uint32_t numbers[NUMBER_COUNT])
{
	*entry = (struct archive_entry){
		.inode = numbers[NUMBER_INODE],
		.mode = numbers[NUMBER_MODE],
		.user = numbers[NUMBER_USER],
		.group = numbers[NUMBER_GROUP],
		.links = numbers[NUMBER_LINKS],
		.modified = numbers[NUMBER_MODIFIED],
		.device_major = numbers[NUMBER_DEVICE_MAJOR],
		.device_minor = numbers[NUMBER_DEVICE_MINOR],
		.node_major = numbers[NUMBER_NODE_MAJOR],
		.node_minor = numbers[NUMBER_NODE_MINOR],
		.data_bytes = numbers[NUMBER_DATA_BYTES],
	};
}

status_t archive_next(const struct archive *archive, size_t *position, struct archive_entry *entry)
{
	uint32_t numbers[NUMBER_COUNT];
	const char *name;
	size_t end;

	if (!read_header(archive, *position, numbers) || numbers[NUMBER_NAME_BYTES] == 0)
		return STATUS_CORRUPT;
	name = (const char *)archive->bytes + *position + HEADER_BYTES;
	fill_entry(entry, numbers);
	if (!padded_end(archive, *position + HEADER_BYTES, numbers[NUMBER_NAME_BYTES], &entry->data_offset) ||
	    name[numbers[NUMBER_NAME_BYTES] - 1] != '\0')
		return STATUS_CORRUPT;
	if (!padded_end(archive, entry->data_offset, entry->data_bytes, &end))
		return STATUS_CORRUPT;
	if (strcmp(name, "TRAILER!!!") == 0)
		return STATUS_NOT_FOUND;
	entry->name = without_prefix(name);
	*position = end;
	return STATUS_OK;
}

status_t archive_find(const struct archive *archive, const char *name, struct archive_entry *entry)
{
	size_t position = 0;
	status_code_t status;

	name = without_prefix(name);
	do {
		status = archive_next(archive, &position, entry);
	} while (status == STATUS_OK && strcmp(entry->name, name) != 0);
	return status;
}
