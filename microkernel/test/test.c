/* SPDX-License-Identifier: MIT */
/*
 * Runs the in-kernel tests (test.h).
 *
 * Each test runs twice; frames and objects are counted around the second run, when caches that keep a page for the
 * next time (the heap's last slab of a size) are warm: what still differs then is a leak.
 */
#include "debug/log.h"
#include "memory/memory.h"
#include "object/object.h"
#include "structure/bytes.h"
#include "test/test.h"

extern const struct kernel_test kernel_tests_start[], kernel_tests_end[];

#define EXIT_PASSED 0
#define EXIT_FAILED 1
#define ALL_TESTS "kernel"
#define CRASH "crash."
#define PREFIX_MAX 64u

int strcmp(const char *left, const char *right)
{
	while (*left && *left == *right) {
		left++;
		right++;
	}
	return (unsigned char)*left - (unsigned char)*right;
}

static bool run_once(const struct kernel_test *test)
{
	struct test_result result = { 0 };
	test->run(&result);
	if (result.failed)
		log_print_raw("TEST %s FAIL %s at %s:%d\n", test->name, result.failed, result.file,
			      result.line);
	object_reap();
	return !result.failed;
}

static bool run_counted(const struct kernel_test *test)
{
	if (!run_once(test))
		return false;
	uint64_t free_before = frame_counts().free, objects_before = object_count();
	if (!run_once(test))
		return false;
	uint64_t free = frame_counts().free, objects = object_count();
	if (free != free_before || objects != objects_before) {
		log_print_raw("TEST %s FAIL leaves %ld frames and %ld objects\n", test->name,
			      (long)(free_before - free), (long)(objects - objects_before));
		return false;
	}
	log_print_raw("TEST %s PASS\n", test->name);
	return true;
}

/* The word is kernel for all tests, or kernel.PREFIX for those whose names start so. */
static size_t prefix_of(const char *word, const char **prefix)
{
	size_t length = 0, all = strlen(ALL_TESTS);
	if (!memcmp(word, CRASH, sizeof(CRASH) - 1))
		test_crash(word + sizeof(CRASH) - 1);
	if (memcmp(word, ALL_TESTS, all))
		panic("test=%s: there is only test=kernel", word);
	*prefix = word + all;
	if (**prefix == '.')
		(*prefix)++;
	while (length < PREFIX_MAX && (*prefix)[length] && (*prefix)[length] != ' ')
		length++;
	return length;
}

_Noreturn void test_run_all(const char *word)
{
	const char *prefix;
	size_t length = prefix_of(word, &prefix);
	unsigned passed = 0, failed = 0;

	for (const struct kernel_test *test = kernel_tests_start; test < kernel_tests_end; test++) {
		if (strlen(test->name) < length || memcmp(test->name, prefix, length))
			continue;
		if (run_counted(test))
			passed++;
		else
			failed++;
	}
	log_print_raw("TESTS %u passed, %u failed\n", passed, failed);
	machine_exit(passed && !failed ? EXIT_PASSED : EXIT_FAILED);
}
