/* SPDX-License-Identifier: MIT */
/*
 * Open file descriptions: creation, counting, release, and the table of kinds.
 */
#include "file/file.h"

#include "core/errno.h"
#include "core/slab.h"
#include "file/file_locks.h"
#include "file/kinds.h"
#include "fs/inode.h"
#include "fs/notify.h"
#include "route/descriptors.h"

const struct file_operations *const file_operations_table[FILE_KIND_COUNT] = {
#define FILE_KIND_ROW(KIND, operations) [FILE_##KIND] = &(operations),
	FILE_KIND_TABLE(FILE_KIND_ROW)
#undef FILE_KIND_ROW
};

struct file *file_create(enum file_kind kind, uint32_t flags, void *object)
{
	struct file *file = slab_allocate(sizeof(*file));
	if (!file)
		return NULL;
	file->references = 1;
	file->kind = kind;
	file->flags = flags &
		      ~(LINUX_O_CREAT | LINUX_O_EXCL | LINUX_O_NOCTTY | LINUX_O_TRUNC | LINUX_O_CLOEXEC);
	file->object = object;
	return file;
}

void file_attach(struct file *file, const struct path *path, struct inode *inode)
{
	if (path) {
		file->path = *path;
		path_get(path);
	}
	inode_get(inode);
	file->inode = inode;
	__atomic_add_fetch(&inode->opens, 1, __ATOMIC_RELAXED);
	if (file->kind == FILE_REGULAR && file->flags & LINUX_O_ACCMODE)
		__atomic_add_fetch(&inode->writers, 1, __ATOMIC_RELAXED);
}

void file_set_flags(struct file *file, uint32_t clear, uint32_t set)
{
	uint32_t before = __atomic_load_n(&file->flags, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&file->flags, &before, (before & ~clear) | set, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		;
	descriptor_route_flags(file);
}

void file_get(struct file *file)
{
	__atomic_add_fetch(&file->references, 1, __ATOMIC_RELAXED);
}

void file_put_early(struct file *file)
{
	__atomic_sub_fetch(&file->references, 1, __ATOMIC_RELEASE);
}

static void file_detach(struct file *file)
{
	struct inode *inode = file->inode;
	if (!inode)
		return;
	if (file->kind != FILE_PATH)
		notify_file(file, file->flags & LINUX_O_ACCMODE ? NOTIFY_CLOSE_WRITE : NOTIFY_CLOSE_NOWRITE);
	file_locks_release(file);
	if (file->kind == FILE_REGULAR && file->flags & LINUX_O_ACCMODE)
		__atomic_sub_fetch(&inode->writers, 1, __ATOMIC_RELAXED);
	inode_closed(inode);
	inode_put(inode);
	path_put(&file->path);
}

void file_put(struct file *file)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	if (__atomic_sub_fetch(&file->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	if (file->epoll_links)
		epoll_file_closed(file);
	if (operations && operations->release)
		operations->release(file);
	file_detach(file);
	slab_free(file, sizeof(*file));
}
