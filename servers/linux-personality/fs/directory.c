/* SPDX-License-Identifier: MIT */
/*
 * Open directories: getdents(2).
 *
 * The file's offset is the provider's cookie of the next entry. An entry that does not fit leaves the offset where it was, so
 * nothing is skipped with small buffers.
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/inode.h"
#include "fs/notify.h"
#include "process/process.h"

#define BATCH_BYTES 3968u
#define RECORD_MAX 280u

struct listing {
	gaddr_t buffer;
	uint64_t room, used;
	uint64_t cookie; /* behind the last entry that fitted */
	bool old_format; /* getdents: d_type is the last byte of the record */
	bool full;
	int error;
};

static uint8_t entry_type(uint32_t mode)
{
	return (uint8_t)((mode & LINUX_S_IFMT) >> 12);
}

static uint32_t record_fill(uint8_t *record, const struct vfs_directory_entry *entry, const char *name,
			    bool old_format)
{
	uint32_t header = old_format ? 18 : LINUX_DIRENT64_HEADER;
	uint32_t bytes = (header + entry->name_bytes + (old_format ? 2u : 1u) + 7u) & ~7u;
	uint16_t length = (uint16_t)bytes;
	memset(record, 0, bytes);
	memcpy(record, &entry->inode, 8);
	memcpy(record + 8, &entry->next_cookie, 8);
	memcpy(record + 16, &length, 2);
	if (old_format)
		record[bytes - 1] = entry_type(entry->mode);
	else
		record[18] = entry_type(entry->mode);
	memcpy(record + header, name, entry->name_bytes);
	return bytes;
}

/* False: no room, or the guest's buffer is bad. */
static bool listing_put(struct listing *list, const struct vfs_directory_entry *entry, const char *name)
{
	uint8_t record[RECORD_MAX + 8];
	uint32_t bytes = record_fill(record, entry, name, list->old_format);
	if (list->used + bytes > list->room) {
		list->full = true;
		if (!list->used)
			list->error = -EINVAL;
		return false;
	}
	if (guest_write(gaddr_add(list->buffer, list->used), record, bytes)) {
		list->error = -EFAULT;
		return false;
	}
	list->used += bytes;
	list->cookie = entry->next_cookie;
	return true;
}

/* A batch as it came from the provider: checked as it is walked. */
static bool listing_put_batch(struct listing *list, const uint8_t *batch, uint64_t bytes)
{
	while (bytes) {
		struct vfs_directory_entry entry;
		if (bytes < sizeof(entry))
			break;
		memcpy(&entry, batch, sizeof(entry));
		if (entry.record_bytes < sizeof(entry) + entry.name_bytes || entry.record_bytes > bytes ||
		    entry.name_bytes > LINUX_NAME_MAX)
			break;
		if (!listing_put(list, &entry, (const char *)batch + sizeof(entry)))
			return false;
		batch += entry.record_bytes;
		bytes -= entry.record_bytes;
	}
	if (bytes)
		list->error = -EIO;
	return !bytes;
}

static void listing_run(struct thread *self, struct inode *inode, struct listing *list, uint8_t *batch)
{
	const struct provider *provider = inode_provider(inode);
	int64_t bytes;
	do {
		bytes = provider->read_directory
				? provider->read_directory(self, inode, list->cookie, batch, BATCH_BYTES)
				: -ENOTDIR;
		if (bytes < 0)
			list->error = (int)bytes;
	} while (bytes > 0 && listing_put_batch(list, batch, (uint64_t)bytes));
}

static int64_t directory_list(struct thread *self, int32_t fd, struct listing list)
{
	struct file *file = files_find(self->files, fd);
	uint8_t *batch = slab_allocate(BATCH_BYTES);
	if (file && batch && file->kind == FILE_DIRECTORY) {
		mutex_acquire(&file->position);
		list.cookie = file->offset;
		if (file->inode->stale)
			list.error = -ENOENT;
		else
			listing_run(self, file->inode, &list, batch);
		file->offset = list.cookie;
		mutex_release(&file->position);
		inode_touch(file->inode, VFS_SET_ACCESSED);
		notify_file(file, NOTIFY_ACCESS);
	} else {
		list.error = !file ? -EBADF : !batch ? -ENOMEM : -ENOTDIR;
	}
	if (batch)
		slab_free(batch, BATCH_BYTES);
	if (file)
		file_put(file);
	return list.used ? (int64_t)list.used : list.error;
}

int64_t sys_getdents64(struct thread *self, int32_t fd, gaddr_t entries, uint32_t bytes)
{
	return directory_list(self, fd, (struct listing){ .buffer = entries, .room = bytes });
}

int64_t sys_getdents(struct thread *self, int32_t fd, gaddr_t entries, uint32_t bytes)
{
	return directory_list(self, fd,
			      (struct listing){ .buffer = entries, .room = bytes, .old_format = true });
}

static int64_t directory_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence)
{
	(void)self;
	if (whence == LINUX_SEEK_CUR)
		offset += (int64_t)file->offset;
	else if (whence != LINUX_SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->offset = (uint64_t)offset;
	return offset;
}

static int64_t directory_read(struct thread *self, struct file *file, struct guest_iter *iter,
			      uint64_t *offset)
{
	(void)self;
	(void)file;
	(void)iter;
	(void)offset;
	return -EISDIR;
}

static int directory_synchronise(struct thread *self, struct file *file, bool data_only)
{
	(void)self;
	(void)data_only;
	return inode_write_back(file->inode);
}

const struct file_operations directory_operations = {
	.read = directory_read,
	.seek = directory_seek,
	.synchronise = directory_synchronise,
	.seekable = true,
};
