/* SPDX-License-Identifier: MIT */
/*
 * Making the root file system from the boot archive, as Linux fills its own from an initramfs: archives may follow one
 * another, later entries override earlier ones, names lead through symbolic links, hard links share an inode.
 * File data stays in the archive; a file says where.
 */
#ifndef LICHEN_VFS_UNPACK_H
#define LICHEN_VFS_UNPACK_H

#include "state.h"

/* Fills an empty file system. Entries that cannot be made (no parent, a full directory in the way) are skipped and counted in
   the log. CORRUPT, NO_MEMORY: the caller ends the file system, nothing of it is used. */
status_t archive_unpack(struct vfs_context *vfs, struct filesystem *filesystem);

#endif
