/* SPDX-License-Identifier: MIT */
/*
 * Inodes: the table by number of each file system, their making and end, and what is told about them.
 *
 * Numbers ascend and are not used twice within a file system; the generation is unique to an inode among all file systems,
 * so a reference to something that ended, or to an unmounted file system, is STALE.
 */
#ifndef LICHEN_VFS_INODE_H
#define LICHEN_VFS_INODE_H

#include "state.h"

/* NULL: no such file system. */
struct filesystem *filesystem_find(const struct vfs_context *vfs, uint32_t id);

/* STALE. */
status_t inode_find(const struct vfs_context *vfs, const struct vfs_inode_ref *ref, struct inode **inode);
/* As inode_find, and it must be a directory: NOT_DIRECTORY. */
status_t inode_find_directory(const struct vfs_context *vfs, const struct vfs_inode_ref *ref,
			      struct inode **inode);

struct inode_owner {
	uint32_t mode, user, group;
};

/* A new inode with no links, of no use until it is linked or kept (inode_end it otherwise). NO_SPACE, NO_MEMORY. */
status_t inode_create(struct vfs_context *vfs, struct filesystem *filesystem, const struct inode_owner *owner,
		      const struct vfs_timestamp *now, struct inode **inode);
/* Frees the inode and its contents. */
void inode_end(struct vfs_context *vfs, struct inode *inode);
/* Ends it when it has neither links nor is kept. */
void inode_end_unused(struct vfs_context *vfs, struct inode *inode);

/* One more link takes one of the file system's inodes, as Linux's tmpfs counts. */
status_t filesystem_take_inode(struct filesystem *filesystem);
void filesystem_give_inode(struct filesystem *filesystem);

struct vfs_inode_ref inode_ref(const struct inode *inode);
/* The 512-byte units of the inode cost a question to the kernel for an opened file. */
status_t inode_attributes(const struct vfs_context *vfs, const struct inode *inode,
			  struct vfs_attributes *attributes);

#endif
