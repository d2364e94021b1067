/* SPDX-License-Identifier: MIT */
/*
 * The personality's side of a guest address space: handle, break, stack and argument ranges, names of mappings.
 *
 * Regions live in the kernel; a region's tag is an id of this mm's tag table, which holds the mapped file for
 * /proc/PID/maps. CLONE_VM shares the mm; fork copies it; exec makes a new one.
 */
#ifndef LICHEN_PERSONALITY_MM_H
#define LICHEN_PERSONALITY_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/route.h"
#include "abi/types.h"
#include "core/lock.h"

struct thread;
struct file;

struct mm {
	union {
		struct route_space space; /* B with the kernel: the break, where anonymous memory goes */
		struct mutex mutex;       /* serialises map changes of one space: its busy word */
	};
	uint32_t references; /* A */
	handle_t aspace;
	struct file *executable;
	uint64_t break_limit;
	uint64_t code_start, code_end, data_start, data_end;
	uint64_t stack_start, stack_limit;
	uint64_t arguments_start, arguments_end, environment_start, environment_end;
	uint64_t vdso;
	uint64_t auxiliary[48];
	uint32_t auxiliary_words;
	struct mm_tags *tags; /* tag -> referenced file and offset */
	uint64_t membarrier_registered;
	bool dumpable;
	uint64_t image;   /* I; a number of its own for each image that was executed; forks keep it */
	uint64_t made_ns; /* I; when that was */
};

_Static_assert(offsetof(struct mutex, word) == offsetof(struct route_space, busy) &&
		       sizeof(struct mutex) <= offsetof(struct route_space, break_start),
	       "the mutex is the busy word of the space's block");

/* The thread's mm is where routes find it: after each change of thread->mm. */
void mm_publish(struct thread *thread);
struct mm *mm_create(void); /* empty space; NULL without memory */
struct mm *mm_fork(struct mm *mm);
/* The program's file: /proc/PID/exe, and nobody may write it meanwhile. Takes a reference of its own; NULL drops it. */
void mm_set_executable(struct mm *mm, struct file *file);
void mm_get(struct mm *mm);
void mm_put(struct mm *mm);

/* A mapping to be made: numbers are Linux's; file NULL: anonymous memory. */
struct mapping {
	uint64_t address, length, offset;
	uint32_t prot, flags;
	struct file *file;
};

/* Answers the address or -errno; the mm takes a reference of the file for its tag. Used by mmap and exec. */
int64_t mm_map(struct thread *self, struct mm *mm, const struct mapping *mapping);

#endif
