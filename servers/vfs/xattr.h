/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes as Linux 6.1's tmpfs has them: trusted.* and security.* on every inode, no user.*. Access control lists
 * are not kept: there is none (NOT_FOUND), and none can be set (NOT_SUPPORTED).
 */
#ifndef LICHEN_VFS_XATTR_H
#define LICHEN_VFS_XATTR_H

#include "directory.h"

void xattr_clear(struct inode *inode);

status_t xattr_get_op(struct vfs_context *vfs, const struct vfs_get_xattr_request *request,
		      struct vfs_get_xattr_reply *reply);
status_t xattr_set_op(struct vfs_context *vfs, const struct vfs_set_xattr_request *request);
status_t xattr_list_op(struct vfs_context *vfs, const struct vfs_list_xattr_request *request,
		       struct vfs_list_xattr_reply *reply);
status_t xattr_remove_op(struct vfs_context *vfs, const struct vfs_remove_xattr_request *request);

#endif
