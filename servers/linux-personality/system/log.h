/* SPDX-License-Identifier: MIT */
/*
 * The kernel log for guests.
 */
#ifndef LICHEN_PERSONALITY_LOG_H
#define LICHEN_PERSONALITY_LOG_H

#include "abi/types.h"

void system_log_init(handle_t system);

#endif
