/* SPDX-License-Identifier: MIT */
/*
 * The report of a process that dies of a signal (docs/reports.md).
 */
#ifndef LICHEN_PERSONALITY_REPORT_DEATH_H
#define LICHEN_PERSONALITY_REPORT_DEATH_H

#include <stdbool.h>
#include "signal/signal.h"

/* By the dying thread, before it gives anything up; nothing held. Its core file is written too, where one is wanted: true, it was. */
bool report_death(struct thread *self, const struct linux_siginfo *info);
/* Reports show the FPU's registers too. */
void report_set_fpu(bool wanted);

#endif
