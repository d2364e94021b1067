/* SPDX-License-Identifier: MIT */
/*
 * The processor's frequency is measured from here on.
 */
#ifndef LICHEN_PERSONALITY_CPU_TEXT_H
#define LICHEN_PERSONALITY_CPU_TEXT_H

void cpu_measure_start(void);

#endif
