/* SPDX-License-Identifier: MIT
 *
 * What the hostile guest programs share: the list of calls, a pool of open files of every kind, pointers that are wrong in
 * every way, and children that may be killed by what they do.
 *
 * Rules of use:
 *  1. A child makes calls only by hostile_call: no C library in between, nothing on a stack that a call may have taken away.
 *  2. Nothing in a child is to be trusted after its first call; what the parent reads of it lies in shared memory.
 *  3. No word here passes a verdict about the system: that is run.py's, from outside.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CALL_ARGUMENTS = 6, POOL_MAX = 40, ARENA_BYTES = 64 << 10, PAGE = 4096 };

/* A row of calls.lua. kinds holds a letter per argument: f fd, i s32, g signal, u u32, m mode, b flags and bits, s size,
 * l s64, q u64, p pointer, r read from, w written to, a address, P path. */
struct call {
	uint32_t number;
	const char *name;
	uint32_t count;
	char kinds[CALL_ARGUMENTS + 1];
	const char *names[CALL_ARGUMENTS];
};

/* Made by run.py from the personality's list. */
extern const struct call calls[];
extern const uint32_t call_count;

struct pointer {
	const char *name;
	uint64_t value;
};

/* Memory of a child to point at: the arena, and pages that are wrong. */
struct places {
	uint8_t *arena;
	struct pointer bad[8];
	uint32_t bad_count;
};

/* What a child tells its parent, in shared memory. */
struct progress {
	volatile uint64_t steps;
	volatile uint32_t number;
	volatile int64_t result;
	volatile uint64_t arguments[CALL_ARGUMENTS];
	volatile uint32_t strange; /* answers that no Linux call gives */
	volatile uint32_t strange_number;
	volatile int64_t strange_result;
};

/* The call itself; a new process or thread that it makes ends at once, without touching memory. */
int64_t hostile_call(uint32_t number, const uint64_t *arguments);
/* No answer of a call to a program: an error without a number. */
bool answer_is_strange(int64_t result);
/* Interrupts the next call every few milliseconds, whatever was done to the signals before. */
void interrupt_calls(void);

void places_make(struct places *places);
/* Opens files of every kind as descriptors from 3 on, non-blocking where that is possible; returns the first one free. */
int pool_open(pid_t victim);

extern const char *const paths[];
extern const uint32_t path_count;

/* A fresh directory, session and descriptors 0 to 2 at /dev/null for a child; limits on memory, files and processor time. */
void child_prepare(const char *directory, uid_t user);
struct progress *progress_make(void);
/* Waits while the child makes progress; kills it after silence_ms without. Returns its wait status, -1 if it does not die. */
int child_follow(pid_t child, struct progress *progress, uint32_t silence_ms);
/* Numbered cases of something, made by children of its own: run makes those from a number on in its directory, and says by progress
 * which one it is about to make (number its place, steps its number + 1). It ends by cases_end. ended reports a place whose child
 * was killed by a signal. */
struct cases {
	const char *name;
	const void *what;
	void (*run)(const void *what, uint64_t from, const char *directory);
	void (*ended)(const void *what, uint32_t place, int signal);
};

void cases_end(struct progress *progress);
void cases_note_answer(struct progress *progress, int64_t result);
/* Makes all cases, with a new child behind each one that ended its child, and prints what is wrong. Returns how many were made. */
uint64_t cases_follow(const struct cases *cases, struct progress *progress);
/* Kills what children left behind. False if something does not die. */
bool kill_leftovers(void);
uint64_t now_ms(void);

#endif
