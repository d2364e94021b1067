/* SPDX-License-Identifier: MIT */
/*
 * The memory that a dying guest's registers point at: code, stack words, frames.
 */
#ifndef LICHEN_PERSONALITY_REPORT_STACK_H
#define LICHEN_PERSONALITY_REPORT_STACK_H

#include "report/line.h"

struct thread;

void report_code(struct report *report, struct thread *self);
void report_stack(struct report *report, struct thread *self);
void report_frames(struct report *report, struct thread *self);

#endif
