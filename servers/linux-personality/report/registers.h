/* SPDX-License-Identifier: MIT */
/*
 * The registers of a dying guest.
 */
#ifndef LICHEN_PERSONALITY_REPORT_REGISTERS_H
#define LICHEN_PERSONALITY_REPORT_REGISTERS_H

#include "report/line.h"

struct thread;

void report_registers(struct report *report, const struct thread *self);
/* The FPU image of the calling thread. */
void report_fpu(struct report *report);

#endif
