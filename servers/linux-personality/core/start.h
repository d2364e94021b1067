/* SPDX-License-Identifier: MIT */
/*
 * The steps of this server's start that are not another folder's.
 */
#ifndef LICHEN_PERSONALITY_START_H
#define LICHEN_PERSONALITY_START_H

#include "abi/boot.h"

/* Read what the kernel tells about the boot. */
void start_read_boot_info(struct boot_info *boot);
/* The arena, sized by the machine's memory; the format of FPU images; the guests' entry. Ends the program when it cannot. */
void start_arena(const struct boot_info *boot);
void start_guests(void);
/* A step that must not fail: logs and ends the program when `error` is not 0. */
void start_must(const char *step, int error);
/* The first thread has no more to do. */
_Noreturn void start_sleep(void);

#endif
