/* SPDX-License-Identifier: MIT */
/*
 * Regular files: data moves between the guest and the inode's page-cache object in one kernel call.
 *
 * A write reserves its range first, so running out of space is told before anything moves; appends and size changes are
 * atomic under the inode's `content` mutex. What an aborted copy leaves behind is what its byte count says.
 */
#include "core/errno.h"
#include "file/kinds.h"
#include "file/memory_file.h"
#include "file/size_limit.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/notify.h"
#include "fs/owner.h"
#include "fs/remote.h"
#include "process/process.h"
#include "abi/memory.h"

#define SECONDS_PER_DAY 86400

static bool time_before(const struct vfs_timestamp *one, const struct vfs_timestamp *other)
{
	return one->seconds < other->seconds ||
	       (one->seconds == other->seconds && one->nanoseconds <= other->nanoseconds);
}

/* relatime: only when it was not newer than the last change, or is a day old (mount(8)). */
static void regular_accessed(const struct file *file)
{
	struct inode *inode = file->inode;
	const struct vfs_attributes *attributes = &inode->attributes;
	uint32_t flags = file->path.mount ? file->path.mount->flags : 0;
	if (file->flags & LINUX_O_NOATIME || flags & LINUX_MS_NOATIME ||
	    (file->path.mount && mount_writable(&file->path)))
		return;
	if (!(flags & LINUX_MS_STRICTATIME) && !time_before(&attributes->accessed, &attributes->modified) &&
	    !time_before(&attributes->accessed, &attributes->changed) &&
	    time_now().seconds - attributes->accessed.seconds < SECONDS_PER_DAY)
		return;
	inode_touch(inode, VFS_SET_ACCESSED);
}

static int64_t regular_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct inode *inode = file->inode;
	uint64_t size = __atomic_load_n(&inode->attributes.size, __ATOMIC_ACQUIRE), bytes;
	handle_t object;
	int64_t moved;
	int error;
	(void)self;
	if (*offset >= size || !iter->remaining)
		return 0;
	error = inode_object(inode, &object);
	if (error)
		return error;
	bytes = size - *offset < iter->remaining ? size - *offset : iter->remaining;
	moved = iter_object_to_guest(iter, object, *offset, bytes);
	if (moved > 0) {
		*offset += (uint64_t)moved;
		regular_accessed(file);
		notify_file(file, NOTIFY_ACCESS);
	}
	return moved;
}

static void regular_written(struct thread *self, struct inode *inode, uint64_t end)
{
	struct vfs_attributes attributes;
	attributes.size = end;
	attributes.modified = attributes.changed = time_now();
	inode_note(inode, VFS_SET_GROWN | VFS_SET_MODIFIED | VFS_SET_CHANGED, &attributes);
	owner_written(self, inode);
}

static int64_t regular_write_locked(struct thread *self, struct inode *inode, struct guest_iter *iter,
				    uint64_t offset)
{
	uint64_t bytes = size_limit_clip(self, offset, iter->remaining);
	handle_t object;
	int64_t moved;
	int error;
	if (!bytes)
		return -EFBIG;
	if (inode->seals & SEAL_GROW && offset + bytes > inode->attributes.size)
		return -EPERM;
	error = inode_writable_object(inode, offset, offset + bytes, &object);
	if (error)
		return error;
	moved = iter_guest_to_object(iter, object, offset, bytes);
	if (moved > 0)
		regular_written(self, inode, offset + (uint64_t)moved);
	return moved;
}

static int64_t regular_write(struct thread *self, struct file *file, struct guest_iter *iter,
			     uint64_t *offset)
{
	struct inode *inode = file->inode;
	int64_t moved;
	if (!iter->remaining)
		return 0;
	if (*offset > (uint64_t)INT64_MAX - iter->remaining)
		return -EFBIG;
	if (inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE))
		return -EPERM;
	mutex_acquire(&inode->content);
	if (file->flags & LINUX_O_APPEND || iter->append)
		*offset = inode->attributes.size;
	moved = regular_write_locked(self, inode, iter, *offset);
	mutex_release(&inode->content);
	if (moved > 0) {
		*offset += (uint64_t)moved;
		notify_file(file, NOTIFY_MODIFY);
	}
	return moved;
}

static int64_t seek_data(struct file *file, int64_t offset, int32_t whence)
{
	struct vfs_seek_request request = { .inode = file->inode->ref };
	struct vfs_seek_reply reply;
	status_code_t status;
	if (offset < 0 || (uint64_t)offset >= file->inode->attributes.size)
		return -ENXIO;
	if (inode_write_back(file->inode))
		return -EIO;
	request.offset = (uint64_t)offset;
	request.what = whence == LINUX_SEEK_DATA ? VFS_SEEK_DATA : VFS_SEEK_HOLE;
	status = vfs_seek(vfs_endpoint, &request, &reply);
	if (status == STATUS_NOT_FOUND)
		return -ENXIO;
	return status < 0 ? errno_from_status(status) : (int64_t)reply.offset;
}

static int64_t regular_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence)
{
	int64_t base = 0;
	(void)self;
	switch (whence) {
	case LINUX_SEEK_SET: break;
	case LINUX_SEEK_CUR: base = (int64_t)file->offset; break;
	case LINUX_SEEK_END: base = (int64_t)file->inode->attributes.size; break;
	case LINUX_SEEK_DATA:
	case LINUX_SEEK_HOLE: offset = seek_data(file, offset, whence); break;
	default: return -EINVAL;
	}
	if (whence >= LINUX_SEEK_DATA && offset < 0)
		return offset;
	if (__builtin_add_overflow(base, offset, &offset) || offset < 0)
		return -EINVAL;
	file->offset = (uint64_t)offset;
	return offset;
}

static int regular_map(struct thread *self, struct file *file, struct map_request *request)
{
	bool writable = request->flags & MAP_FLAG_SHARED && file->flags & LINUX_O_ACCMODE;
	int error = inode_object(file->inode, &request->object);
	(void)self;
	if (error || file->inode->super->type != SUPER_VFS)
		return error;
	return inode_prepare_map(file->inode, request->offset, request->offset + request->length, writable);
}

static int regular_synchronise(struct thread *self, struct file *file, bool data_only)
{
	struct vfs_synchronise_request request = { .request_id = remote_request_id(),
						   .inode = file->inode->ref };
	int error = inode_write_back(file->inode);
	(void)self;
	if (error || !file->inode->super || file->inode->super->type != SUPER_VFS)
		return error;
	request.data_only = data_only;
	return errno_from_status(vfs_synchronise(vfs_endpoint, &request));
}

const struct file_operations regular_operations = {
	.read = regular_read,
	.write = regular_write,
	.seek = regular_seek,
	.map = regular_map,
	.synchronise = regular_synchronise,
	.seekable = true,
};
