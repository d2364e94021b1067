/* SPDX-License-Identifier: MIT */
/*
 * Gathering argument and environment strings. Limits: 128 KiB a string, `limit` in all (execve(2), "Limits on size of
 * arguments and environment"); the block itself holds at most what the arena gives in one piece.
 */
#include "process/exec_arguments.h"

#include <string.h>
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"

#define BLOCK_FIRST_BYTES 4096u
#define STRING_MAX 131072u
#define POINTER_BATCH 64u

int exec_arguments_init(struct exec_arguments *arguments, uint64_t limit)
{
	*arguments = (struct exec_arguments){ .capacity = BLOCK_FIRST_BYTES };
	arguments->limit = limit > SLAB_BYTES_MAX ? SLAB_BYTES_MAX : limit;
	arguments->bytes = slab_allocate(arguments->capacity);
	return arguments->bytes ? 0 : -ENOMEM;
}

void exec_arguments_free(struct exec_arguments *arguments)
{
	slab_free(arguments->bytes, arguments->capacity);
	arguments->bytes = NULL;
}

static uint64_t pointer_bytes(const struct exec_arguments *arguments)
{
	return ((uint64_t)arguments->argument_count + arguments->environment_count) * sizeof(uint64_t);
}

static int grow(struct exec_arguments *arguments)
{
	uint64_t capacity = arguments->capacity * 2;
	char *bytes;
	if (arguments->capacity >= arguments->limit || capacity > SLAB_BYTES_MAX)
		return -E2BIG;
	bytes = slab_allocate(capacity);
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, arguments->bytes, arguments->used);
	slab_free(arguments->bytes, arguments->capacity);
	arguments->bytes = bytes;
	arguments->capacity = capacity;
	return 0;
}

static int check_limit(const struct exec_arguments *arguments)
{
	return arguments->used + pointer_bytes(arguments) > arguments->limit ? -E2BIG : 0;
}

static int read_string(struct exec_arguments *arguments, gaddr_t string)
{
	for (;;) {
		uint64_t room = arguments->capacity - arguments->used;
		uint64_t max = room < STRING_MAX ? room : STRING_MAX;
		int64_t length = max ? guest_read_string(arguments->bytes + arguments->used, string, max)
				     : -ENAMETOOLONG;
		if (length >= 0) {
			arguments->used += (uint64_t)length + 1;
			return check_limit(arguments);
		}
		if (length != -ENAMETOOLONG)
			return (int)length;
		if (max == STRING_MAX)
			return -E2BIG;
		int error = grow(arguments);
		if (error)
			return error;
	}
}

/* Next pointers of an array: as many as a batch holds, but fewer rather than a fault that a shorter array would not have. */
static int read_pointers(gaddr_t array, uint64_t *pointers)
{
	uint64_t to_page_end = (4096 - array.value % 4096) / sizeof(uint64_t);
	uint64_t count = to_page_end && to_page_end < POINTER_BATCH ? to_page_end : POINTER_BATCH;
	if (array.value % sizeof(uint64_t))
		count = 1;
	return guest_read(pointers, array, count * sizeof(uint64_t)) ? -EFAULT : (int)count;
}

static int read_array(struct exec_arguments *arguments, gaddr_t array, uint32_t *count)
{
	uint64_t pointers[POINTER_BATCH];
	while (array.value) {
		int batch = read_pointers(array, pointers);
		if (batch < 0)
			return batch;
		for (int i = 0; i < batch; i++) {
			if (!pointers[i])
				return 0;
			++*count;
			int error = read_string(arguments, (gaddr_t){ pointers[i] });
			if (error)
				return error;
		}
		array = gaddr_add(array, (uint64_t)batch * sizeof(uint64_t));
	}
	return 0;
}

int exec_arguments_read(struct exec_arguments *arguments, gaddr_t array)
{
	int error = read_array(arguments, array, &arguments->argument_count);
	arguments->argument_bytes = arguments->used;
	return error;
}

int exec_environment_read(struct exec_arguments *arguments, gaddr_t array)
{
	return read_array(arguments, array, &arguments->environment_count);
}

static int append(struct exec_arguments *arguments, const char *text)
{
	uint64_t bytes = strlen(text) + 1;
	while (arguments->capacity - arguments->used < bytes) {
		int error = grow(arguments);
		if (error)
			return error;
	}
	memcpy(arguments->bytes + arguments->used, text, bytes);
	arguments->used += bytes;
	return check_limit(arguments);
}

int exec_argument_add(struct exec_arguments *arguments, const char *text)
{
	int error = append(arguments, text);
	if (error)
		return error;
	arguments->argument_count++;
	arguments->argument_bytes = arguments->used;
	return 0;
}

int exec_environment_add(struct exec_arguments *arguments, const char *text)
{
	int error = append(arguments, text);
	arguments->environment_count += !error;
	return error;
}

int exec_arguments_replace_first(struct exec_arguments *arguments, const char *const *texts, uint32_t count)
{
	uint64_t removed = arguments->argument_count ? strlen(arguments->bytes) + 1 : 0, added = 0;
	for (uint32_t i = 0; i < count; i++)
		added += strlen(texts[i]) + 1;
	while (arguments->capacity < arguments->used - removed + added) {
		int error = grow(arguments);
		if (error)
			return error;
	}
	memmove(arguments->bytes + added, arguments->bytes + removed, arguments->used - removed);
	arguments->used += added - removed;
	arguments->argument_bytes += added - removed;
	arguments->argument_count += count - (arguments->argument_count ? 1 : 0);
	char *at = arguments->bytes;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t bytes = strlen(texts[i]) + 1;
		memcpy(at, texts[i], bytes);
		at += bytes;
	}
	return check_limit(arguments);
}
