/* SPDX-License-Identifier: MIT */
/*
 * The machine as a whole.
 */
#ifndef LICHEN_PERSONALITY_MACHINE_H
#define LICHEN_PERSONALITY_MACHINE_H

#include "abi/types.h"

struct system_info;

void machine_init(handle_t system, handle_t power);
/* Frames, uptime, switches. 0 or -errno. */
int machine_info(struct system_info *info);

#endif
