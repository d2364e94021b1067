/* SPDX-License-Identifier: MIT */
/*
 * What /proc asks of other folders; one that is not linked in is skipped.
 */
#ifndef LICHEN_PERSONALITY_PROC_HOOKS_H
#define LICHEN_PERSONALITY_PROC_HOOKS_H

#include <stdint.h>

#include "process/hooks.h"

struct text;

/* stream/: one line for each socket, in the format of /proc/net/unix without its heading; no lock is held. */
HOOK void unix_sockets_list(struct text *out);

#endif
