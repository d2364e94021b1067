/* SPDX-License-Identifier: MIT */
/*
 * Start of the file side: caches, the root mount, standard device nodes.
 */
#ifndef LICHEN_PERSONALITY_FS_H
#define LICHEN_PERSONALITY_FS_H

#include "abi/types.h"

struct mount_namespace;
struct fs_context;

/* Mount the boot archive as the root of a first namespace and make the context of process 1. 0 or -errno: without a root there
   is nothing to run. `vfs` is the call right to the file-system server. */
int fs_init(handle_t vfs, struct mount_namespace **space, struct fs_context **context);

#endif
