/* SPDX-License-Identifier: MIT */
/*
 * Pipes as other folders see them.
 */
#ifndef LICHEN_PERSONALITY_PIPE_H
#define LICHEN_PERSONALITY_PIPE_H

#include "file/file.h"

/* F_SETPIPE_SZ, F_GETPIPE_SZ. */
int64_t pipe_control_size(struct thread *self, struct file *file, uint32_t command, uint64_t argument);

#endif
