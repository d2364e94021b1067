/* SPDX-License-Identifier: MIT */
/*
 * Identity words: copies of ids where routes find them (abi/route.h). Whoever changes an id publishes it in the same critical
 * section; the ids themselves stay the truth.
 */
#ifndef LICHEN_PERSONALITY_IDENTITY_H
#define LICHEN_PERSONALITY_IDENTITY_H

#include "process/process.h"

/* tid and credentials; by the thread itself or before it runs. */
void identity_publish_thread(struct thread *thread);
/* pid, parent, process group: to all threads, or to one that joins. T. */
void identity_publish_process(struct process *process);
void identity_publish_process_to(struct thread *thread);

#endif
