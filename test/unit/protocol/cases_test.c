/* SPDX-License-Identifier: MIT */
/*
 * Every message of a service, both directions: its largest sample comes through unchanged, and no malformed message is
 * taken for a good one or makes the codec read where it may not (the sanitizers watch). CASES names the service's table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "case.h"

#define MUTATIONS 20000

struct sample {
	struct message message;
	struct message_page *page; /* of its own, so that the sanitizer sees its ends */
};

static struct sample sample_make(const struct protocol_case *row)
{
	struct sample sample = { .page = calloc(1, sizeof(struct message_page)) };

	assert_non_null(sample.page);
	assert_int_equal(row->make(&sample.message, sample.page), STATUS_OK);
	return sample;
}

static status_code_t decode(const struct protocol_case *row, struct sample *sample, struct sample *again)
{
	return row->again(&sample->message, sample->page, &again->message, again->page);
}

static void assert_same(const struct sample *one, const struct sample *other)
{
	assert_int_equal(one->message.tag, other->message.tag);
	assert_memory_equal(one->message.words, other->message.words, sizeof one->message.words);
	assert_memory_equal(one->page->data, other->page->data, MESSAGE_BYTES(one->message.tag));
	assert_memory_equal(one->page->handles, other->page->handles,
			    MESSAGE_HANDLE_COUNT(one->message.tag) * sizeof(handle_t));
}

static void samples_come_through(void **state)
{
	(void)state;
	for (const struct protocol_case *row = CASES; row->name != NULL; row++) {
		struct sample sample = sample_make(row), again = sample_make(row);

		memset(again.page, 0, sizeof *again.page);
		assert_int_equal(decode(row, &sample, &again), STATUS_OK);
		assert_same(&sample, &again);
		free(sample.page);
		free(again.page);
	}
}

static status_code_t malformed(const struct protocol_case *row)
{
	return row->reply ? STATUS_CORRUPT : STATUS_INVALID;
}

static void expect_refusal(const struct protocol_case *row, uint64_t tag)
{
	struct sample sample = sample_make(row), again = sample_make(row);

	sample.message.tag = tag;
	assert_int_equal(decode(row, &sample, &again), malformed(row));
	free(sample.page);
	free(again.page);
}

static void wrong_lengths_are_refused(void **state)
{
	(void)state;
	for (const struct protocol_case *row = CASES; row->name != NULL; row++) {
		struct sample sample = sample_make(row);
		uint64_t tag = sample.message.tag;
		unsigned number = MESSAGE_NUMBER(tag), bytes = MESSAGE_BYTES(tag),
			 handles = MESSAGE_HANDLE_COUNT(tag);

		free(sample.page);
		for (unsigned cut = 0; cut < bytes; cut++)
			expect_refusal(row, MESSAGE_TAG(number, cut, handles));
		if (bytes + 8 <= MESSAGE_DATA_MAX)
			expect_refusal(row, MESSAGE_TAG(number, bytes + 8, handles));
		expect_refusal(row, MESSAGE_TAG(number, 8191, handles));
		expect_refusal(row, MESSAGE_TAG(number, bytes, handles + 1));
		expect_refusal(row, MESSAGE_TAG(number + 1, bytes, handles));
	}
}

/* Changed at random, a message is refused or understood; what is understood comes through a second time unchanged. */
static void mutate(const struct protocol_case *row, struct sample *sample)
{
	unsigned bytes = MESSAGE_BYTES(sample->message.tag);
	unsigned place = (unsigned)rand() % (bytes + 64);

	(void)row;
	if (place < bytes)
		sample->page->data[place] ^= (uint8_t)(1u << (rand() % 8));
	else
		sample->message.words[(place - bytes) / 8] ^= 1ull << (rand() % 64);
}

static void mutations_are_safe(void **state)
{
	(void)state;
	srand(20240607);
	for (const struct protocol_case *row = CASES; row->name != NULL; row++) {
		struct sample again = sample_make(row), third = sample_make(row);

		for (int i = 0; i < MUTATIONS / 20; i++) {
			struct sample sample = sample_make(row);
			for (int flips = 1 + rand() % 4; flips > 0; flips--)
				mutate(row, &sample);
			if (decode(row, &sample, &again) == STATUS_OK) {
				assert_int_equal(decode(row, &again, &third), STATUS_OK);
				assert_same(&again, &third);
			}
			free(sample.page);
		}
		free(again.page);
		free(third.page);
	}
}

/* A thread without a message page can send and receive what fits in words, and nothing else. */
static void no_page_means_words_only(void **state)
{
	(void)state;
	for (const struct protocol_case *row = CASES; row->name != NULL; row++) {
		struct sample sample = sample_make(row);
		int needs_page = MESSAGE_BYTES(sample.message.tag) != 0 ||
				 MESSAGE_HANDLE_COUNT(sample.message.tag) != 0;
		struct message message, again;

		assert_int_equal(row->make(&message, NULL), needs_page ? STATUS_INVALID : STATUS_OK);
		assert_int_equal(row->again(&sample.message, NULL, &again, NULL),
				 needs_page ? malformed(row) : STATUS_OK);
		free(sample.page);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_come_through),
		cmocka_unit_test(wrong_lengths_are_refused),
		cmocka_unit_test(mutations_are_safe),
		cmocka_unit_test(no_page_means_words_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
