/* SPDX-License-Identifier: MIT */
/*
 * Values that an interface forbids: each is put into an otherwise good message of sample.lua and must be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "sample_protocol.h"

static struct message message;
static struct message_page page;

static struct sample_words_request good_words(void)
{
	return (struct sample_words_request){ .a = 1, .e = -5, .f = -6, .g = true, .h = SAMPLE_COLOUR_GREEN };
}

static status_code_t decode_words(struct sample_words_request *request)
{
	return sample_words_request_decode(&message, &page, request);
}

static void scalars_keep_their_values(void **state)
{
	struct sample_words_request request = good_words(), got;

	(void)state;
	assert_int_equal(sample_words_request_encode(&request, &message, &page), STATUS_OK);
	assert_int_equal(MESSAGE_BYTES(message.tag), 0);
	assert_int_equal(decode_words(&got), STATUS_OK);
	assert_int_equal(got.e, -5);
	assert_int_equal(got.f, -6);
	assert_true(got.g);
	assert_int_equal(got.h, SAMPLE_COLOUR_GREEN);
}

static void scalars_out_of_range_are_refused(void **state)
{
	static const uint64_t bad[8] = { 0x100, 0x10000, 1ull << 32, 0, 0x80000000u, 0, 2, 3 };
	struct sample_words_request request = good_words(), got;

	(void)state;
	for (int i = 0; i < 8; i++) {
		if (bad[i] == 0)
			continue;
		assert_int_equal(sample_words_request_encode(&request, &message, &page), STATUS_OK);
		message.words[i] = bad[i];
		assert_int_equal(decode_words(&got), STATUS_INVALID);
	}
}

static struct sample_page_request good_page(void)
{
	static const uint16_t numbers[] = { 3, 4 };
	static const uint8_t data[] = { 9 };
	struct sample_page_request request = {
		.request_id = 77,
		.numbers = numbers,
		.numbers_count = 2,
		.data = data,
		.data_bytes = 1,
		.name = "abc",
		.name_bytes = 3,
		.first = { 5 },
	};

	request.outer.inner.colour = SAMPLE_COLOUR_RED;
	return request;
}

static status_code_t encode_page(const struct sample_page_request *request)
{
	return sample_page_request_encode(request, &message, &page);
}

static status_code_t decode_page(struct sample_page_request *request)
{
	return sample_page_request_decode(&message, &page, request);
}

static void page_fields_keep_their_values(void **state)
{
	struct sample_page_request request = good_page(), got;

	(void)state;
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_OK);
	assert_int_equal(got.request_id, 77);
	assert_int_equal(got.numbers_count, 2);
	assert_int_equal(got.numbers[1], 4);
	assert_string_equal(got.name, "abc");
	assert_int_equal(got.name_bytes, 3);
	assert_int_equal(got.list_count, 0);
	assert_int_equal(got.first.value, 5);
	assert_int_equal(got.second.value, 0);
}

static void struct_members_are_checked(void **state)
{
	struct sample_page_request request = good_page(), got;

	(void)state;
	request.outer.inner.colour = 3;
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_INVALID);
	request = good_page();
	request.outer.inner.mood = 0x2;
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_INVALID);
	request = good_page();
	memset(request.outer.label, 'x', sizeof request.outer.label);
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_INVALID);
}

static void array_elements_are_checked(void **state)
{
	struct sample_outer list[3] = { { .inner.colour = 1 }, { .inner.colour = 2 }, { .inner.colour = 0 } };
	struct sample_page_request request = good_page(), got;

	(void)state;
	request.list = list;
	request.list_count = 2;
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_OK);
	request.list_count = 3;
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_INVALID);
}

static void senders_mistakes_are_refused(void **state)
{
	struct sample_page_request request = good_page();

	(void)state;
	request.name_bytes = SAMPLE_NAME_MAX + 1;
	assert_int_equal(encode_page(&request), STATUS_INVALID);
	request = good_page();
	request.name = "a\0c";
	assert_int_equal(encode_page(&request), STATUS_INVALID);
	request = good_page();
	request.numbers_count = 10;
	assert_int_equal(encode_page(&request), STATUS_INVALID);
	request = good_page();
	request.first = HANDLE_NONE;
	assert_int_equal(encode_page(&request), STATUS_INVALID);
	request = good_page();
	request.third.value = 8;
	assert_int_equal(encode_page(&request), STATUS_INVALID);
}

static void strings_hold_no_nul(void **state)
{
	struct sample_page_request request = good_page(), got;
	uint8_t *name;

	(void)state;
	assert_int_equal(encode_page(&request), STATUS_OK);
	assert_int_equal(decode_page(&got), STATUS_OK);
	name = page.data + ((const uint8_t *)got.name - page.data);
	name[1] = '\0';
	assert_int_equal(decode_page(&got), STATUS_INVALID);
	name[1] = 'b';
	name[3] = 'd';
	assert_int_equal(decode_page(&got), STATUS_INVALID);
}

static void replies_carry_their_status(void **state)
{
	struct sample_page_reply reply = { .object = { 3 } }, got;

	(void)state;
	assert_int_equal(sample_page_reply_encode(STATUS_NOT_FOUND, &reply, &message, &page), STATUS_OK);
	assert_int_equal(MESSAGE_HANDLE_COUNT(message.tag), 0);
	assert_int_equal(sample_page_reply_decode(&message, &page, &got), STATUS_NOT_FOUND);
	assert_int_equal(sample_page_reply_encode(STATUS_PENDING, &reply, &message, &page), STATUS_OK);
	assert_int_equal(sample_page_reply_decode(&message, &page, &got), STATUS_PENDING);
	assert_int_equal(got.object.value, 3);
	message.words[0] = 1;
	assert_int_equal(sample_page_reply_decode(&message, &page, &got), STATUS_CORRUPT);
	message.words[0] = (uint64_t)-1000;
	assert_int_equal(sample_page_reply_decode(&message, &page, &got), STATUS_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scalars_keep_their_values),
		cmocka_unit_test(scalars_out_of_range_are_refused),
		cmocka_unit_test(page_fields_keep_their_values),
		cmocka_unit_test(struct_members_are_checked),
		cmocka_unit_test(array_elements_are_checked),
		cmocka_unit_test(senders_mistakes_are_refused),
		cmocka_unit_test(strings_hold_no_nul),
		cmocka_unit_test(replies_carry_their_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
