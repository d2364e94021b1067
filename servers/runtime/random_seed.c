/* SPDX-License-Identifier: MIT */
/*
 * random_seed: the program's own stream of random.h and where its key comes from. The lock is a word that is spun on
 * with a yield: it is held for the time of a copy.
 */
#include "runtime/random.h"

#include <cpuid.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include "runtime/kernel.h"

static struct random_stream own_stream;
static bool own_stream_ready;
static uint32_t own_lock;

static uint64_t read_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static bool cpu_has_rdrand(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_RDRND) != 0;
}

static uint64_t read_rdrand(void)
{
	uint64_t value = 0;
	uint8_t good;

	__asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(good) : : "cc");
	return good ? value : 0;
}

static void mix_word(uint8_t key[32], unsigned place, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		key[(place * 8 + i) % 32] ^= (uint8_t)(value >> (8 * i));
}

static void gather_key(uint8_t key[32])
{
	const void *given = (const void *)getauxval(AT_RANDOM);

	memset(key, 0, 32);
	if (given != NULL)
		memcpy(key, given, 16);
	for (unsigned i = 0; cpu_has_rdrand() && i < 4; i++)
		mix_word(key, i, read_rdrand());
	for (unsigned i = 0; i < 64; i++) {
		uint64_t start = read_tsc();
		(void)k_thread_yield();
		mix_word(key, i, (read_tsc() - start) << (i % 32) ^ start);
	}
}

static void lock_own(void)
{
	while (__atomic_exchange_n(&own_lock, 1, __ATOMIC_ACQUIRE) != 0)
		(void)k_thread_yield();
}

static void unlock_own(void)
{
	__atomic_store_n(&own_lock, 0, __ATOMIC_RELEASE);
}

void random_fill(void *buffer, size_t bytes)
{
	uint8_t key[32];

	lock_own();
	if (!own_stream_ready) {
		gather_key(key);
		random_start(&own_stream, key);
		memset(key, 0, sizeof key);
		own_stream_ready = true;
	}
	random_take(&own_stream, buffer, bytes);
	unlock_own();
}
