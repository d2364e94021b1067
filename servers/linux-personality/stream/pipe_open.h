/* SPDX-License-Identifier: MIT */
/*
 * Coming and going of a pipe's ends.
 */
#ifndef LICHEN_PERSONALITY_PIPE_OPEN_H
#define LICHEN_PERSONALITY_PIPE_OPEN_H

#include "stream/pipe.h"

struct inode;

/* An end that was open with these flags is no more; the last one frees the pipe. */
void pipe_close(struct pipe *pipe, struct inode *inode, uint32_t flags);

#endif
