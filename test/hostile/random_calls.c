/* SPDX-License-Identifier: MIT
 *
 * Children that make random calls with random arguments:
 *     random_calls [-v] SEED FIRST CHILDREN CALLS
 * What child N does depends on the seed and N alone, so that a run is repeated from any child. Even children are root, odd
 * ones a user of their own. Prints "child N" before each, "strange CALL: NUMBER" for an answer that Linux never gives,
 * "undead child N" for one that SIGKILL does not end, and at the end "calls N". With -v, each call before it is made.
 *
 * - Left out: what ends the caller, what switches the machine off, and signals to all processes.
 * - A root child names only its own things (world.c) and only its own processes.
 * - Sizes are small or absurd, nothing between: the aim is the edges of calls, not the end of memory.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

enum { SILENCE_MS = 1500, FIRST_USER = 20000, OUTPUT = 900, ARENA_MASK = ARENA_BYTES - 1 };

struct fuzzer {
	uint64_t state;
	struct places places;
	uint8_t *region; /* what may be unmapped: the child itself uses nothing of it */
	pid_t victim;
	int output;
	char text[512];
};

static struct progress *progress;
static bool verbose;
static struct fuzzer fuzzer;

static uint64_t next(void)
{
	fuzzer.state ^= fuzzer.state << 13;
	fuzzer.state ^= fuzzer.state >> 7;
	fuzzer.state ^= fuzzer.state << 17;
	return fuzzer.state * 0x2545f4914f6cdd1dull >> 11;
}

static uint32_t below(uint32_t limit)
{
	return (uint32_t)(next() % limit);
}

static uint64_t any_of(const uint64_t *values, size_t count)
{
	return values[below((uint32_t)count)];
}

#define ANY(...)                                                                                             \
	any_of((const uint64_t[]){ __VA_ARGS__ },                                                            \
	       sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

static uint64_t random_size(void)
{
	return ANY(0, 1, 2, 3, 7, 8, 16, 24, 64, 100, 255, 256, 4095, 4096, 4097, 8192, 20000, 65536,
		   0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff,
		   0xfffffffffffff000);
}

static uint64_t random_number(void)
{
	switch (below(5)) {
	case 0: return below(12);
	case 1: return below(70);
	case 2:
		return ANY(-1, -2, 0x7fffffff, 0x80000000, 0xffffffff, 0x8000000000000000, 0x7fffffffffffffff,
			   4096, 1000000);
	case 3: return 1ull << below(32);
	default: return random_size();
	}
}

static uint64_t random_flags(void)
{
	switch (below(4)) {
	case 0: return 0;
	case 1: return 1ull << below(24);
	case 2: return 1ull << below(24) | 1ull << below(24) | below(4);
	default: return next() & next() & 0xffffffff;
	}
}

static uint64_t random_fd(void)
{
	return below(8) ? below(POOL_MAX) : ANY(-1, -100, 1000000, 0x80000000, 255, 0x7fffffff);
}

static uint64_t random_pid(void)
{
	uint64_t victim = (uint64_t)fuzzer.victim;
	return ANY(0, victim, victim, -victim, 99999, -99999, 0x80000000, 0x7fffffff);
}

static uint64_t in_arena(uint32_t offset)
{
	return (uint64_t)(uintptr_t)fuzzer.places.arena + (offset & ARENA_MASK);
}

/* Some words at a place of the arena: small numbers, descriptors, flags, and pointers into it. */
static void fill_words(uint32_t offset)
{
	for (uint32_t i = 0; i < 16; i++) {
		uint32_t at = (offset + i * 8) & ARENA_MASK & ~7u;
		uint64_t word = below(3) ? random_number() : random_fd();
		if (below(3) == 0)
			word = in_arena(below(ARENA_BYTES));
		if (below(12) == 0)
			word = fuzzer.places.bad[below(fuzzer.places.bad_count)].value;
		if (below(4) == 0)
			word = random_flags() << 32 | (random_number() & 0xffffffff);
		memcpy(fuzzer.places.arena + at, &word, 8);
	}
}

static uint64_t random_pointer(void)
{
	uint32_t offset = below(ARENA_BYTES);

	if (below(8) == 0)
		return 0;
	if (below(10) == 0)
		return fuzzer.places.bad[below(fuzzer.places.bad_count)].value;
	offset &= below(4) ? ~7u : ~0u;
	if (below(3))
		fill_words(offset);
	else if (below(2))
		memset(fuzzer.places.arena + (offset & ARENA_MASK & ~7u), 0, 8);
	return in_arena(offset);
}

static uint64_t random_path(void)
{
	uint32_t offset = below(ARENA_BYTES - 128);

	if (below(16) == 0)
		return random_pointer();
	strcpy((char *)fuzzer.places.arena + offset, paths[below(path_count)]);
	return in_arena(offset);
}

static uint64_t random_address(void)
{
	uint64_t inside = (uint64_t)(uintptr_t)fuzzer.region + below(ARENA_BYTES);
	return below(4)   ? inside & ~4095ull
	       : below(2) ? inside
			  : ANY(0, 8, 0x7ffffffff000, 0xffff800000000000);
}

static bool names_a_process(const char *name)
{
	return !strcmp(name, "pid") || !strcmp(name, "tid") || !strcmp(name, "tgid") ||
	       !strcmp(name, "who") || !strcmp(name, "group") || !strcmp(name, "id");
}

static uint64_t random_argument(char kind, const char *name)
{
	switch (kind) {
	case 'f': return random_fd();
	case 'g': return below(70);
	case 'm': return random_flags() & 0177777;
	case 'b': return random_flags();
	case 's': return random_size();
	case 'p':
	case 'r':
	case 'w': return random_pointer();
	case 'a': return random_address();
	case 'P': return random_path();
	case 'q': return below(2) ? random_pointer() : random_number();
	case 'i': return names_a_process(name) ? random_pid() : random_number();
	default: return below(2) ? random_flags() : random_number();
	}
}

static bool is_left_out(uint32_t number)
{
	switch (number) {
	case SYS_exit:
	case SYS_exit_group:
	case SYS_reboot:
	case SYS_settimeofday: /* the run's own time */
	case SYS_clock_settime: return true;
	case SYS_rt_sigreturn:
	case SYS_execve:
	case SYS_execveat:
	case SYS_pause: return below(20) != 0;
	default: return false;
	}
}

/* The second and third words of the calls that do many things are one of their commands, not any number. */
static void choose_command(uint32_t number, uint64_t *arguments)
{
	if (number == SYS_ioctl && below(4))
		arguments[1] = below(3) ? 0x5401 + below(0x40)
					: ANY(0x80045430, 0x40045431, 0x80045432, 0x5441, 0x80086601,
					      0x40086602, 0x80247009, 0x80045200, 0x40085203, 0x5450, 0x5451,
					      0x5452, 0x5460);
	else if (number == SYS_fcntl && below(4))
		arguments[1] = below(2) ? below(17)
					: ANY(36, 37, 38, 1024, 1025, 1026, 1030, 1031, 1032, 1033, 1034);
	else if (number == SYS_futex && below(4))
		arguments[1] = below(14) | (below(2) ? 128 : 0);
	else if (number == SYS_socket || number == SYS_socketpair)
		arguments[0] = below(4) ? 1 : arguments[0];
	else if ((number == SYS_setsockopt || number == SYS_getsockopt) && below(4))
		arguments[1] = 1, arguments[2] = below(70);
}

/* What would only use up the machine: memory at once, and processor time or memory without limit. */
static void soften(uint32_t number, uint64_t *arguments)
{
	if (number == SYS_mmap)
		arguments[3] &= ~0x48000ull;
	if (number == SYS_prlimit64 || number == SYS_setrlimit)
		arguments[number == SYS_setrlimit] |= 0x40000000 * (below(2));
	if (number == SYS_kill && (int32_t)arguments[0] == -1)
		arguments[0] = (uint64_t)fuzzer.victim;
}

static void trace(const struct call *call, const uint64_t *a)
{
	int length = snprintf(fuzzer.text, sizeof fuzzer.text, "%s(%llx, %llx, %llx, %llx, %llx, %llx)\n",
			      call->name, (unsigned long long)a[0], (unsigned long long)a[1],
			      (unsigned long long)a[2], (unsigned long long)a[3], (unsigned long long)a[4],
			      (unsigned long long)a[5]);
	if (write(fuzzer.output, fuzzer.text, (size_t)length) < 0)
		fuzzer.output = -1;
}

static const struct call *choose(uint64_t *arguments)
{
	const struct call *call = &calls[below(call_count)];

	while (is_left_out(call->number))
		call = &calls[below(call_count)];
	for (uint32_t i = 0; i < CALL_ARGUMENTS; i++)
		arguments[i] = i < call->count ? random_argument(call->kinds[i], call->names[i]) : next();
	choose_command(call->number, arguments);
	soften(call->number, arguments);
	return call;
}

static void child_run(uint64_t seed, uint32_t number, uint32_t count)
{
	char directory[64];
	uint64_t arguments[CALL_ARGUMENTS];

	snprintf(directory, sizeof directory, "/tmp/random-%u", number);
	fuzzer.output = verbose ? fcntl(STDOUT_FILENO, F_DUPFD, OUTPUT) : -1;
	child_prepare(directory, number % 2 ? FIRST_USER + number : 0);
	places_make(&fuzzer.places);
	fuzzer.region = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pool_open(fuzzer.victim);
	fuzzer.state = (seed + 1) * 0x9e3779b97f4a7c15ull ^ (number + 1) * 0xd1342543de82ef95ull;
	for (uint32_t i = 0; i < count; i++) {
		const struct call *call = choose(arguments);
		if (verbose)
			trace(call, arguments);
		interrupt_calls();
		progress->number = call->number;
		progress->steps = i + 1;
		progress->result = hostile_call(call->number, arguments);
		if (answer_is_strange(progress->result)) {
			progress->strange = call->number + 1;
			progress->strange_result = progress->result;
		}
	}
	_exit(0);
}

static const char *name_of(uint32_t number)
{
	for (uint32_t i = 0; i < call_count; i++)
		if (calls[i].number == number)
			return calls[i].name;
	return "?";
}

static void tidy(uint32_t number)
{
	static const char *const places[] = { "directory/inner", "directory", "tmpfs", "new", "file" };
	char path[96];

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(path, sizeof path, "/tmp/random-%u/%s", number, places[i]);
		for (int depth = 0; depth < 64 && umount2(path, MNT_DETACH) == 0; depth++)
			;
	}
}

static uint64_t run_child(uint64_t seed, uint32_t number, uint32_t count)
{
	pid_t child;
	int status;

	memset(progress, 0, sizeof *progress);
	printf("child %u\n", number);
	fuzzer.victim = fork();
	if (fuzzer.victim == 0)
		for (;;)
			pause();
	child = fork();
	if (child == 0)
		child_run(seed, number, count);
	status = child_follow(child, progress, SILENCE_MS);
	if (verbose)
		printf("child %u: status %x after %llu calls, the last %s\n", number, (unsigned)status,
		       (unsigned long long)progress->steps, name_of(progress->number));
	if (answer_is_strange(progress->strange_result))
		printf("strange %s: %lld\n", name_of(progress->strange - 1),
		       (long long)progress->strange_result);
	if (status == -1 || !kill_leftovers())
		printf("undead child %u: in %s\n", number, name_of(progress->number));
	tidy(number);
	return progress->steps;
}

int main(int count, char **words)
{
	uint64_t done = 0;
	uint32_t first;

	if (count > 1 && !strcmp(words[1], "-v"))
		verbose = true, count--, words++;
	if (count != 5)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	progress = progress_make();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	first = (uint32_t)atol(words[2]);
	for (uint32_t i = 0; i < (uint32_t)atol(words[3]); i++)
		done += run_child(strtoull(words[1], NULL, 0), first + i, (uint32_t)atol(words[4]));
	/* On a line of its own: a child can have written to the same pipe. */
	printf("\ncalls %llu\n", (unsigned long long)done);
	return 0;
}
