/* SPDX-License-Identifier: MIT */
/*
 * The context of path walks that CLONE_FS shares, from its first maker's side.
 */
#ifndef LICHEN_PERSONALITY_CONTEXT_H
#define LICHEN_PERSONALITY_CONTEXT_H

#include "fs/walk.h"

/* Root and working directory both at `root`, umask 022; one reference; NULL without memory. */
struct fs_context *fs_context_create(const struct path *root);

#endif
