/* SPDX-License-Identifier: MIT */
/*
 * FPU set-up, called by cpu_init. The operations on images are in cpu.h.
 */
#ifndef LICHEN_ARCH_FPU_H
#define LICHEN_ARCH_FPU_H

/* Enable the state components, find the image size, put the registers in their initial state. */
void fpu_init(void);

#endif
