/* SPDX-License-Identifier: MIT */
/*
 * The work behind each message of servers/protocol/vfs.lua, on requests that are unpacked and within their limits of
 * length. Errors are those that the interface lists. Replies are filled only with OK.
 */
#ifndef LICHEN_VFS_OPS_H
#define LICHEN_VFS_OPS_H

#include "state.h"

/* filesystem_ops.c */
status_t mount_op(struct vfs_context *vfs, const struct vfs_mount_request *request,
		  struct vfs_mount_reply *reply);
status_t unmount_op(struct vfs_context *vfs, const struct vfs_unmount_request *request);
status_t remount_op(struct vfs_context *vfs, const struct vfs_remount_request *request);
status_t synchronise_op(struct vfs_context *vfs, const struct vfs_synchronise_request *request);
status_t filesystem_status_op(struct vfs_context *vfs, const struct vfs_filesystem_status_request *request,
			      struct vfs_filesystem_status_reply *reply);

/* name_ops.c */
status_t lookup_op(struct vfs_context *vfs, const struct vfs_lookup_request *request,
		   struct vfs_lookup_reply *reply);
status_t create_op(struct vfs_context *vfs, const struct vfs_create_request *request,
		   struct vfs_create_reply *reply);
status_t symlink_op(struct vfs_context *vfs, const struct vfs_symlink_request *request,
		    struct vfs_symlink_reply *reply);
status_t link_op(struct vfs_context *vfs, const struct vfs_link_request *request,
		 struct vfs_link_reply *reply);
status_t unlink_op(struct vfs_context *vfs, const struct vfs_unlink_request *request,
		   struct vfs_unlink_reply *reply);
status_t read_directory_op(struct vfs_context *vfs, const struct vfs_read_directory_request *request,
			   struct vfs_read_directory_reply *reply);

/* intents.c */
status_t open_intents_op(struct vfs_context *vfs, struct vfs_open_intents_reply *reply);
status_t prepare_op(struct vfs_context *vfs, const struct vfs_prepare_request *request,
		    struct vfs_prepare_reply *reply);
/* Do what the client has told in the log since last time. NO_MEMORY: the rest is left for later. */
status_t intents_apply(struct vfs_context *vfs);

/* rename_ops.c */
status_t rename_op(struct vfs_context *vfs, const struct vfs_rename_request *request,
		   struct vfs_rename_reply *reply);

/* inode_ops.c */
status_t get_attributes_op(struct vfs_context *vfs, const struct vfs_get_attributes_request *request,
			   struct vfs_get_attributes_reply *reply);
status_t set_attributes_op(struct vfs_context *vfs, const struct vfs_set_attributes_request *request,
			   struct vfs_set_attributes_reply *reply);
status_t extend_link_op(struct vfs_context *vfs, const struct vfs_extend_link_request *request);
status_t read_link_op(struct vfs_context *vfs, const struct vfs_read_link_request *request,
		      struct vfs_read_link_reply *reply);
status_t forget_op(struct vfs_context *vfs, const struct vfs_forget_request *request);
/* reply->object is the server's own handle: the caller of the operation answers a copy. */
status_t open_object_op(struct vfs_context *vfs, const struct vfs_open_object_request *request,
			struct vfs_open_object_reply *reply);
/* The same. */
status_t open_window_op(struct vfs_context *vfs, struct vfs_open_window_reply *reply);
status_t reserve_op(struct vfs_context *vfs, const struct vfs_reserve_request *request,
		    struct vfs_reserve_reply *reply);
status_t allocate_op(struct vfs_context *vfs, const struct vfs_allocate_request *request,
		     struct vfs_allocate_reply *reply);
status_t seek_op(struct vfs_context *vfs, const struct vfs_seek_request *request,
		 struct vfs_seek_reply *reply);

#endif
