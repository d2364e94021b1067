/* SPDX-License-Identifier: MIT */
/*
 * Rows for open files, by kind.
 */
#include "route/descriptors.h"

#include <pthread.h>

#include "abi/route.h"
#include "core/errno.h"
#include "file/files.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/notify.h"
#include "linux_abi/files.h"
#include "process/create.h"
#include "process/tree.h"
#include "route/routes.h"
#include "runtime/client.h"
#include "runtime/kernel.h"
#include "stream/epoll.h"

#define DRAINED_BIT 1ull
#define DRAINED_AT_ONCE 16u

static handle_t drained;

/* What the kind's row says besides rights, file and cookie; false: no row now. */
static bool fill_null(struct file *file, struct descriptor_row *row)
{
	(void)file;
	row->kind = DESCRIPTOR_NULL;
	return true;
}

static bool fill_zero(struct file *file, struct descriptor_row *row)
{
	(void)file;
	row->kind = DESCRIPTOR_ZERO;
	return true;
}

static bool watched_at(const struct file *file, const struct inode *inode)
{
	const struct dentry *dentry = file->path.dentry;
	bool found = file->inode == inode;
	lock_acquire(&dentry_lock);
	found = found || (dentry && dentry->parent && dentry->parent->inode == inode);
	lock_release(&dentry_lock);
	return found;
}

/* Somebody is to hear of reads and writes (inotify(7)). */
static bool is_watched(const struct file *file)
{
	const struct dentry *dentry = file->path.dentry;
	const struct inode *directory;
	bool found = __atomic_load_n(&file->inode->watches, __ATOMIC_ACQUIRE);
	lock_acquire(&dentry_lock);
	directory = dentry && dentry->parent ? dentry->parent->inode : NULL;
	found = found || (directory && __atomic_load_n(&directory->watches, __ATOMIC_ACQUIRE));
	lock_release(&dentry_lock);
	return found;
}

/* What the kernel is told of an open file's flags and its mount's. */
static uint32_t route_flags(const struct file *file)
{
	uint32_t flags = __atomic_load_n(&file->flags, __ATOMIC_ACQUIRE);
	const struct mount *mount = file->path.mount;
	bool no_accessed = flags & LINUX_O_NOATIME ||
			   (mount && (mount->flags & LINUX_MS_NOATIME || mount_writable(&file->path)));
	bool packets = file->kind == FILE_PIPE && flags & LINUX_O_DIRECT;
	return (packets ? ROUTE_FILE_FORWARD : 0) | (flags & LINUX_O_APPEND ? ROUTE_FILE_APPEND : 0) |
	       (flags & LINUX_O_NONBLOCK ? ROUTE_FILE_NONBLOCK : 0) |
	       (no_accessed ? ROUTE_FILE_NO_ACCESSED : 0);
}

void descriptor_route_flags(struct file *file)
{
	uint32_t flags;
	do {
		flags = route_flags(file);
		__atomic_store_n(&file->route.flags, flags, __ATOMIC_RELEASE);
	} while (flags != route_flags(file));
}

/* Regular files of vfs. Times of access that always change, and data that is to be safe at once, are ours. */
static bool fill_file(struct file *file, struct descriptor_row *row)
{
	struct inode *inode = file->inode;
	const struct mount *mount = file->path.mount;
	if (!inode->super || inode->super->type != SUPER_VFS || is_watched(file) ||
	    (mount && mount->flags & LINUX_MS_STRICTATIME))
		return false;
	row->object.value = __atomic_load_n(&inode->object.value, __ATOMIC_ACQUIRE);
	if (file->flags & LINUX_O_DSYNC)
		row->flags &= ~DESCRIPTOR_WRITE;
	row->kind = DESCRIPTOR_FILE;
	row->block = (uintptr_t)&inode->route;
	return row->flags;
}

/* Pipes and fifos. */
static bool fill_pipe(struct file *file, struct descriptor_row *row)
{
	if (!file->object || is_watched(file))
		return false;
	row->kind = DESCRIPTOR_STREAM;
	row->block = (uintptr_t)file->object;
	return true;
}

/* eventfds. */
static bool fill_counter(struct file *file, struct descriptor_row *row)
{
	if (is_watched(file))
		return false;
	row->kind = DESCRIPTOR_COUNTER;
	row->block = (uintptr_t)file->object;
	return true;
}

static bool fill_set(struct file *file, struct descriptor_row *row)
{
	row->kind = DESCRIPTOR_SET;
	row->block = epoll_known(file);
	return true;
}

static bool (*const fill_row[FILE_KIND_COUNT])(struct file *file, struct descriptor_row *row) = {
	[FILE_REGULAR] = fill_file, [FILE_PIPE] = fill_pipe, [FILE_EVENTFD] = fill_counter,
	[FILE_EPOLL] = fill_set,    [FILE_NULL] = fill_null, [FILE_ZERO] = fill_zero,
};

bool descriptor_route_possible(const struct file *file)
{
	return routes_enabled() && fill_row[file->kind];
}

static bool table_make(handle_t *table)
{
	if (table->value)
		return true;
	struct call_result made = k_descriptors_create(personality_account, drained, DRAINED_BIT);
	if (made.status < 0)
		return false;
	__atomic_store_n(&table->value, call_handle(made).value, __ATOMIC_RELAXED);
	return true;
}

bool descriptor_route_set(handle_t *table, uint32_t fd, struct file *file)
{
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	struct descriptor_row row = { .file = (uintptr_t)&file->route, .cookie = (uintptr_t)file };
	row.flags = (access == LINUX_O_WRONLY ? 0 : DESCRIPTOR_READ) |
		    (access == LINUX_O_RDONLY ? 0 : DESCRIPTOR_WRITE);
	if (access == LINUX_O_ACCMODE || !fill_row[file->kind](file, &row) || !table_make(table))
		return false;
	descriptor_route_flags(file);
	return k_descriptor_set(*table, fd, own_address(&row)).status == STATUS_OK;
}

uint64_t descriptor_route_clear(handle_t table, uint32_t fd)
{
	return k_descriptor_clear(table, fd).value;
}

/* References of rows that were cleared while calls waited inside go when the last one left. */
static void *drop_drained(void *argument)
{
	uint64_t cookies[DRAINED_AT_ONCE];
	for (;;) {
		struct message message = { 0 };
		struct call_result got;
		(void)!ipc_receive(HANDLE_NONE, drained, DEADLINE_NEVER, &message);
		do {
			got = k_descriptors_drained(own_address(cookies), DRAINED_AT_ONCE);
			for (uint64_t i = 0; got.status == STATUS_OK && i < got.value; i++)
				file_put((struct file *)(uintptr_t)cookies[i]);
		} while (got.status == STATUS_OK && got.value);
	}
	return argument;
}

int descriptor_routes_init(void)
{
	pthread_t thread;
	struct call_result made = k_notification_create(personality_account);
	if (made.status < 0)
		return errno_from_status(made.status);
	drained = call_handle(made);
	return -pthread_create(&thread, NULL, drop_drained, NULL);
}

struct ending {
	bool (*which)(const struct file *file, const void *context);
	const void *context;
};

static void end_in_process(struct process *process, void *context)
{
	const struct ending *ending = context;
	lock_acquire(&process->lock);
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		if (thread->files)
			files_unroute(thread->files, ending->which, ending->context);
	lock_release(&process->lock);
}

/* Whoever makes a row afterwards sees what changed before: both happen under the table's lock. */
static void end_everywhere(struct ending ending)
{
	if (!routes_enabled())
		return;
	lock_acquire(&process_tree_lock);
	process_for_each(end_in_process, &ending);
	lock_release(&process_tree_lock);
}

static bool file_lies_there(const struct file *file, const void *context)
{
	return watched_at(file, context);
}

void descriptor_routes_end_watched(const struct inode *watched)
{
	end_everywhere((struct ending){ file_lies_there, watched });
}

static bool file_is_of(const struct file *file, const void *context)
{
	return file->inode && file->inode->super == context;
}

void descriptor_routes_end_mounts(const struct superblock *super)
{
	end_everywhere((struct ending){ file_is_of, super });
}
