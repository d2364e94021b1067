/* SPDX-License-Identifier: MIT */
/*
 * Operations on whole file systems: mount, unmount, remount, status.
 */
#include <string.h>
#include "unpack.h"
#include "file.h"
#include "filesystem.h"
#include "inode.h"
#include "ops.h"
#include "options.h"

#define ROOT_MODE 0755u
#define IDENTITY_MIX 0x9e3779b97f4a7c15u

static status_t mount_tmpfs(struct vfs_context *vfs, const struct vfs_mount_request *request,
			    struct filesystem **filesystem)
{
	struct filesystem_options options = options_default(vfs->memory_pages);
	uint32_t named;
	status_code_t status = options_parse(request->options, request->options_bytes, vfs->memory_pages,
					     &options, &named);

	if (status != STATUS_OK)
		return status;
	return filesystem_create(vfs, FILESYSTEM_TMPFS, &options, &request->now, filesystem);
}

/* The archive's files may be more than the limit, which is for what comes on top. */
static status_t mount_archive(struct vfs_context *vfs, const struct vfs_mount_request *request,
			      struct filesystem **filesystem)
{
	struct filesystem_options options = options_default(vfs->memory_pages),
				  unlimited = { .mode = ROOT_MODE };
	uint32_t named;
	status_code_t status;

	if (vfs->tree->archive_mounted)
		return STATUS_BUSY;
	if (!vfs->archive)
		return STATUS_NOT_FOUND;
	options.mode = ROOT_MODE;
	status = options_parse(request->options, request->options_bytes, vfs->memory_pages, &options, &named);
	if (status == STATUS_OK)
		status = filesystem_create(vfs, FILESYSTEM_ARCHIVE, &unlimited, &request->now, filesystem);
	if (status != STATUS_OK)
		return status;
	status = archive_unpack(vfs, *filesystem);
	if (status != STATUS_OK) {
		filesystem_end(vfs, *filesystem);
		return status;
	}
	options.pages_max += options.pages_max ? (*filesystem)->pages_charged : 0;
	options.inodes_max += options.inodes_max ? (*filesystem)->inodes_used : 0;
	(*filesystem)->options = options;
	vfs->tree->archive_mounted = 1;
	return STATUS_OK;
}

static bool type_is(const struct vfs_mount_request *request, const char *type)
{
	return request->type_bytes == strlen(type) && memcmp(request->type, type, request->type_bytes) == 0;
}

status_t mount_op(struct vfs_context *vfs, const struct vfs_mount_request *request,
		  struct vfs_mount_reply *reply)
{
	struct filesystem *filesystem;
	status_code_t status = STATUS_NOT_FOUND;

	if (request->flags & ~VFS_MOUNT_READ_ONLY)
		return STATUS_INVALID;
	if (type_is(request, "tmpfs"))
		status = mount_tmpfs(vfs, request, &filesystem);
	else if (type_is(request, "archive"))
		status = mount_archive(vfs, request, &filesystem);
	if (status != STATUS_OK)
		return status;
	filesystem->flags = request->flags;
	reply->filesystem = filesystem->id;
	reply->root = inode_ref(filesystem->root);
	return inode_attributes(vfs, filesystem->root, &reply->attributes);
}

status_t unmount_op(struct vfs_context *vfs, const struct vfs_unmount_request *request)
{
	struct filesystem *filesystem = filesystem_find(vfs, request->filesystem);

	if (!filesystem)
		return STATUS_NOT_FOUND;
	filesystem_end(vfs, filesystem);
	return STATUS_OK;
}

/* A limit may be set where there was none only to none, and never below what is in use. */
static bool limit_can_become(uint64_t old, uint64_t new, uint64_t used)
{
	return new == 0 || (old != 0 && new >= used);
}

status_t remount_op(struct vfs_context *vfs, const struct vfs_remount_request *request)
{
	struct filesystem *filesystem = filesystem_find(vfs, request->filesystem);
	struct filesystem_options options;
	uint32_t named;
	status_code_t status;

	if (!filesystem)
		return STATUS_NOT_FOUND;
	if (request->flags & ~VFS_MOUNT_READ_ONLY)
		return STATUS_INVALID;
	options = filesystem->options;
	status = options_parse(request->options, request->options_bytes, vfs->memory_pages, &options, &named);
	if (status != STATUS_OK)
		return status;
	if ((named & OPTION_PAGES) &&
	    !limit_can_become(filesystem->options.pages_max, options.pages_max, filesystem->pages_charged))
		return STATUS_INVALID;
	if ((named & OPTION_INODES) &&
	    !limit_can_become(filesystem->options.inodes_max, options.inodes_max,
			      filesystem->inodes_used - filesystem->prepared_count))
		return STATUS_INVALID;
	filesystem->options.pages_max = options.pages_max;
	filesystem->options.inodes_max = options.inodes_max;
	filesystem->flags = request->flags;
	return STATUS_OK;
}

/* Nothing here is on a device: what is acknowledged is in memory that outlives this server. */
status_t synchronise_op(struct vfs_context *vfs, const struct vfs_synchronise_request *request)
{
	struct inode *inode;

	if (request->inode.inode == 0)
		return filesystem_find(vfs, request->inode.filesystem) ? STATUS_OK : STATUS_STALE;
	return inode_find(vfs, &request->inode, &inode);
}

static uint64_t left_of(uint64_t limit, uint64_t used)
{
	return limit > used ? limit - used : 0;
}

status_t filesystem_status_op(struct vfs_context *vfs, const struct vfs_filesystem_status_request *request,
			      struct vfs_filesystem_status_reply *reply)
{
	const struct filesystem *filesystem = filesystem_find(vfs, request->filesystem);
	uint64_t used, free_pages;
	status_code_t status;

	if (!filesystem)
		return STATUS_NOT_FOUND;
	status = filesystem_used_pages(vfs, filesystem, &used);
	if (status != STATUS_OK)
		return status;
	free_pages = left_of(filesystem->options.pages_max, used);
	reply->info = (struct vfs_filesystem_info){
		.type = filesystem->type,
		.block_size = PAGE_SIZE,
		.blocks = filesystem->options.pages_max,
		.blocks_free = free_pages,
		.blocks_available = free_pages,
		.files = filesystem->options.inodes_max,
		.files_free = left_of(filesystem->options.inodes_max,
				      filesystem->inodes_used - filesystem->prepared_count),
		.name_max = VFS_NAME_MAX,
		.flags = filesystem->flags,
		.identity = ((uint64_t)filesystem->root->generation << 32 | filesystem->id) * IDENTITY_MIX,
	};
	return STATUS_OK;
}
