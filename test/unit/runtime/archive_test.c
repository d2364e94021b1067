/* SPDX-License-Identifier: MIT */
/*
 * The newc reader: what it finds in good archives, and that cut, changed or lying ones are CORRUPT. Each archive lies in
 * memory of exactly its size, so that the sanitizer sees a byte too far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "runtime/archive.h"

#define SPACE 4096

static uint8_t space[SPACE];
static size_t used;

static void append(const void *bytes, size_t count)
{
	assert_true(used + count <= SPACE);
	memcpy(space + used, bytes, count);
	used += count;
}

static void pad(size_t unit)
{
	while (used % unit != 0)
		space[used++] = '\0';
}

/* `name_bytes` 0: the name with its NUL. */
static void add_entry(const char *name, size_t name_bytes, const char *data)
{
	char header[111];
	size_t bytes = name_bytes != 0 ? name_bytes : strlen(name) + 1;

	snprintf(header, sizeof header, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 7,
		 0100644, 1, 2, 3, 4, (unsigned)strlen(data), 5, 6, 8, 9, (unsigned)bytes, 0);
	append(header, 110);
	append(name, strlen(name) + 1);
	while (bytes-- > strlen(name) + 1)
		space[used++] = '\0';
	pad(4);
	append(data, strlen(data));
	pad(4);
}

static void start(void)
{
	memset(space, 0, sizeof space);
	used = 0;
	add_entry("./bin/one", 0, "first");
	add_entry("two", 40, "second file");
	add_entry("empty", 0, "");
	add_entry("TRAILER!!!", 0, "");
}

static status_code_t walk(const uint8_t *bytes, size_t size, int *entries)
{
	uint8_t *copy = malloc(size != 0 ? size : 1);
	struct archive archive = { copy, size };
	struct archive_entry entry;
	size_t position = 0;
	status_code_t status;

	assert_non_null(copy);
	memcpy(copy, bytes, size);
	*entries = -1;
	do {
		(*entries)++;
		status = archive_next(&archive, &position, &entry);
	} while (status == STATUS_OK);
	free(copy);
	return status;
}

static void entries_are_found(void **state)
{
	struct archive archive;
	struct archive_entry entry;
	int count;

	(void)state;
	start();
	archive = (struct archive){ space, used };
	assert_int_equal(walk(space, used, &count), STATUS_NOT_FOUND);
	assert_int_equal(count, 3);
	assert_int_equal(archive_find(&archive, "/bin/one", &entry), STATUS_OK);
	assert_int_equal(entry.data_bytes, 5);
	assert_memory_equal(space + entry.data_offset, "first", 5);
	assert_int_equal(entry.mode, 0100644);
	assert_int_equal(entry.inode, 7);
	assert_int_equal(entry.user, 1);
	assert_int_equal(entry.node_minor, 9);
	assert_int_equal(archive_find(&archive, "two", &entry), STATUS_OK);
	assert_string_equal(entry.name, "two");
	assert_memory_equal(space + entry.data_offset, "second file", 11);
	assert_int_equal(archive_find(&archive, "three", &entry), STATUS_NOT_FOUND);
}

static void every_cut_is_corrupt(void **state)
{
	int count;

	(void)state;
	start();
	for (size_t size = 0; size < used - 3; size++)
		assert_int_equal(walk(space, size, &count), STATUS_CORRUPT);
}

static void lying_lengths_are_corrupt(void **state)
{
	static const char *const lies[] = { "ffffffff", "7fffffff", "00001000", "zzzzzzzz", "0000000 " };
	int count;

	(void)state;
	for (int field = 6; field <= 11; field += 5) {
		for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
			start();
			memcpy(space + 6 + 8 * field, lies[i], 8);
			assert_int_equal(walk(space, used, &count), STATUS_CORRUPT);
		}
	}
}

static void names_end_in_nul(void **state)
{
	int count;

	(void)state;
	start();
	space[110 + 9] = 'x';
	assert_int_equal(walk(space, used, &count), STATUS_CORRUPT);
	start();
	memcpy(space + 6 + 8 * 11, "00000000", 8);
	assert_int_equal(walk(space, used, &count), STATUS_CORRUPT);
}

static void changed_bytes_are_safe(void **state)
{
	int count;

	(void)state;
	srand(7);
	for (int i = 0; i < 20000; i++) {
		start();
		space[(size_t)rand() % used] = (uint8_t)rand();
		status_code_t status = walk(space, used, &count);
		assert_true(status == STATUS_NOT_FOUND || status == STATUS_CORRUPT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_found),         cmocka_unit_test(every_cut_is_corrupt),
		cmocka_unit_test(lying_lengths_are_corrupt), cmocka_unit_test(names_end_in_nul),
		cmocka_unit_test(changed_bytes_are_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
