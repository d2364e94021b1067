/* SPDX-License-Identifier: MIT
 *
 * Structures that calls read, right in every word but one: bad pointers and numbers inside iovecs, message headers and their control
 * data, signal actions, alternate stacks, argument vectors, clone arguments, robust lists, filters and times.
 *     bad_nested [-v]
 * A call with a descriptor is made with every open file of the pool. Output as of bad_pointers.
 *
 * - A row's words and arguments are letters: word_of and argument_of say what each stands for.
 * - A case is a number whose digits are the word, what stands in it, and the descriptor. A new child goes on where one ended.
 * - Rows whose structure is used later than by the call (THEN_) may end their caller.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

enum { REFRESH = 64, STRUCTURE = 0x100, STRINGS = 0x700, VECTORS = 0x800, HEADER = 0x900, BUFFERS = 0x1000 };
enum then { THEN_NOTHING, THEN_SIGNAL, THEN_EXIT, THEN_MAY_END };

struct row {
	const char *name;
	uint32_t number;
	const char *arguments, *words;
	uint64_t constant;
	enum then then;
};

#ifndef SYS_futex_waitv
#	define SYS_futex_waitv 449
#endif
#define CLONE_WORDS "KppxS000000"
#define CLONE_FLAGS (0x00001000ull | 0x00100000ull | 0x01000000ull | 0x00200000ull)

static const struct row rows[] = {
	{ "readv", SYS_readv, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "writev", SYS_writev, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "preadv", SYS_preadv, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "pwritev", SYS_pwritev, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "preadv2", SYS_preadv2, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "pwritev2", SYS_pwritev2, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "vmsplice", SYS_vmsplice, "fS3", "plplpl", 0, THEN_NOTHING },
	{ "process_vm_readv local", SYS_process_vm_readv, "uS3i3", "plplpl", 0, THEN_NOTHING },
	{ "process_vm_readv remote", SYS_process_vm_readv, "ui3S3", "plplpl", 0, THEN_NOTHING },
	{ "process_vm_writev local", SYS_process_vm_writev, "uS3i3", "plplpl", 0, THEN_NOTHING },
	{ "process_vm_writev remote", SYS_process_vm_writev, "ui3S3", "plplpl", 0, THEN_NOTHING },
	{ "sendmsg", SYS_sendmsg, "fSK", "plv3cl0", MSG_DONTWAIT, THEN_NOTHING },
	{ "recvmsg", SYS_recvmsg, "fSK", "plv3cl0", MSG_DONTWAIT, THEN_NOTHING },
	{ "sendmsg vector", SYS_sendmsg, "fVK", "plplpl", MSG_DONTWAIT, THEN_NOTHING },
	{ "recvmsg vector", SYS_recvmsg, "fVK", "plplpl", MSG_DONTWAIT, THEN_NOTHING },
	{ "sendmsg control", SYS_sendmsg, "fCK", "hr3hr3", MSG_DONTWAIT, THEN_NOTHING },
	{ "sendmmsg", SYS_sendmmsg, "fS2K", "plv3cl00plv3cl00", MSG_DONTWAIT, THEN_NOTHING },
	{ "recvmmsg", SYS_recvmmsg, "fS2K0", "plv3cl00plv3cl00", MSG_DONTWAIT, THEN_NOTHING },
	{ "recvmmsg time", SYS_recvmmsg, "fi0KS", "0n", MSG_DONTWAIT, THEN_NOTHING },
	{ "setsockopt filter", SYS_setsockopt, "f1KSl", "3p", 26, THEN_NOTHING },
	{ "rt_sigaction", SYS_rt_sigaction, "gS08", "pKp0", 0x0c000004, THEN_SIGNAL },
	{ "sigaltstack", SYS_sigaltstack, "S0", "p0b", 0, THEN_SIGNAL },
	{ "rt_sigreturn", SYS_rt_sigreturn, "", "p", 0, THEN_MAY_END },
	{ "execve arguments", SYS_execve, "tS0", "ttt0", 0, THEN_MAY_END },
	{ "execve environment", SYS_execve, "tiS", "ttt0", 0, THEN_MAY_END },
	{ "execveat", SYS_execveat, "ftSi0", "ttt0", 0, THEN_MAY_END },
	{ "clone3", SYS_clone3, "Sb", CLONE_WORDS, CLONE_FLAGS, THEN_MAY_END },
	{ "set_robust_list", SYS_set_robust_list, "Sk", "p0p", 0, THEN_EXIT },
	{ "set_tid_address", SYS_set_tid_address, "w", "p", 0, THEN_EXIT },
	{ "rseq", 334, "S40K", "0p00", 0x53053053, THEN_MAY_END },
	{ "futex_waitv", SYS_futex_waitv, "S200", "0p20p2", 0, THEN_NOTHING },
	{ "pselect6 mask", SYS_pselect6, "3ppi0S", "p8", 0, THEN_NOTHING },
	{ "pselect6 time", SYS_pselect6, "0000S0", "0n", 0, THEN_NOTHING },
	{ "ppoll time", SYS_ppoll, "p0S08", "0n", 0, THEN_NOTHING },
	{ "nanosleep", SYS_nanosleep, "Sp", "0n", 0, THEN_NOTHING },
	{ "clock_nanosleep", SYS_clock_nanosleep, "10Sp", "0n", 0, THEN_NOTHING },
	{ "futex time", SYS_futex, "p00S", "0n", 0, THEN_NOTHING },
	{ "rt_sigtimedwait", SYS_rt_sigtimedwait, "ppS8", "0n", 0, THEN_NOTHING },
	{ "timerfd_settime", SYS_timerfd_settime, "f0Sp", "0n0n", 0, THEN_NOTHING },
	{ "setitimer", SYS_setitimer, "1Sp", "0n0n", 0, THEN_MAY_END },
	{ "utimensat", SYS_utimensat, "f0S0", "0n0n", 0, THEN_NOTHING },
	{ "timer_create", SYS_timer_create, "1Sp", "pgp", 0, THEN_NOTHING },
	{ "epoll_ctl", SYS_epoll_ctl, "f3fS", "1p", 0, THEN_NOTHING },
	{ "prlimit64", SYS_prlimit64, "07Sp", "bb", 0, THEN_NOTHING },
	{ "poll", SYS_poll, "S30", "gpg", 0, THEN_NOTHING },
};
enum { ROWS = sizeof rows / sizeof rows[0], NUMBERS = 8 };

static const uint64_t numbers[NUMBERS] = {
	UINT64_MAX, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffff, 0x80000000, 1000000000, 0x100000, 1,
};

static struct progress *progress;
static pid_t victim;
static bool verbose;

struct digits {
	uint32_t word, value, descriptor;
};

static uint64_t in_arena(const struct places *places, uint32_t offset)
{
	return (uint64_t)(uintptr_t)places->arena + offset;
}

/* p memory, v three iovecs, c control data, t a string, w the first word's value itself; h a control header's length, r SCM_RIGHTS,
 * l and k sizes, b a size of a page, n nanoseconds, g a signal, K the row's constant, a digit itself. */
static uint64_t word_of(const struct row *row, const struct places *places, char letter, uint32_t place)
{
	switch (letter) {
	case 'p': return in_arena(places, BUFFERS + place * 64);
	case 'x': return in_arena(places, BUFFERS + 0x800);
	case 'v': return in_arena(places, VECTORS);
	case 'c': return in_arena(places, STRUCTURE + 0x200);
	case 't': return in_arena(places, STRINGS);
	case 'h': return 20;
	case 'r': return 1ull << 32 | 1;
	case 'l': return 16;
	case 'k': return 24;
	case 'b': return row->number == SYS_clone3 ? 88 : PAGE;
	case 'n': return 1000;
	case 'g': return SIGUSR1;
	case 'S': return SIGCHLD;
	case 'K': return row->constant;
	default: return (uint64_t)(letter - '0');
	}
}

/* As the words, and: S the structure, V and C a message header with it as its iovecs or control data, i iovecs, u a process, f a file,
 * w the structure's first word. */
static uint64_t argument_of(const struct row *row, const struct places *places, char letter,
			    uint32_t descriptor)
{
	uint64_t structure = in_arena(places, STRUCTURE), first;
	struct msghdr header = { .msg_iov = (struct iovec *)(uintptr_t)in_arena(places, VECTORS),
				 .msg_iovlen = 3 };

	switch (letter) {
	case 'f': return 3 + descriptor;
	case 'u': return (uint64_t)victim;
	case 'S': return structure;
	case 'i': return in_arena(places, VECTORS);
	case 'w': memcpy(&first, places->arena + STRUCTURE, 8); return first;
	case 'V': header.msg_iov = (struct iovec *)(uintptr_t)structure; break;
	case 'C': header.msg_control = (void *)(uintptr_t)structure, header.msg_controllen = 48; break;
	default: return word_of(row, places, letter, 0);
	}
	memcpy(places->arena + HEADER, &header, sizeof header);
	return in_arena(places, HEADER);
}

static void make_case(const struct row *row, const struct places *places, struct digits digits,
		      uint64_t *arguments)
{
	uint64_t value;

	memset(places->arena, 0, 8192);
	strcpy((char *)places->arena + STRINGS, "/bin/true");
	for (uint32_t i = 0; i < 3; i++)
		((struct iovec *)(void *)(places->arena + VECTORS))[i] = (struct iovec){
			places->arena + BUFFERS + i * 64, 16
		};
	for (uint32_t i = 0; row->words[i]; i++) {
		value = word_of(row, places, row->words[i], i);
		if (i == digits.word && digits.value > 0)
			value = digits.value <= places->bad_count
					? places->bad[digits.value - 1].value
					: numbers[digits.value - 1 - places->bad_count];
		memcpy(places->arena + STRUCTURE + i * 8, &value, 8);
	}
	memset(arguments, 0, CALL_ARGUMENTS * sizeof *arguments);
	for (uint32_t i = 0; row->arguments[i]; i++)
		arguments[i] = argument_of(row, places, row->arguments[i], digits.descriptor);
}

/* Value 0 leaves the structure right. False behind the row's last case. */
static bool digits_of(const struct row *row, uint64_t number, uint32_t descriptors, struct digits *digits)
{
	uint32_t values = 1 + sizeof(((struct places *)0)->bad) / sizeof(struct pointer) + NUMBERS;

	digits->descriptor = (uint32_t)(number % descriptors);
	number /= descriptors;
	digits->value = (uint32_t)(number % values);
	digits->word = (uint32_t)(number / values);
	return digits->word < strlen(row->words);
}

/* The structure comes into use. */
static void use(const struct row *row)
{
	uint64_t to_itself[CALL_ARGUMENTS] = { (uint64_t)getpid(), SIGUSR1 }, none[CALL_ARGUMENTS] = { 0 };

	if (row->then == THEN_SIGNAL)
		hostile_call(SYS_kill, to_itself);
	if (row->then == THEN_EXIT)
		hostile_call(SYS_exit, none);
}

static void on_signal(int number)
{
	(void)number;
}

/* What reads too much stops behind the arena, before it comes to what is not its own. */
static void arena_fence(struct places *places)
{
	uint8_t *arena = mmap(NULL, ARENA_BYTES + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
	mprotect(arena + ARENA_BYTES, PAGE, PROT_NONE);
	places->arena = arena;
}

static void child_run(const void *what, uint64_t from, const char *directory)
{
	const struct row *row = what;
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	struct places places;
	struct digits digits;
	uint64_t arguments[CALL_ARGUMENTS];
	uint32_t descriptors;

	child_prepare(directory, 0);
	places_make(&places);
	arena_fence(&places);
	descriptors = (uint32_t)pool_open(victim) - 3;
	descriptors = strchr(row->arguments, 'f') ? descriptors : 1;
	sigaction(SIGUSR1, &action, NULL);
	interrupt_calls();
	for (uint64_t number = from; digits_of(row, number, descriptors, &digits); number++) {
		if (number % REFRESH == REFRESH - 1)
			interrupt_calls();
		make_case(row, &places, digits, arguments);
		progress->number = digits.word << 16 | digits.value;
		progress->steps = number + 1;
		cases_note_answer(progress, hostile_call(row->number, arguments));
		use(row);
	}
	cases_end(progress);
}

static void ended(const void *what, uint32_t place, int signal_number)
{
	const struct row *row = what;

	if ((signal_number != SIGKILL && row->then == THEN_NOTHING) || verbose)
		printf("ended %s word %u value %u: signal %d\n", row->name, place >> 16, place & 0xffff,
		       signal_number);
}

int main(int count, char **words)
{
	uint64_t cases = 0;

	verbose = count > 1 && !strcmp(words[1], "-v");
	setvbuf(stdout, NULL, _IOLBF, 0);
	progress = progress_make();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (uint32_t i = 0; i < ROWS; i++) {
		victim = fork();
		if (victim == 0)
			for (;;)
				pause();
		if (verbose)
			printf("row %s\n", rows[i].name);
		cases += cases_follow(&(struct cases){ rows[i].name, &rows[i], child_run, ended }, progress);
		if (!kill_leftovers())
			printf("undead after %s\n", rows[i].name);
	}
	printf("cases %llu\n", (unsigned long long)cases);
	return 0;
}
