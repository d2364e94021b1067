/* SPDX-License-Identifier: MIT */
/*
 * Making and unmaking thread and process records; nothing here knows clone's flags.
 */
#ifndef LICHEN_PERSONALITY_CREATE_H
#define LICHEN_PERSONALITY_CREATE_H

#include "process/process.h"

/* Handles that this server got at its start; rebuilt, not kept. */
extern handle_t personality_account;
/* Pays for guest spaces and their memory: a part of ours that spares frames for servers. */
extern handle_t guest_account;

/* A record with its native stack, not yet in any table; NULL without memory. */
struct thread *thread_allocate(void);
/* One that never ran. */
void thread_discard(struct thread *thread);
/* The kernel thread for a record whose registers and mm are set: -errno. copy_fpu: from the calling thread. */
int thread_make_kernel_thread(struct thread *thread, bool copy_fpu);
void thread_run(struct thread *thread);
/* Into the process's list and the tid table. T and P. */
void thread_enlist(struct thread *thread);
void thread_delist(struct thread *thread);
/* Leave for ever: everything of the thread but its record and stack was given back. */
_Noreturn void thread_vanish(struct thread *self);

/* A process record: defaults of everything, one reference; NULL without memory. */
struct process *process_allocate(void);

#endif
