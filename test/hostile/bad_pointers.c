/* SPDX-License-Identifier: MIT
 *
 * Every call of the list with every kind of bad pointer in every pointer argument, the others valid:
 *     bad_pointers [-v] [CALL...]
 * A call that takes a descriptor is made with every open file of the pool. Each call runs in a child of its own, which is
 * restarted behind a case that ended it. Prints "ended CALL ARGUMENT POINTER: HOW" for a call that killed its caller,
 * "strange CALL: NUMBER" for an answer that Linux never gives, and at the end "cases N". With -v, each case before it is made.
 *
 * - A case is a number: argument, pointer and descriptor are its digits, so that a new child goes on where one ended.
 * - Calls that end their caller by purpose are left out, and those that read a structure from a bad place as their frame.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

enum { REFRESH = 64, COMMANDS = 24 };

static struct progress *progress;
static pid_t victim;
static bool verbose;

/* The commands of ioctl and fcntl that take a pointer, and the options of prctl and arch_prctl. */
static const uint32_t ioctls[COMMANDS] = {
	0x5401,     0x5402,     0x5403,     0x5404,     0x5405,     0x5406,     0x540f,     0x5410,
	0x5413,     0x5414,     0x5415,     0x5418,     0x541b,     0x5421,     0x5429,     0x80045430,
	0x40045431, 0x80045432, 0x80086601, 0x40086602, 0x80247009, 0x80045200, 0x40085203, 0x802c542a,
};
static const uint32_t fcntls[] = { 5, 6, 7, 15, 16, 36, 37, 38, 1036, 1037 };
static const uint32_t prctls[] = { 2, 15, 16, 25, 37, 40, 5, 9, 11, 19 };
static const uint32_t arch_prctls[] = { 0x1003, 0x1004, 0x1001 };

static const uint32_t *commands_of(uint32_t number, uint32_t *count)
{
	switch (number) {
	case SYS_ioctl: *count = COMMANDS; return ioctls;
	case SYS_fcntl: *count = sizeof fcntls / sizeof fcntls[0]; return fcntls;
	case SYS_prctl: *count = sizeof prctls / sizeof prctls[0]; return prctls;
	case SYS_arch_prctl: *count = sizeof arch_prctls / sizeof arch_prctls[0]; return arch_prctls;
	default: *count = 1; return NULL;
	}
}

static bool is_left_out(uint32_t number)
{
	return number == SYS_exit || number == SYS_exit_group || number == SYS_rt_sigreturn ||
	       number == SYS_pause;
}

/* The untyped last argument of the calls with commands counts as a pointer too. */
static bool is_pointer(const struct call *call, uint32_t argument)
{
	if (strchr("prwaP", call->kinds[argument]))
		return true;
	return (call->number == SYS_ioctl || call->number == SYS_fcntl)
		       ? argument == 2
		       : (call->number == SYS_prctl || call->number == SYS_arch_prctl) && argument == 1;
}

static bool is_fd(const struct call *call, uint32_t argument)
{
	return call->kinds[argument] == 'f';
}

static bool has_fd(const struct call *call)
{
	return strchr(call->kinds, 'f') != NULL;
}

static uint64_t valid_number(const struct call *call, uint32_t argument)
{
	const char *name = call->names[argument];

	switch (call->kinds[argument]) {
	case 'g': return 0;
	case 'm': return 0644;
	case 's': return strstr(name, "set_bytes") ? 8 : strstr(name, "vector") ? 2 : 64;
	case 'u': return strstr(name, "count") ? 2 : 16;
	case 'i':
		if (!strcmp(name, "length") || !strcmp(name, "bytes") || !strcmp(name, "count"))
			return 16;
		return strstr(name, "pid") || strstr(name, "tid") ? (uint64_t)victim : 0;
	default: return 0;
	}
}

static void fill_valid(const struct call *call, const struct places *places, uint64_t *arguments)
{
	for (uint32_t i = 0; i < CALL_ARGUMENTS; i++) {
		uint8_t *place = places->arena + i * 8192 + 4096;
		arguments[i] = 0;
		if (i >= call->count)
			continue;
		if (call->kinds[i] == 'P') {
			snprintf((char *)place, 64, "%s", i == 0 || call->kinds[0] == 'f' ? "file" : "new");
			arguments[i] = (uint64_t)(uintptr_t)place;
		} else if (strchr("prwa", call->kinds[i])) {
			memset(place, 0, 256);
			arguments[i] = (uint64_t)(uintptr_t)place;
		} else {
			arguments[i] = valid_number(call, i);
		}
	}
}

static uint32_t descriptors_of(const struct call *call, int first_free)
{
	return has_fd(call) ? (uint32_t)first_free - 3 : 1;
}

struct digits {
	uint32_t argument, pointer, descriptor, command;
};

static void make_case(const struct call *call, const struct places *places, struct digits digits,
		      uint64_t *arguments)
{
	uint32_t count;
	const uint32_t *commands = commands_of(call->number, &count);

	fill_valid(call, places, arguments);
	for (uint32_t i = 0; i < call->count; i++)
		if (is_fd(call, i))
			arguments[i] = 3 + digits.descriptor;
	if (commands)
		arguments[call->number == SYS_ioctl || call->number == SYS_fcntl] = commands[digits.command];
	arguments[digits.argument] = places->bad[digits.pointer].value;
}

/* The number's digits; false behind the last case of the call. */
static bool digits_of(const struct call *call, uint64_t number, uint32_t descriptors, struct digits *digits)
{
	struct places shape;
	uint32_t commands;

	commands_of(call->number, &commands);
	shape.bad_count = sizeof shape.bad / sizeof shape.bad[0];
	digits->descriptor = (uint32_t)(number % descriptors);
	number /= descriptors;
	digits->command = (uint32_t)(number % commands);
	number /= commands;
	digits->pointer = (uint32_t)(number % shape.bad_count);
	number /= shape.bad_count;
	for (uint32_t i = 0; i < call->count; i++)
		if (is_pointer(call, i) && number-- == 0) {
			digits->argument = i;
			return true;
		}
	return false;
}

static void child_run(const void *what, uint64_t from, const char *directory)
{
	const struct call *call = what;
	struct places places;
	struct digits digits;
	uint32_t descriptors;
	uint64_t arguments[CALL_ARGUMENTS];

	child_prepare(directory, 0);
	places_make(&places);
	descriptors = descriptors_of(call, pool_open(victim));
	interrupt_calls();
	for (uint64_t number = from; digits_of(call, number, descriptors, &digits); number++) {
		if (number % REFRESH == REFRESH - 1)
			interrupt_calls();
		make_case(call, &places, digits, arguments);
		progress->number = digits.argument << 16 | digits.pointer;
		progress->steps = number + 1;
		cases_note_answer(progress, hostile_call(call->number, arguments));
	}
	cases_end(progress);
}

static const char *const pointer_names[] = { "null",         "eight",    "unmapped", "kernel",
					     "noncanonical", "readonly", "page-end", "top" };

static void ended(const void *what, uint32_t place, int signal_number)
{
	const struct call *call = what;

	if (signal_number != SIGKILL || verbose)
		printf("ended %s %s %s: signal %d\n", call->name, call->names[place >> 16],
		       pointer_names[place & 15], signal_number);
}

static bool is_wanted(const struct call *call, int count, char **names)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(call->name, names[i]))
			return true;
	return count == 0 && !is_left_out(call->number);
}

int main(int count, char **words)
{
	uint64_t made = 0;
	int first = 1;

	if (count > 1 && !strcmp(words[1], "-v"))
		verbose = true, first = 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	progress = progress_make();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (uint32_t i = 0; i < call_count; i++) {
		if (!is_wanted(&calls[i], count - first, words + first))
			continue;
		victim = fork();
		if (victim == 0)
			for (;;)
				pause();
		if (verbose)
			printf("call %s\n", calls[i].name);
		made += cases_follow(&(struct cases){ calls[i].name, &calls[i], child_run, ended }, progress);
		if (!kill_leftovers())
			printf("undead after %s\n", calls[i].name);
	}
	printf("cases %llu\n", (unsigned long long)made);
	return 0;
}
