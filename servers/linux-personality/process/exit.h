/* SPDX-License-Identifier: MIT */
/*
 * The end of threads and processes.
 */
#ifndef LICHEN_PERSONALITY_EXIT_H
#define LICHEN_PERSONALITY_EXIT_H

#include "process/process.h"

/* Drop what ties the thread to its space: robust list, clear_child_tid, the vfork parent. For exit and exec. */
void thread_leave_space(struct thread *self);
/* Robust futexes of a dying thread (robust_list.c). */
void robust_list_exit(struct thread *self);
/* A zombie nobody waits for any more: out of the tables, its tables' reference dropped. T held. */
void process_reap(struct process *process);
/* Exiting threads count as having joined a group stop. P. */
void signal_stop_leave(struct thread *thread);

#endif
