/* SPDX-License-Identifier: MIT */
/*
 * Tests of the log's formatter, the log ring, and the functions on bytes.
 */
#include <stdint.h>
#include "abi/types.h"
#include "debug/log.h"
#include "structure/bytes.h"
#include "test/test.h"

static char text[128];

#define CHECK_FORMAT(expected, ...)                                                                          \
	do {                                                                                                 \
		size_t length = format_print(text, sizeof(text), __VA_ARGS__);                               \
		TEST_CHECK(!strcmp(text, expected) && length == strlen(expected));                           \
	} while (0)

KERNEL_TEST(format_numbers)
{
	CHECK_FORMAT("0 -1 2147483647", "%d %d %d", 0, -1, 2147483647);
	CHECK_FORMAT("-9223372036854775808", "%ld", INT64_MIN);
	CHECK_FORMAT("18446744073709551615", "%lu", UINT64_MAX);
	CHECK_FORMAT("4294967295 ff", "%u %x", UINT32_MAX, 0xffu);
	CHECK_FORMAT("00000000deadbeef", "%016lx", 0xdeadbeeful);
	CHECK_FORMAT("[   7] [7   ] [-007]", "[%4d] [%-4d] [%04d]", 7, 7, -7);
	CHECK_FORMAT("0x1000", "%p", (void *)0x1000);
}

KERNEL_TEST(format_texts)
{
	CHECK_FORMAT("a%b", "%c%%%s", 'a', "b");
	CHECK_FORMAT("[  ab] [ab  ] [a]", "[%4s] [%-4s] [%.1s]", "ab", "ab", "ab");
	const char *volatile none = NULL;
	CHECK_FORMAT("(null)", "%s", none);
}

KERNEL_TEST(format_cut)
{
	char small[4] = { 'x', 'x', 'x', 'x' };
	TEST_CHECK(format_print(small, 3, "%s", "abcdef") == 2);
	TEST_CHECK(!strcmp(small, "ab") && small[3] == 'x');
	TEST_CHECK(format_print(small, 1, "%d", 5) == 0 && small[0] == 0);
}

KERNEL_TEST(log_ring_positions)
{
	static char read[64];
	uint64_t end = UINT64_MAX, old = 0;
	TEST_CHECK(log_read(&end, read, sizeof(read)) == 0);
	uint64_t start = end;
	log_text("TEST-RING ok\n", 13);
	TEST_CHECK(log_read(&end, read, sizeof(read)) == 13 && !memcmp(read, "TEST-RING ok\n", 13));
	TEST_CHECK(end == start + 13);
	TEST_CHECK(log_read(&old, read, sizeof(read)) == sizeof(read));
	TEST_CHECK(end - old <= LOG_RING_BYTES);
}

static unsigned char buffer[300], mirror[300];

static void fill(void)
{
	for (unsigned i = 0; i < sizeof(buffer); i++)
		buffer[i] = mirror[i] = (unsigned char)(i * 7 + 1);
}

static bool move_agrees(size_t to, size_t from, size_t bytes)
{
	fill();
	memmove(buffer + to, buffer + from, bytes);
	static unsigned char source[300];
	for (size_t i = 0; i < sizeof(mirror); i++)
		source[i] = mirror[i];
	for (size_t i = 0; i < bytes; i++)
		mirror[to + i] = source[from + i];
	for (size_t i = 0; i < sizeof(mirror); i++) {
		if (mirror[i] != buffer[i])
			return false;
	}
	return true;
}

KERNEL_TEST(bytes_move)
{
	for (size_t bytes = 0; bytes < 140; bytes += bytes < 20 ? 1 : 13) {
		for (size_t distance = 0; distance < 20; distance++) {
			TEST_CHECK(move_agrees(distance, 0, bytes));
			TEST_CHECK(move_agrees(0, distance, bytes));
		}
	}
}

KERNEL_TEST(bytes_set_and_compare)
{
	for (size_t bytes = 0; bytes < 70; bytes++) {
		fill();
		memset(buffer + 3, 0xa5, bytes);
		TEST_CHECK(buffer[2] == mirror[2] && buffer[3 + bytes] == mirror[3 + bytes]);
		for (size_t i = 0; i < bytes; i++)
			TEST_CHECK(buffer[3 + i] == 0xa5);
	}
	fill();
	TEST_CHECK(memcmp(buffer, mirror, sizeof(buffer)) == 0);
	buffer[17] = 0xff;
	mirror[17] = 0x01;
	TEST_CHECK(memcmp(buffer, mirror, 17) == 0 && memcmp(buffer, mirror, 18) > 0);
	TEST_CHECK(memcmp(mirror, buffer, 40) < 0);
}
