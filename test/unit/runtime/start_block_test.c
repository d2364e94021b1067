/* SPDX-License-Identifier: MIT */
/*
 * The first words of a new program's stack: walked as a libc walks them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <elf.h>
#include <cmocka.h>
#include "runtime/start_block.h"

#define TOP 0x7f1000000000ull

static uint8_t block[START_BLOCK_BYTES];

static const void *at(uint64_t address)
{
	assert_in_range(address, TOP - START_BLOCK_BYTES, TOP - 1);
	return block + (address - (TOP - START_BLOCK_BYTES));
}

static uint64_t auxiliary(const uint64_t *words, uint64_t type)
{
	for (; words[0] != AT_NULL; words += 2) {
		if (words[0] == type)
			return words[1];
	}
	fail_msg("no auxiliary entry %lu", (unsigned long)type);
	return 0;
}

static void block_is_what_a_libc_expects(void **state)
{
	struct start_block_request request = {
		.top = TOP,
		.name = "server",
		.environment = { "ONE=1", "TWO=2" },
		.environment_count = 2,
		.headers = 0x400040,
		.header_count = 5,
		.entry = 0x401000,
		.random = "0123456789abcde",
	};
	const uint64_t *words;
	uint64_t stack;

	(void)state;
	assert_int_equal(start_block_make(&request, block, &stack), STATUS_OK);
	assert_int_equal(stack % 16, 0);
	words = at(stack);
	assert_int_equal(words[0], 1);
	assert_string_equal(at(words[1]), "server");
	assert_int_equal(words[2], 0);
	assert_string_equal(at(words[3]), "ONE=1");
	assert_string_equal(at(words[4]), "TWO=2");
	assert_int_equal(words[5], 0);
	assert_int_equal(auxiliary(words + 6, AT_PHDR), 0x400040);
	assert_int_equal(auxiliary(words + 6, AT_PHNUM), 5);
	assert_int_equal(auxiliary(words + 6, AT_PAGESZ), 4096);
	assert_string_equal(at(auxiliary(words + 6, AT_RANDOM)), "0123456789abcde");
}

static void too_much_is_refused(void **state)
{
	static char text[START_BLOCK_STRINGS][100];
	struct start_block_request request = { .top = TOP, .name = "x" };
	uint64_t stack;

	(void)state;
	request.environment_count = START_BLOCK_STRINGS;
	for (unsigned i = 0; i < START_BLOCK_STRINGS; i++) {
		memset(text[i], 'a', sizeof text[i] - 1);
		request.environment[i] = text[i];
	}
	assert_int_equal(start_block_make(&request, block, &stack), STATUS_TOO_BIG);
	request.environment_count = START_BLOCK_STRINGS + 1;
	assert_int_equal(start_block_make(&request, block, &stack), STATUS_TOO_BIG);
	for (unsigned length = 0; length < 99; length++) {
		request.environment_count = START_BLOCK_STRINGS;
		for (unsigned i = 0; i < START_BLOCK_STRINGS; i++)
			text[i][length] = '\0';
		status_code_t status = start_block_make(&request, block, &stack);
		assert_true(status == STATUS_OK || status == STATUS_TOO_BIG);
		for (unsigned i = 0; i < START_BLOCK_STRINGS; i++)
			text[i][length] = 'a';
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_is_what_a_libc_expects),
		cmocka_unit_test(too_much_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
