/* SPDX-License-Identifier: MIT */
/*
 * Runner of the user-mode tests and what they share: user_test.h.
 */
#include "user_test.h"

#define EXIT_PORT 0xf4u
#define LINE_MAX 200u

extern char image_start[], image_data[], image_end[];
_Noreturn void user_main(void);
void *memcpy(void *restrict destination, const void *restrict source, size_t bytes);
void *memset(void *destination, int value, size_t bytes);

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes)
{
	char *to = destination;
	const char *from = source;
	while (bytes--)
		*to++ = *from++;
	return destination;
}

void *memset(void *destination, int value, size_t bytes)
{
	char *to = destination;
	while (bytes--)
		*to++ = (char)value;
	return destination;
}

struct line {
	char text[LINE_MAX];
	size_t used;
};

static void add(struct line *line, const char *text)
{
	while (*text && line->used < LINE_MAX)
		line->text[line->used++] = *text++;
}

static void add_number(struct line *line, uint64_t number)
{
	char digits[21];
	size_t at = sizeof(digits) - 1;
	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	add(line, &digits[at]);
}

static void print(const struct line *line)
{
	(void)k_log_write((uaddr_t){ (uintptr_t)line->text }, line->used);
}

void print_text(const char *text)
{
	struct line line = { .used = 0 };
	add(&line, text);
	print(&line);
}

void print_number(const char *what, uint64_t number)
{
	struct line line = { .used = 0 };
	add(&line, what);
	add(&line, " ");
	add_number(&line, number);
	print(&line);
}

handle_t result_handle(struct call_result result)
{
	return result.status ? HANDLE_NONE : (handle_t){ (uint32_t)result.value };
}

uint64_t now_ns(void)
{
	return k_clock_read().value;
}

handle_t image_copy(void)
{
	uint64_t bytes = (uint64_t)(image_end - image_start);
	handle_t object = result_handle(k_object_create(HANDLE_ROOT_ACCOUNT, bytes >> PAGE_SHIFT, 0));
	struct call_result written = k_object_write(object, 0, (uaddr_t){ (uintptr_t)image_start }, bytes);
	return written.status || written.value != bytes ? HANDLE_NONE : object;
}

static bool map(handle_t space, const struct map_request *request)
{
	return k_aspace_map(space, (uaddr_t){ (uintptr_t)request }).status == STATUS_OK;
}

bool image_map(handle_t space, handle_t image, uint32_t prot)
{
	struct map_request request = {
		.address = (uintptr_t)image_start,
		.length = (uint64_t)(image_end - image_start),
		.object = image,
		.prot = prot,
		.flags = MAP_FLAG_FIXED,
	};
	return map(space, &request);
}

bool memory_map(handle_t space, uint64_t address, uint64_t bytes)
{
	struct map_request request = {
		.address = address,
		.length = bytes,
		.prot = PROT_BIT_READ | PROT_BIT_WRITE,
		.flags = MAP_FLAG_FIXED,
	};
	return map(space, &request);
}

struct counts {
	uint64_t passed, failed;
};

static void run(const struct user_test *test, struct counts *counts)
{
	for (; test->name; test++) {
		const char *wrong = test->run();
		struct line line = { .used = 0 };
		add(&line, "TEST ");
		add(&line, test->name);
		add(&line, wrong ? " FAIL " : " PASS");
		add(&line, wrong ? wrong : "");
		print(&line);
		if (wrong)
			counts->failed++;
		else
			counts->passed++;
	}
}

_Noreturn void user_main(void)
{
	struct counts counts = { 0 };
	run(domain_tests, &counts);
	run(guest_tests, &counts);
	run(trap_tests, &counts);
	struct line line = { .used = 0 };
	add(&line, "TESTS ");
	add_number(&line, counts.passed);
	add(&line, " passed, ");
	add_number(&line, counts.failed);
	add(&line, " failed");
	print(&line);
	(void)k_ioport_write(HANDLE_IOPORTS, EXIT_PORT, 1, counts.failed ? 1 : 0);
	static const char text[] = "user tests ended without isa-debug-exit";
	(void)k_system_panic(HANDLE_SYSTEM, (uaddr_t){ (uintptr_t)text }, sizeof(text) - 1);
	for (;;)
		(void)k_thread_yield();
}
