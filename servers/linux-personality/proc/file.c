/* SPDX-License-Identifier: MIT */
/*
 * Open generated files: contents are made at the first read and at each read from offset 0, and kept for reads that go on
 * behind it, so that a reader with a small buffer sees one consistent text.
 */
#include "proc/generated.h"

#include <string.h>

#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/kinds.h"
#include "memory/mm.h"
#include "process/process.h"

#define STORE_BYTES_MAX 4095u

static int64_t content_copy(const struct text *text, struct guest_iter *iter, uint64_t *offset)
{
	uint64_t bytes;
	int64_t moved;
	if (*offset >= text->used)
		return 0;
	bytes = text->used - *offset < iter->remaining ? text->used - *offset : iter->remaining;
	moved = iter_to_guest(iter, text->bytes + *offset, bytes);
	if (moved > 0)
		*offset += (uint64_t)moved;
	return moved;
}

static int content_make(struct request *request, struct content *content)
{
	int error;
	text_free(&content->text);
	content->made = false;
	error = request->row->show(request, &content->text);
	if (!error && content->text.failed)
		error = -ENOMEM;
	content->made = !error;
	return error;
}

static int64_t content_read(struct request *request, struct content *content, struct guest_iter *iter,
			    uint64_t *offset)
{
	int64_t result = 0;
	mutex_acquire(&content->mutex);
	if (!content->made || *offset == 0)
		result = content_make(request, content);
	if (!result)
		result = content_copy(&content->text, iter, offset);
	mutex_release(&content->mutex);
	return result;
}

static int64_t generated_read(struct thread *self, struct file *file, struct guest_iter *iter,
			      uint64_t *offset)
{
	struct request request;
	int64_t result = request_begin(self, file->inode, &request) ? -ESRCH : 0;
	if (!result && request.row->read)
		result = request.row->read(&request, file->object, iter, offset);
	else if (!result && request.row->show)
		result = content_read(&request, file->object, iter, offset);
	else if (!result)
		result = -EINVAL;
	request_end(&request);
	return result;
}

/* What one call writes is one value; what is longer than any value can be is EINVAL. */
static int64_t content_store(struct request *request, struct guest_iter *iter)
{
	char *bytes = slab_allocate(STORE_BYTES_MAX + 1);
	int64_t result = bytes ? 0 : -ENOMEM;
	if (!result && iter->remaining > STORE_BYTES_MAX)
		result = -EINVAL;
	if (!result)
		result = iter_from_guest(iter, bytes, STORE_BYTES_MAX);
	if (result >= 0 && bytes) {
		bytes[result] = 0;
		result = request->row->store(request, bytes, (uint64_t)result);
	}
	if (bytes)
		slab_free(bytes, STORE_BYTES_MAX + 1);
	return result;
}

static int64_t generated_write(struct thread *self, struct file *file, struct guest_iter *iter,
			       uint64_t *offset)
{
	struct request request;
	int64_t result = request_begin(self, file->inode, &request) ? -ESRCH : 0;
	if (!result && request.row->write)
		result = request.row->write(&request, file->object, iter, offset);
	else if (!result && request.row->store)
		result = content_store(&request, iter);
	else if (!result)
		result = request.node.tid ? -EINVAL : -EIO;
	if (result > 0 && !request.row->write)
		*offset += (uint64_t)result;
	request_end(&request);
	return result;
}

static int64_t generated_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence)
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

static void generated_release(struct file *file)
{
	struct content *content = file->object;
	text_free(&content->text);
	if (content->mm)
		mm_put(content->mm);
	slab_free(content, sizeof(*content));
}

/* Settings open only for what they can do, whoever asks. */
static int open_setting(const struct node_row *row, uint32_t flags)
{
	uint32_t access = flags & LINUX_O_ACCMODE;
	bool reads = access != LINUX_O_WRONLY, writes = access != LINUX_O_RDONLY;
	return (reads && !row->show) || (writes && !row->store) ? -EACCES : 0;
}

static int open_allowed(struct request *request, uint32_t flags)
{
	const uint32_t guarded = ROW_READER | ROW_ATTACH;
	if (request->node.table >= TABLE_SYSCTL && request->node.table <= TABLE_SYSCTL_VM)
		return open_setting(request->row, flags);
	if (request->row->flags & guarded && !subject_readable(request->self, &request->subject))
		return -EACCES;
	return 0;
}

static struct file *open_with_content(struct request *request, uint32_t flags, int *error)
{
	struct content *content = slab_allocate(sizeof(*content));
	struct file *file = content ? file_create(FILE_GENERATED, flags, content) : NULL;
	*error = file ? 0 : -ENOMEM;
	if (file && request->row->flags & (ROW_READER | ROW_ATTACH))
		content->mm = subject_mm(&request->subject);
	if (!file && content)
		slab_free(content, sizeof(*content));
	return file;
}

struct file *generated_open(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	struct request request;
	struct file *file = NULL;
	*error = request_begin(self, inode, &request);
	if (!*error)
		*error = open_allowed(&request, flags);
	if (!*error)
		file = open_with_content(&request, flags, error);
	request_end(&request);
	return file;
}

const struct file_operations generated_operations = {
	.read = generated_read,
	.write = generated_write,
	.seek = generated_seek,
	.release = generated_release,
	.seekable = true,
};
