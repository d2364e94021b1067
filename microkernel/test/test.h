/* SPDX-License-Identifier: MIT */
/*
 * In-kernel tests, run instead of the supervisor when the command line has test=kernel.
 *
 * A test is a function made with KERNEL_TEST anywhere in the kernel; the linker gathers them into one table. It runs
 * on the kernel stack with everything initialised and no thread running, and must give back all frames and objects
 * that it took: the framework counts both around each test. TEST_CHECK ends the test at the first thing that is wrong.
 * Output on the log: `TEST name PASS`, `TEST name FAIL why`, at the end `TESTS n passed, m failed`; then QEMU is left
 * through isa-debug-exit with code 0 (all passed: process status 1) or 1 (status 3).
 */
#ifndef LICHEN_TEST_TEST_H
#define LICHEN_TEST_TEST_H

#include <stdbool.h>

struct test_result {
	const char *failed; /* text of the failed check, NULL while all is well */
	const char *file;
	int line;
};

struct kernel_test {
	const char *name;
	void (*run)(struct test_result *result);
};

#define KERNEL_TEST(name)                                                                                    \
	static void test_##name(struct test_result *result);                                                 \
	static const struct kernel_test test_entry_##name                                                    \
		__attribute__((used, section("kernel_tests"))) = { #name, test_##name };                     \
	static void test_##name(struct test_result *result)

#define TEST_CHECK(condition)                                                                                \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			*result = (struct test_result){ #condition, __FILE__, __LINE__ };                    \
			return;                                                                              \
		}                                                                                            \
	} while (0)

int strcmp(const char *left, const char *right);

/* End the kernel as test=crash.WORD asks; returns when there is no such end. (crash.c) */
void test_crash(const char *word);
/* Run the tests that the option test= names (kernel, or kernel.PREFIX of names) and leave QEMU. */
_Noreturn void test_run_all(const char *word);

#endif
