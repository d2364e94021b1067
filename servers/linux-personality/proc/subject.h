/* SPDX-License-Identifier: MIT */
/*
 * The process or thread that a node below /proc/PID tells about.
 *
 * A subject holds a reference on the process; threads have none, so a thread is looked at only between subject_lock and
 * subject_unlock (its process's lock). What outlives that is taken with a reference of its own.
 */
#ifndef LICHEN_PERSONALITY_SUBJECT_H
#define LICHEN_PERSONALITY_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include "fs/path.h"

struct process;
struct thread;
struct mm;
struct files;
struct credentials;

struct subject {
	struct process *process; /* referenced; NULL: none */
	int32_t tid;
	bool task; /* one thread, not the whole group */
};

/* A process by pid or a thread by tid; false: there is none. */
bool subject_find(int32_t tid, bool task, struct subject *subject);
void subject_put(struct subject *subject);
/* Tells processes apart that had the same pid one after the other. */
uint32_t subject_generation(const struct subject *subject);

/* The thread, a process's leader or any of its threads; NULL for a zombie. The process's lock is held either way. */
struct thread *subject_lock(const struct subject *subject);
void subject_unlock(const struct subject *subject);

/* Referenced, or NULL: not there any more. */
struct mm *subject_mm(const struct subject *subject);
struct files *subject_files(const struct subject *subject);
struct credentials *subject_credentials(const struct subject *subject);
/* Root or working directory of the subject, referenced: 0 or -ENOENT. */
int subject_root(const struct subject *subject, struct path *place);
int subject_working(const struct subject *subject, struct path *place);

/* May the caller look into it: ptrace(2), "Ptrace access mode checking". */
bool subject_readable(struct thread *self, const struct subject *subject);
/* Who owns its files: its effective ids, or root when it is not dumpable. */
void subject_owner(const struct subject *subject, bool always_effective, uint32_t *user, uint32_t *group);

#endif
