/* SPDX-License-Identifier: MIT */
/*
 * Attributes shown: stat(2), statx(2), access(2), statfs(2).
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/files.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"
#include "route/descriptors.h"

#define STAT_BLOCK 4096
#define STAT_BLOCK_GENERATED 1024

/* What Linux's file system of that kind shows as preferred size of transfers. */
static uint32_t stat_block_size(const struct inode *inode)
{
	bool small = inode->super && (inode->super->type == SUPER_PROC || inode->super->type == SUPER_DEVPTS);
	return small ? STAT_BLOCK_GENERATED : STAT_BLOCK;
}

/* Attributes that only the provider knows are fetched: blocks of vfs files, everything of generated ones. */
static bool stat_needs_refresh(const struct inode *inode)
{
	if (!inode->super || inode->stale || !inode_provider(inode)->refresh)
		return false;
	return inode->super->type != SUPER_VFS || inode->mapped_shared ||
	       __atomic_load_n(&inode->outdated, __ATOMIC_ACQUIRE);
}

static int stat_refresh(struct inode *inode)
{
	int error;
	if (!stat_needs_refresh(inode))
		return 0;
	__atomic_store_n(&inode->outdated, false, __ATOMIC_RELEASE);
	error = inode_provider(inode)->refresh(inode);
	if (error)
		__atomic_store_n(&inode->outdated, true, __ATOMIC_RELEASE);
	return error;
}

static struct linux_timespec stat_time(struct vfs_timestamp time)
{
	return (struct linux_timespec){ time.seconds, time.nanoseconds };
}

static uint64_t stat_node_device(const struct vfs_attributes *attributes)
{
	return linux_device((uint32_t)(attributes->device >> 32), (uint32_t)attributes->device);
}

static struct vfs_attributes stat_snapshot(struct inode *inode)
{
	struct vfs_attributes attributes;
	lock_acquire(&inode->lock);
	attributes = inode->attributes;
	lock_release(&inode->lock);
	return attributes;
}

static void stat_show(const struct inode *inode, const struct vfs_attributes *attributes,
		      struct linux_stat *stat)
{
	memset(stat, 0, sizeof(*stat));
	stat->device = inode_device(inode);
	stat->inode = attributes->inode;
	stat->links = attributes->links;
	stat->mode = attributes->mode;
	stat->user = attributes->user;
	stat->group = attributes->group;
	stat->node_device = stat_node_device(attributes);
	stat->size = (int64_t)attributes->size;
	stat->block_size = stat_block_size(inode);
	stat->blocks = (int64_t)attributes->blocks;
	stat->accessed = stat_time(attributes->accessed);
	stat->modified = stat_time(attributes->modified);
	stat->changed = stat_time(attributes->changed);
}

static void stat_fill(struct inode *inode, struct linux_stat *stat)
{
	struct vfs_attributes attributes = stat_snapshot(inode);
	stat_show(inode, &attributes, stat);
}

static int64_t stat_answer(struct inode *inode, gaddr_t buffer)
{
	struct linux_stat stat;
	int error = stat_refresh(inode);
	if (error)
		return error;
	stat_fill(inode, &stat);
	return guest_write(buffer, &stat, sizeof(stat));
}

/* Keep what fstat shows for the kernel to show: the second time, so that a file that is opened, looked at and closed costs
   nothing more. */
static void stat_keep_image(struct inode *inode)
{
	struct route_image *image = inode->image ? NULL : slab_allocate(sizeof(*image));
	struct linux_stat stat;
	lock_acquire(&inode->lock);
	if (!inode->image) {
		inode->image = image;
		image = NULL;
	}
	if (inode->image && !inode->mapped_shared && !__atomic_load_n(&inode->outdated, __ATOMIC_ACQUIRE)) {
		stat_show(inode, &inode->attributes, &stat);
		memcpy(inode->image->data, &stat, sizeof(stat));
		inode->image->bytes = sizeof(stat);
		inode->image->valid = 1;
	}
	lock_release(&inode->lock);
	if (image)
		slab_free(image, sizeof(*image));
}
_Static_assert(sizeof(struct linux_stat) <= ROUTE_IMAGE_BYTES, "fstat's answer fits an image");

static void stat_route(struct thread *self, int32_t fd, struct file *file)
{
	if (!descriptor_route_possible(file))
		return;
	if (file->shown && file->kind == FILE_REGULAR) {
		stat_keep_image(file->inode);
		files_route(self, fd, file);
	}
	file->shown = true;
}

/* From the caches alone; -EAGAIN when they do not know everything. */
static int stat_cached(struct thread *self, int32_t directory, const char *name, uint32_t walk_flags,
		       struct linux_stat *stat)
{
	struct held_path held;
	int error = walk_hold(self, directory, name, walk_flags, &held);
	if (error)
		return error;
	if (stat_needs_refresh(held.path.dentry->inode))
		error = -EAGAIN;
	else
		stat_fill(held.path.dentry->inode, stat);
	walk_release(&held);
	return error;
}

static int stat_walk(struct thread *self, int32_t directory, const char *name, uint32_t walk_flags,
		     struct linux_stat *stat)
{
	struct path path;
	int error = stat_cached(self, directory, name, walk_flags, stat);
	if (error != -EAGAIN)
		return error;
	error = walk_path(self, directory, name, walk_flags, &path);
	if (error)
		return error;
	error = stat_refresh(path.dentry->inode);
	if (!error)
		stat_fill(path.dentry->inode, stat);
	path_put(&path);
	return error;
}

static int64_t stat_path(struct thread *self, int32_t directory, gaddr_t guest_name, uint32_t walk_flags,
			 gaddr_t buffer)
{
	struct guest_name name;
	struct linux_stat stat;
	int error = name_read(&name, guest_name);
	if (error)
		return error;
	error = stat_walk(self, directory, name.text, walk_flags, &stat);
	name_free(&name);
	return error ? error : guest_write(buffer, &stat, sizeof(stat));
}

int64_t sys_fstat(struct thread *self, int32_t fd, gaddr_t buffer)
{
	struct file *file = files_find_path(self->files, fd);
	int64_t result;
	if (!file)
		return -EBADF;
	result = stat_answer(file->inode, buffer);
	stat_route(self, fd, file);
	file_put(file);
	return result;
}

int64_t sys_stat(struct thread *self, gaddr_t name, gaddr_t buffer)
{
	return stat_path(self, LINUX_AT_FDCWD, name, WALK_FOLLOW, buffer);
}

int64_t sys_lstat(struct thread *self, gaddr_t name, gaddr_t buffer)
{
	return stat_path(self, LINUX_AT_FDCWD, name, 0, buffer);
}

/* Flags of the *at calls as a walk understands them. */
static uint32_t at_walk_flags(uint32_t flags)
{
	return (flags & LINUX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
	       (flags & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
}

/* An empty name with AT_EMPTY_PATH means the descriptor itself, of whatever kind: pipes and sockets have no path. */
static bool at_names_descriptor(int32_t directory, gaddr_t name, uint32_t flags)
{
	char first;
	return flags & LINUX_AT_EMPTY_PATH && directory >= 0 && !guest_read(&first, name, 1) && !first;
}

int64_t sys_newfstatat(struct thread *self, int32_t directory, gaddr_t name, gaddr_t buffer, int32_t flags)
{
	if ((uint32_t)flags & ~(LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_NO_AUTOMOUNT | LINUX_AT_EMPTY_PATH |
				LINUX_AT_STATX_SYNC_TYPE))
		return -EINVAL;
	if (at_names_descriptor(directory, name, (uint32_t)flags))
		return sys_fstat(self, directory, buffer);
	return stat_path(self, directory, name, at_walk_flags((uint32_t)flags), buffer);
}

static struct linux_statx_timestamp statx_time(struct vfs_timestamp time)
{
	return (struct linux_statx_timestamp){ .seconds = time.seconds, .nanoseconds = time.nanoseconds };
}

static void statx_fill_times(struct linux_statx *statx, const struct vfs_attributes *attributes)
{
	statx->accessed = statx_time(attributes->accessed);
	statx->modified = statx_time(attributes->modified);
	statx->changed = statx_time(attributes->changed);
	if (statx->mask & LINUX_STATX_BTIME)
		statx->born = statx_time(attributes->born);
}

static void statx_fill(struct inode *inode, const struct path *path, struct linux_statx *statx)
{
	struct vfs_attributes attributes = stat_snapshot(inode);
	memset(statx, 0, sizeof(*statx));
	statx->mask = LINUX_STATX_BASIC_STATS | LINUX_STATX_MNT_ID;
	if (inode->super && inode->super->type == SUPER_VFS)
		statx->mask |= LINUX_STATX_BTIME;
	statx->block_size = stat_block_size(inode);
	statx->links = attributes.links;
	statx->user = attributes.user;
	statx->group = attributes.group;
	statx->mode = (uint16_t)attributes.mode;
	statx->inode = attributes.inode;
	statx->size = attributes.size;
	statx->blocks = attributes.blocks;
	statx->node_major = (uint32_t)(attributes.device >> 32);
	statx->node_minor = (uint32_t)attributes.device;
	statx->device_minor = (uint32_t)inode_device(inode);
	statx->attributes_mask = LINUX_STATX_ATTR_MOUNT_ROOT;
	statx_fill_times(statx, &attributes);
	if (path->mount) {
		statx->mount_id = path->mount->id;
		if (path->dentry == path->mount->root)
			statx->attributes |= LINUX_STATX_ATTR_MOUNT_ROOT;
	}
}

static int64_t statx_answer(struct inode *inode, const struct path *path, gaddr_t buffer)
{
	struct linux_statx statx;
	int error = stat_refresh(inode);
	if (error)
		return error;
	statx_fill(inode, path, &statx);
	return guest_write(buffer, &statx, sizeof(statx));
}

static int64_t statx_descriptor(struct thread *self, int32_t fd, gaddr_t buffer)
{
	struct file *file = files_find_path(self->files, fd);
	int64_t result;
	if (!file)
		return -EBADF;
	result = statx_answer(file->inode, &file->path, buffer);
	file_put(file);
	return result;
}

int64_t sys_statx(struct thread *self, int32_t directory, gaddr_t name, uint32_t flags, uint32_t mask,
		  gaddr_t buffer)
{
	struct path path;
	int64_t result;
	if (mask & LINUX_STATX_RESERVED || (flags & LINUX_AT_STATX_SYNC_TYPE) == LINUX_AT_STATX_SYNC_TYPE ||
	    flags & ~(LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_NO_AUTOMOUNT | LINUX_AT_EMPTY_PATH |
		      LINUX_AT_STATX_SYNC_TYPE))
		return -EINVAL;
	if (at_names_descriptor(directory, name, flags))
		return statx_descriptor(self, directory, buffer);
	result = walk_guest(self, directory, name, at_walk_flags(flags), &path);
	if (result)
		return result;
	result = statx_answer(path.dentry->inode, &path, buffer);
	path_put(&path);
	return result;
}

static int access_check(struct thread *self, const struct path *path, uint32_t mode)
{
	const struct inode *inode = path->dentry->inode;
	uint32_t type = inode_type(inode);
	bool node = type == LINUX_S_IFCHR || type == LINUX_S_IFBLK || type == LINUX_S_IFIFO ||
		    type == LINUX_S_IFSOCK;
	int error = 0;
	if (mode & LINUX_X_OK && type == LINUX_S_IFREG && path_mount_flags(path) & LINUX_MS_NOEXEC)
		return -EACCES;
	if (mode)
		error = permission_check(self, inode, mode);
	if (!error && mode & LINUX_W_OK && !node)
		error = mount_writable(path);
	return error;
}

static int access_walk(struct thread *self, int32_t directory, gaddr_t name, uint32_t mode, uint32_t flags)
{
	struct path path;
	int error = walk_guest(self, directory, name, at_walk_flags(flags), &path);
	if (error)
		return error;
	error = access_check(self, &path, mode);
	path_put(&path);
	return error;
}

/* Others look at a thread's credentials under its process's lock. */
static void access_act_as(struct thread *self, struct credentials *credentials)
{
	lock_acquire(&self->process->lock);
	self->credentials = credentials;
	lock_release(&self->process->lock);
}

/* The whole walk is judged by the real ids. */
int64_t sys_faccessat2(struct thread *self, int32_t directory, gaddr_t name, int32_t mode, int32_t flags)
{
	struct credentials *own = self->credentials, *real;
	int error;
	if ((uint32_t)mode & ~7u ||
	    (uint32_t)flags & ~(LINUX_AT_EACCESS | LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EMPTY_PATH))
		return -EINVAL;
	if ((uint32_t)flags & LINUX_AT_EACCESS || (own->uid == own->fsuid && own->gid == own->fsgid))
		return access_walk(self, directory, name, (uint32_t)mode, (uint32_t)flags);
	real = permission_real_credentials(self);
	if (!real)
		return -ENOMEM;
	access_act_as(self, real);
	error = access_walk(self, directory, name, (uint32_t)mode, (uint32_t)flags);
	access_act_as(self, own);
	credentials_put(real);
	return error;
}

int64_t sys_faccessat(struct thread *self, int32_t directory, gaddr_t name, int32_t mode)
{
	return sys_faccessat2(self, directory, name, mode, 0);
}

int64_t sys_access(struct thread *self, gaddr_t name, int32_t mode)
{
	return sys_faccessat2(self, LINUX_AT_FDCWD, name, mode, 0);
}

#define ST_VALID 0x20
#define ST_RELATIME 0x1000

/* f_flags: the mount's flags in statvfs's numbering, which equals MS_* for the low bits. */
static int64_t statfs_flags(const struct mount *mount)
{
	uint32_t shown = LINUX_MS_RDONLY | LINUX_MS_NOSUID | LINUX_MS_NODEV | LINUX_MS_NOEXEC |
			 LINUX_MS_NOATIME | LINUX_MS_NODIRATIME;
	int64_t flags = ST_VALID;
	if (!mount)
		return flags;
	flags |= mount->flags & shown;
	return mount->flags & (LINUX_MS_NOATIME | LINUX_MS_STRICTATIME) ? flags : flags | ST_RELATIME;
}

static int64_t statfs_answer(const struct inode *inode, const struct mount *mount, gaddr_t buffer)
{
	struct linux_statfs status = { .block_size = STAT_BLOCK,
				       .fragment_size = STAT_BLOCK,
				       .name_length = LINUX_NAME_MAX };
	struct superblock *super = inode->super;
	int error = 0;
	status.type = super                                 ? super->magic
		      : inode_type(inode) == LINUX_S_IFSOCK ? LINUX_SOCKFS_MAGIC
							    : LINUX_PIPEFS_MAGIC;
	if (super && provider_table[super->type]->status)
		error = provider_table[super->type]->status(super, &status);
	if (error)
		return error;
	status.flags = statfs_flags(mount);
	return guest_write(buffer, &status, sizeof(status));
}

int64_t sys_statfs(struct thread *self, gaddr_t name, gaddr_t buffer)
{
	struct path path;
	int64_t result = walk_guest(self, LINUX_AT_FDCWD, name, WALK_FOLLOW, &path);
	if (result)
		return result;
	result = statfs_answer(path.dentry->inode, path.mount, buffer);
	path_put(&path);
	return result;
}

int64_t sys_fstatfs(struct thread *self, int32_t fd, gaddr_t buffer)
{
	struct file *file = files_find_path(self->files, fd);
	int64_t result;
	if (!file)
		return -EBADF;
	result = statfs_answer(file->inode, file->path.mount, buffer);
	file_put(file);
	return result;
}
