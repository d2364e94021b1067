/* SPDX-License-Identifier: MIT */
/*
 * Operations on single inodes: attributes, link targets, contents, forgetting.
 */
#include <string.h>
#include "backing.h"
#include "file.h"
#include "inode.h"
#include "ops.h"

#define LINK_MESSAGE_BYTES 3500u /* of a target in one message */

#define SET_ALL                                                                                              \
	(VFS_SET_MODE | VFS_SET_USER | VFS_SET_GROUP | VFS_SET_SIZE | VFS_SET_ACCESSED | VFS_SET_MODIFIED |  \
	 VFS_SET_CHANGED | VFS_SET_GROWN)
#define NANOSECONDS 1000000000u

/* As inode_find, and it must be a regular file: INVALID. */
static status_t find_file(const struct vfs_context *vfs, const struct vfs_inode_ref *ref,
			  struct inode **inode)
{
	status_code_t status = inode_find(vfs, ref, inode);

	if (status == STATUS_OK && !inode_is(*inode, MODE_REGULAR))
		return STATUS_INVALID;
	return status;
}

/* As find_file, for a change of the contents. */
static status_t find_writable_file(const struct vfs_context *vfs, const struct vfs_inode_ref *ref,
				   struct inode **inode)
{
	status_code_t status = find_file(vfs, ref, inode);

	if (status == STATUS_OK && filesystem_is_read_only((*inode)->filesystem))
		return STATUS_READ_ONLY;
	return status;
}

status_t get_attributes_op(struct vfs_context *vfs, const struct vfs_get_attributes_request *request,
			   struct vfs_get_attributes_reply *reply)
{
	struct inode *inode;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	return status == STATUS_OK ? inode_attributes(vfs, inode, &reply->attributes) : status;
}

static bool times_are_valid(uint32_t mask, const struct vfs_attributes *attributes)
{
	if ((mask & VFS_SET_ACCESSED) && attributes->accessed.nanoseconds >= NANOSECONDS)
		return false;
	if ((mask & VFS_SET_MODIFIED) && attributes->modified.nanoseconds >= NANOSECONDS)
		return false;
	return !(mask & VFS_SET_CHANGED) || attributes->changed.nanoseconds < NANOSECONDS;
}

static status_t check_set(const struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes)
{
	bool sized = (mask & (VFS_SET_SIZE | VFS_SET_GROWN)) != 0;

	if ((mask & ~SET_ALL) || (mask & VFS_SET_SIZE && mask & VFS_SET_GROWN))
		return STATUS_INVALID;
	if (sized && !inode_is(inode, MODE_REGULAR))
		return STATUS_INVALID;
	if ((mask & VFS_SET_MODE) && (attributes->mode & ~(MODE_TYPE | 07777u)))
		return STATUS_INVALID;
	if (!times_are_valid(mask, attributes))
		return STATUS_INVALID;
	if (filesystem_is_read_only(inode->filesystem))
		return STATUS_READ_ONLY;
	return sized && attributes->size > FILE_SIZE_MAX ? STATUS_TOO_BIG : STATUS_OK;
}

/* What cannot fail. The type of an inode never changes. */
static void set_plain(struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes)
{
	if (mask & VFS_SET_MODE)
		inode->mode = (inode->mode & MODE_TYPE) | (attributes->mode & 07777u);
	if (mask & VFS_SET_USER)
		inode->user = attributes->user;
	if (mask & VFS_SET_GROUP)
		inode->group = attributes->group;
	if (mask & VFS_SET_ACCESSED)
		inode->accessed = attributes->accessed;
	if (mask & VFS_SET_MODIFIED)
		inode->modified = attributes->modified;
	if (mask & VFS_SET_CHANGED)
		inode->changed = attributes->changed;
}

static status_t set_size(struct vfs_context *vfs, struct inode *inode, uint32_t mask, uint64_t size)
{
	if (mask & VFS_SET_SIZE)
		return file_set_size(vfs, inode, size);
	if (mask & VFS_SET_GROWN)
		return file_grown(vfs, inode, size);
	return STATUS_OK;
}

status_t set_attributes_op(struct vfs_context *vfs, const struct vfs_set_attributes_request *request,
			   struct vfs_set_attributes_reply *reply)
{
	struct inode *inode;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status == STATUS_OK)
		status = check_set(inode, request->mask, &request->attributes);
	if (status == STATUS_OK)
		status = set_size(vfs, inode, request->mask, request->attributes.size);
	if (status != STATUS_OK)
		return status;
	set_plain(inode, request->mask, &request->attributes);
	return inode_attributes(vfs, inode, &reply->attributes);
}

status_t read_link_op(struct vfs_context *vfs, const struct vfs_read_link_request *request,
		      struct vfs_read_link_reply *reply)
{
	struct inode *inode;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	if (!inode_is(inode, MODE_SYMLINK))
		return STATUS_INVALID;
	if (request->offset < inode->symlink.target_bytes)
		reply->target_bytes = inode->symlink.target_bytes - request->offset;
	if (reply->target_bytes > LINK_MESSAGE_BYTES)
		reply->target_bytes = LINK_MESSAGE_BYTES;
	memcpy(reply->target, inode->symlink.target + request->offset, reply->target_bytes);
	return STATUS_OK;
}

status_t extend_link_op(struct vfs_context *vfs, const struct vfs_extend_link_request *request)
{
	struct inode *inode;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	if (!inode_is(inode, MODE_SYMLINK) || !request->target_bytes)
		return STATUS_INVALID;
	return symlink_extend(inode, request->target, request->target_bytes);
}

status_t forget_op(struct vfs_context *vfs, const struct vfs_forget_request *request)
{
	struct inode *inode;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	inode->kept = KEPT_NO;
	inode_end_unused(vfs, inode);
	return STATUS_OK;
}

static status_t reserve_range(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end)
{
	if (start > end)
		return STATUS_INVALID;
	if (end > FILE_SIZE_MAX)
		return STATUS_TOO_BIG;
	return start == end ? file_give_back(vfs, inode, end) : file_reserve(vfs, inode, start, end);
}

status_t open_object_op(struct vfs_context *vfs, const struct vfs_open_object_request *request,
			struct vfs_open_object_reply *reply)
{
	struct inode *inode;
	status_code_t status = request->end ? find_writable_file(vfs, &request->inode, &inode)
					    : find_file(vfs, &request->inode, &inode);

	if (status == STATUS_OK)
		status = file_open(vfs, inode);
	if (status == STATUS_OK && request->end)
		status = reserve_range(vfs, inode, request->start, request->end);
	if (status != STATUS_OK)
		return status;
	reply->object = (handle_t){ inode->file.object };
	reply->size = inode->size;
	reply->writable_end = filesystem_is_read_only(inode->filesystem) ? 0 : file_writable_end(inode);
	return STATUS_OK;
}

status_t open_window_op(struct vfs_context *vfs, struct vfs_open_window_reply *reply)
{
	status_code_t status = STATUS_OK;

	if (!vfs->window)
		status = vfs->backing->window(VFS_WINDOW_BYTES, &vfs->window_object, &vfs->window);
	if (status != STATUS_OK)
		return status;
	reply->object = (handle_t){ vfs->window_object };
	reply->bytes = VFS_WINDOW_BYTES;
	return STATUS_OK;
}

status_t reserve_op(struct vfs_context *vfs, const struct vfs_reserve_request *request,
		    struct vfs_reserve_reply *reply)
{
	struct inode *inode;
	status_code_t status = find_writable_file(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	status = reserve_range(vfs, inode, request->start, request->end);
	reply->writable_end = file_writable_end(inode);
	return status;
}

/* Linux's tmpfs zeroes no ranges; and a hole never changes the size, whether that is said or not. */
static status_t check_allocate(const struct vfs_allocate_request *request)
{
	if (request->flags & ~(VFS_ALLOCATE_KEEP_SIZE | VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_ZERO))
		return STATUS_INVALID;
	if (request->flags & VFS_ALLOCATE_ZERO)
		return STATUS_NOT_SUPPORTED;
	if (request->length == 0)
		return STATUS_INVALID;
	if (request->offset > FILE_SIZE_MAX || request->length > FILE_SIZE_MAX - request->offset)
		return STATUS_TOO_BIG;
	return STATUS_OK;
}

status_t allocate_op(struct vfs_context *vfs, const struct vfs_allocate_request *request,
		     struct vfs_allocate_reply *reply)
{
	uint64_t start = request->offset, end = start + request->length;
	bool punch = (request->flags & VFS_ALLOCATE_PUNCH) != 0;
	struct inode *inode;
	status_code_t status = find_writable_file(vfs, &request->inode, &inode);

	if (status == STATUS_OK)
		status = check_allocate(request);
	if (status != STATUS_OK)
		return status;
	status = punch ? file_punch(vfs, inode, start, end)
		       : file_allocate(vfs, inode, start, end,
				       (request->flags & VFS_ALLOCATE_KEEP_SIZE) != 0);
	if (status != STATUS_OK)
		return status;
	inode->changed = request->now;
	if (punch)
		inode->modified = request->now;
	return inode_attributes(vfs, inode, &reply->attributes);
}

status_t seek_op(struct vfs_context *vfs, const struct vfs_seek_request *request,
		 struct vfs_seek_reply *reply)
{
	struct inode *inode;
	status_code_t status = find_file(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	if (request->what != VFS_SEEK_DATA && request->what != VFS_SEEK_HOLE)
		return STATUS_INVALID;
	return file_seek(vfs, inode, request->offset, request->what == VFS_SEEK_HOLE, &reply->offset);
}
