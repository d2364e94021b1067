/* SPDX-License-Identifier: MIT */
/*
 * What vfs does before it serves: the arena, the archive, the tree.
 */
#ifndef LICHEN_VFS_START_H
#define LICHEN_VFS_START_H

#include "state.h"

/* Fills the context. An arena that an earlier vfs left is checked and used again; CORRUPT: it cannot be. */
status_t vfs_start_up(struct vfs_context *vfs);

#endif
