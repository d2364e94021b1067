/* SPDX-License-Identifier: MIT */
/*
 * Open directories: getdents(2).
 *
 * The file's offset is the provider's cookie of the next entry. An entry that does not fit leaves the offset where it was, so
 * nothing is skipped with small buffers. Entries are fetched in batches; what a call leaves over is kept with the open
 * file for the next one, as long as that goes on where this one stopped and no name was removed or moved meanwhile.
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/dentry.h"
#include "fs/notify.h"
#include "fs/remote.h"
#include "process/process.h"

#define BATCH_BYTES 32768u
#define ENTRY_BYTES_MAX ((int64_t)sizeof(struct vfs_directory_entry) + LINUX_NAME_MAX + 8)
#define RECORD_MAX 280u
#define CHUNK_BYTES 2048u

/* Entries fetched and not handed out yet; the file's `object`, guarded by its position. */
struct batch {
	uint64_t cookie;   /* of the next entry */
	uint64_t changes;  /* dentry_changes before it was fetched */
	uint32_t capacity; /* bytes of this block */
	uint32_t at, bytes;
	bool ended; /* nothing comes behind it */
	uint8_t entries[];
};

#define BATCH_FIRST_BYTES (sizeof(struct batch) + REMOTE_ENTRIES_BYTES)

/* Where records go: a chunk of our own, then the guest's buffer. */
struct listing {
	gaddr_t buffer;
	uint64_t room, used; /* of the guest's buffer: what is in the chunk included */
	uint64_t cookie;     /* behind the last entry that is in the guest's buffer */
	bool old_format;     /* getdents: d_type is the last byte of the record */
	int error;
	uint64_t chunk_cookie;
	uint32_t chunk_used;
	uint8_t chunk[CHUNK_BYTES];
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
	memset(record + bytes - 16, 0, 16); /* what follows the name is at most 9 */
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

/* False: the guest's buffer is bad; then what was in the chunk was not handed out. */
static bool listing_flush(struct listing *list)
{
	uint64_t start = list->used - list->chunk_used;
	if (!list->chunk_used)
		return true;
	if (guest_write(gaddr_add(list->buffer, start), list->chunk, list->chunk_used)) {
		list->error = -EFAULT;
		list->used = start;
		return false;
	}
	list->cookie = list->chunk_cookie;
	list->chunk_used = 0;
	return true;
}

/* False: no room, or the guest's buffer is bad. */
static bool listing_put(struct listing *list, const struct vfs_directory_entry *entry, const char *name)
{
	uint32_t bytes;
	if (list->chunk_used + RECORD_MAX > CHUNK_BYTES && !listing_flush(list))
		return false;
	bytes = record_fill(list->chunk + list->chunk_used, entry, name, list->old_format);
	if (list->used + bytes > list->room) {
		if (!list->used)
			list->error = -EINVAL;
		return false;
	}
	list->used += bytes;
	list->chunk_used += bytes;
	list->chunk_cookie = entry->next_cookie;
	return true;
}

/* A batch as it came from the provider: checked as it is walked. False: the listing is done. */
static bool listing_put_batch(struct listing *list, struct batch *batch)
{
	while (batch->at < batch->bytes) {
		const uint8_t *at = batch->entries + batch->at;
		struct vfs_directory_entry entry;
		uint32_t left = batch->bytes - batch->at;
		if (left < sizeof(entry))
			break;
		memcpy(&entry, at, sizeof(entry));
		if (entry.record_bytes < sizeof(entry) + entry.name_bytes || entry.record_bytes > left ||
		    entry.name_bytes > LINUX_NAME_MAX)
			break;
		if (!listing_put(list, &entry, (const char *)at + sizeof(entry)))
			return false;
		batch->at += entry.record_bytes;
		batch->cookie = entry.next_cookie;
	}
	if (batch->at < batch->bytes)
		list->error = -EIO;
	return batch->at == batch->bytes;
}

static struct batch *batch_allocate(struct file *file, uint32_t capacity)
{
	struct batch *batch = slab_allocate(capacity);
	if (!batch)
		return NULL;
	batch->capacity = capacity;
	if (file->object)
		slab_free(file->object, ((struct batch *)file->object)->capacity);
	file->object = batch;
	return batch;
}

/* Does the batch go on at the cookie? */
static bool batch_is_current(const struct batch *batch, const struct inode *inode, uint64_t cookie)
{
	return batch && batch->cookie == cookie && cookie && batch->changes == dentry_changes(inode->super);
}

/* A batch to be filled from the cookie on: small at first, large when that was used up. */
static struct batch *batch_renew(struct file *file, uint64_t cookie)
{
	struct batch *batch = file->object;
	if (!batch)
		return batch_allocate(file, BATCH_FIRST_BYTES);
	if (batch->capacity == BATCH_FIRST_BYTES && batch_is_current(batch, file->inode, cookie))
		return batch_allocate(file, BATCH_BYTES);
	return batch;
}

/* How much to fetch: few entries where the rest of the last batch was made worthless, as by who removes what he lists. */
static uint32_t batch_room(const struct batch *batch, const struct inode *inode)
{
	bool changing = batch->at < batch->bytes && batch->changes != dentry_changes(inode->super);
	return changing ? REMOTE_ENTRIES_BYTES : batch->capacity - (uint32_t)sizeof(*batch);
}

/* Entries behind the cookie: their bytes, 0 at the end, or -errno. */
static int64_t batch_fill(struct thread *self, struct file *file, uint64_t cookie)
{
	struct inode *inode = file->inode;
	struct batch *batch;
	uint32_t room;
	int64_t bytes;
	if (!inode_provider(inode)->read_directory)
		return -ENOTDIR;
	batch = batch_renew(file, cookie);
	if (!batch)
		return -ENOMEM;
	room = batch_room(batch, inode);
	batch->changes = dentry_changes(inode->super);
	batch->at = batch->bytes = 0;
	bytes = inode_provider(inode)->read_directory(self, inode, cookie, batch->entries, room);
	if (bytes < 0)
		return bytes;
	batch->cookie = cookie;
	batch->bytes = (uint32_t)bytes;
	batch->ended = inode->super->type == SUPER_VFS && bytes + ENTRY_BYTES_MAX <= room;
	return bytes;
}

static void listing_run(struct thread *self, struct file *file, struct listing *list)
{
	struct batch *batch = file->object;
	int64_t bytes = 1;
	if (batch_is_current(batch, file->inode, file->offset) && !listing_put_batch(list, batch))
		bytes = 0;
	while (bytes > 0) {
		uint64_t cookie = list->chunk_used ? list->chunk_cookie : list->cookie;
		batch = file->object;
		if (batch_is_current(batch, file->inode, cookie) && batch->ended)
			break;
		bytes = batch_fill(self, file, cookie);
		if (bytes < 0)
			list->error = (int)bytes;
		else if (bytes && !listing_put_batch(list, file->object))
			break;
	}
	(void)listing_flush(list);
}

static int64_t directory_list(struct thread *self, int32_t fd, gaddr_t buffer, uint32_t bytes,
			      bool old_format)
{
	struct file *file = files_find(self->files, fd);
	struct listing list;
	list.buffer = buffer;
	list.room = bytes;
	list.old_format = old_format;
	list.used = list.chunk_used = 0;
	list.error = 0;
	if (file && file->kind == FILE_DIRECTORY) {
		mutex_acquire(&file->position);
		list.cookie = file->offset;
		if (file->inode->stale)
			list.error = -ENOENT;
		else
			listing_run(self, file, &list);
		file->offset = list.cookie;
		mutex_release(&file->position);
		inode_touch(file->inode, VFS_SET_ACCESSED);
		notify_file(file, NOTIFY_ACCESS);
	} else {
		list.error = !file ? -EBADF : -ENOTDIR;
	}
	if (file)
		file_put(file);
	return list.used ? (int64_t)list.used : list.error;
}

static void directory_release(struct file *file)
{
	struct batch *batch = file->object;
	if (batch)
		slab_free(batch, batch->capacity);
}

int64_t sys_getdents64(struct thread *self, int32_t fd, gaddr_t entries, uint32_t bytes)
{
	return directory_list(self, fd, entries, bytes, false);
}

int64_t sys_getdents(struct thread *self, int32_t fd, gaddr_t entries, uint32_t bytes)
{
	return directory_list(self, fd, entries, bytes, true);
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
	.release = directory_release,
	.seekable = true,
};
