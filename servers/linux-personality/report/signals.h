/* SPDX-License-Identifier: MIT */
/*
 * Signals in a report: what is blocked and pending, what each does, which handler was under way and whose it is.
 */
#ifndef LICHEN_PERSONALITY_REPORT_SIGNALS_H
#define LICHEN_PERSONALITY_REPORT_SIGNALS_H

#include "report/line.h"

struct thread;

void report_handler(struct report *report, struct thread *self);
void report_mask(struct report *report, struct thread *self);
void report_dispositions(struct report *report, struct thread *self);

#endif
