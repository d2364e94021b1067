/* SPDX-License-Identifier: MIT */
/*
 * Running a program in the calling thread's process.
 *
 * exec.c gathers, finds and builds the new image while the old one is whole, so every failure leaves the caller as it was;
 * exec_commit.c then replaces it and cannot fail.
 */
#ifndef LICHEN_PERSONALITY_EXEC_H
#define LICHEN_PERSONALITY_EXEC_H

#include "process/credentials.h"
#include "process/exec_arguments.h"
#include "process/exec_load.h"
#include "process/exec_stack.h"

struct exec_context {
	struct thread *self;
	const char *shown; /* the name the program is told (AT_EXECFN) */
	struct exec_arguments arguments;
	struct exec_image program, interpreter;
	bool has_interpreter;
	bool name_vanishes; /* started through a descriptor that exec closes: no script could be opened by that name */
	struct mm *mm;
	struct exec_stack stack;
	struct exec_identity identity;
	struct credentials *credentials;
	struct files *files;     /* a copy, when the table was shared; NULL: keep */
	struct sighand *sighand; /* the same */
};

/* Execute what `name` below `directory` is, with the gathered arguments (freed in any case). 0: the registers are the new
   program's. -errno: nothing changed. */
int exec_run(struct thread *self, int32_t directory, const char *name, uint32_t at_flags, const char *shown,
	     struct exec_arguments *arguments);
/* End the other threads of the process and take the leader's tid: -EAGAIN when the process is ending. */
int exec_become_only_thread(struct thread *self);
/* Replace the image. */
void exec_commit(struct exec_context *context);

#endif
