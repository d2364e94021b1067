/* SPDX-License-Identifier: MIT */
/*
 * What a thread did last: its forwarded calls with the count of routed ones between them (calls/trace.h).
 */
#ifndef LICHEN_PERSONALITY_REPORT_HISTORY_H
#define LICHEN_PERSONALITY_REPORT_HISTORY_H

#include "report/line.h"

struct thread;

void report_history(struct report *report, const struct thread *self);

#endif
