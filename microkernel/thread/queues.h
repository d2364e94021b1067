/* SPDX-License-Identifier: MIT */
/*
 * What the files of thread/ need of each other.
 */
#ifndef LICHEN_THREAD_QUEUES_H
#define LICHEN_THREAD_QUEUES_H

#include "thread/thread.h"

/* The thread leaves all waits and the scheduler; who waits for its reply is told RESTART. */
void thread_leave_queues(struct thread *thread);

#endif
