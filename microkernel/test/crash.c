/* SPDX-License-Identifier: MIT */
/*
 * Ends of the kernel on demand, for tests of its report: test=crash.NAME on the command line.
 */
#include "debug/log.h"
#include "structure/bytes.h"
#include "test/test.h"

static void crash_assert(void)
{
	volatile int one = 1;
	kernel_assert(one == 2);
}

static void crash_null(void)
{
	volatile uint64_t *volatile nowhere = (volatile uint64_t *)0x18;
	*nowhere = 1;
}

static void crash_undefined(void)
{
	__asm__ volatile("ud2");
}

static const struct {
	const char *name;
	void (*run)(void);
} crashes[] = {
	{ "assert", crash_assert },
	{ "null", crash_null },
	{ "undefined", crash_undefined },
};

void test_crash(const char *word)
{
	for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
		size_t length = strlen(crashes[i].name);
		if (!memcmp(word, crashes[i].name, length) && (!word[length] || word[length] == ' '))
			crashes[i].run();
	}
}
