/* SPDX-License-Identifier: MIT */
/*
 * A program that is started instead of the supervisor and tests the kernel from user mode: real traps, real context
 * switches, real guests. It prints the same lines as the in-kernel tests and leaves QEMU through isa-debug-exit.
 *
 * Child domains and guests have a copy of the program's image at the same address, so any function may run there.
 */
#ifndef LICHEN_TEST_USER_TEST_H
#define LICHEN_TEST_USER_TEST_H

#include <stdbool.h>
#include "abi/blocks.h"
#include "abi/guest.h"
#include "abi/handles.h"
#include "abi/memory.h"
#include "abi/route.h"
#include "abi/stubs.h"
#include "abi/wait.h"

#define STACK_BYTES 0x4000ull
#define CHILD_STACK 0x700000ull /* in a child: a stack, and above it its message page */
#define CHILD_MESSAGE 0x710000ull
#define SECOND_NS 1000000000ull

struct user_test {
	const char *name;
	/* NULL: passed; else what was wrong. */
	const char *(*run)(void);
};

extern const struct user_test domain_tests[], guest_tests[], trap_tests[]; /* end with a NULL name */

#define CHECK(condition)                                                                                     \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return #condition;                                                                   \
	} while (0)

handle_t result_handle(struct call_result result);
uint64_t now_ns(void);
void print_text(const char *text);
void print_number(const char *what, uint64_t number);
/* A memory object with a copy of the image. */
handle_t image_copy(void);
/* Map it into a space, all of it with these rights, private. */
bool image_map(handle_t space, handle_t image, uint32_t prot);
/* Anonymous memory in a space. */
bool memory_map(handle_t space, uint64_t address, uint64_t bytes);

/* Judges an exit: guest_going_on to enter again, guest_done when all came as it should, else what was wrong. */
typedef const char *(*guest_judge_t)(struct guest_record *record, enum guest_exit reason);
extern const char guest_going_on[], guest_done[];
/* The one guest, to begin at an entry of the image with these flags; it runs once the thread is started. */
handle_t guest_make(void (*entry)(void), uint64_t flags, guest_judge_t judged);
handle_t guest_start(void (*entry)(void), uint64_t flags, guest_judge_t judged);
struct guest_record *guest_record(void);
/* Wait for its end and close the thread: NULL when the judge was content. */
const char *guest_end(handle_t thread);

/* Assembly. Guest code: see start.S. */
void guest_calls(void);
void guest_parks(void);
extern const uint64_t guest_shortly[2];
void guest_spins(void);
void guest_faults(void);
void guest_uses_fpu(void);
void child_uses_fpu(uint64_t argument);
void child_halts(uint64_t argument);
void child_writes_null(uint64_t argument);
void exit_entry(void);
uint64_t registers_kept(void);

#endif
