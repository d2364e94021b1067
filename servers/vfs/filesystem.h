/* SPDX-License-Identifier: MIT */
/*
 * Making and ending whole file systems.
 */
#ifndef LICHEN_VFS_FILESYSTEM_H
#define LICHEN_VFS_FILESYSTEM_H

#include "state.h"

/* A file system with an empty root directory, in the tree's table. NO_MEMORY; LIMIT: the table is full. */
status_t filesystem_create(struct vfs_context *vfs, enum filesystem_type type,
			   const struct filesystem_options *options, const struct vfs_timestamp *now,
			   struct filesystem **filesystem);
void filesystem_end(struct vfs_context *vfs, struct filesystem *filesystem);
/* Pages really there, over all inodes. */
status_t filesystem_used_pages(const struct vfs_context *vfs, const struct filesystem *filesystem,
			       uint64_t *pages);

#endif
