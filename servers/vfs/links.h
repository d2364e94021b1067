/* SPDX-License-Identifier: MIT */
/*
 * Giving names to inodes and taking them away, with all that follows: link counts, sizes and times of directories, parents.
 * None of these fails; whoever calls has made sure of room and rules.
 */
#ifndef LICHEN_VFS_LINKS_H
#define LICHEN_VFS_LINKS_H

#include "directory.h"

#define DIRECTORY_SIZE_EMPTY 40u /* "." and "..", as tmpfs counts */
#define DIRECTORY_SIZE_NAME VFS_DIRECTORY_NAME_BYTES

/* INVALID: empty, ".", "..", or with a slash or NUL inside; NAME_TOO_LONG. */
status_t name_check(struct name name);

/* The inode gets the name; a new directory (no links yet) becomes a child. */
void link_attach(struct inode *parent, struct name_entry *entry, struct inode *inode,
		 const struct vfs_timestamp *now);
/* The name goes; `keep`: an inode without another name lives on until forget. Call inode_end_unused behind it. */
void link_detach(struct inode *parent, struct name_entry *entry, bool keep, const struct vfs_timestamp *now);
/* An inode lost one name: counts only. */
void link_lost(struct inode *inode, bool keep, const struct vfs_timestamp *now);
void directory_touched(struct inode *directory, const struct vfs_timestamp *now);

#endif
