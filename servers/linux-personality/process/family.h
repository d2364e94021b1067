/* SPDX-License-Identifier: MIT */
/*
 * What an ending process leaves to its family: children to a reaper, groups that become orphaned, a session without its
 * leader. T held everywhere.
 */
#ifndef LICHEN_PERSONALITY_FAMILY_H
#define LICHEN_PERSONALITY_FAMILY_H

#include "process/process.h"

/* A thread ended: children that asked for a signal at their parent thread's death get it. */
void family_thread_ended(struct thread *thread);
/* The last thread of a process ended. */
void family_leave(struct process *process);

#endif
