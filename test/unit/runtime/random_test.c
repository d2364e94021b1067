/* SPDX-License-Identifier: MIT */
/*
 * The ChaCha20 stream: the first test vector of RFC 8439, appendix A.1 (key, nonce and counter 0), and that the pieces in
 * which it is taken do not matter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "runtime/random.h"

static const uint8_t zero_key[32];

static void stream_follows_the_standard(void **state)
{
	static const uint8_t expected[64] = {
		0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5, 0x53,
		0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a, 0xa8, 0x36,
		0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48,
		0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4,
		0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2, 0xee, 0x65, 0x86,
	};
	struct random_stream stream;
	uint8_t got[64];

	(void)state;
	random_start(&stream, zero_key);
	random_take(&stream, got, sizeof got);
	assert_memory_equal(got, expected, sizeof got);
}

static void pieces_make_the_same_stream(void **state)
{
	struct random_stream whole, pieces;
	uint8_t one[500], other[500];
	size_t done = 0;

	(void)state;
	random_start(&whole, zero_key);
	random_start(&pieces, zero_key);
	random_take(&whole, one, sizeof one);
	for (size_t piece = 1; done < sizeof other; piece = piece * 3 % 91) {
		size_t count = piece < sizeof other - done ? piece : sizeof other - done;
		random_take(&pieces, other + done, count);
		done += count;
	}
	assert_memory_equal(one, other, sizeof one);
}

static void given_bytes_do_not_stay(void **state)
{
	struct random_stream stream;
	static const uint8_t zeros[40];
	uint8_t got[40];

	(void)state;
	random_start(&stream, zero_key);
	random_take(&stream, got, sizeof got);
	assert_memory_equal(stream.block, zeros, sizeof got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_follows_the_standard),
		cmocka_unit_test(pieces_make_the_same_stream),
		cmocka_unit_test(given_bytes_do_not_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
