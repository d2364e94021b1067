/* SPDX-License-Identifier: MIT */
/*
 * One list of locks per inode, under the inode's lock. An owner is a descriptor table or a file, told apart by `family`;
 * locks of different families never meet. Setting a range cuts what the owner holds there and inserts the new lock.
 */
#include "file/file_locks.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "fs/inode.h"
#include "process/process.h"

enum lock_family { FAMILY_POSIX = 1, FAMILY_FLOCK = 2 };

#define OFFSET_END INT64_MAX

struct file_lock {
	struct file_lock *next;
	const void *owner;
	int64_t start, end; /* inclusive */
	int32_t pid;        /* -1: of an open file description */
	uint8_t family;
	bool exclusive;
};

static bool lock_overlaps(const struct file_lock *one, const struct file_lock *other)
{
	return one->start <= other->end && other->start <= one->end;
}

static struct file_lock *lock_conflict(const struct inode *inode, const struct file_lock *wanted)
{
	struct file_lock *lock;
	for (lock = inode->locks; lock; lock = lock->next) {
		if (lock->family == wanted->family && lock->owner != wanted->owner &&
		    lock_overlaps(lock, wanted) && (lock->exclusive || wanted->exclusive))
			break;
	}
	return lock;
}

/* Cut [start, end] out of one lock of the owner; the part behind a hole goes into *spare. */
static bool lock_cut(struct file_lock *lock, const struct file_lock *range, struct file_lock **spare)
{
	if (lock->start < range->start && lock->end > range->end) {
		struct file_lock *tail = *spare;
		*spare = NULL;
		*tail = *lock;
		tail->start = range->end + 1;
		lock->end = range->start - 1;
		lock->next = tail;
		return false;
	}
	if (lock->start < range->start)
		lock->end = range->start - 1;
	else if (lock->end > range->end)
		lock->start = range->end + 1;
	else
		return true;
	return false;
}

static void locks_clear_range(struct inode *inode, const struct file_lock *range, struct file_lock **spare,
			      struct file_lock **dead)
{
	struct file_lock **link = &inode->locks;
	while (*link) {
		struct file_lock *lock = *link;
		if (lock->owner == range->owner && lock->family == range->family &&
		    lock_overlaps(lock, range) && lock_cut(lock, range, spare)) {
			*link = lock->next;
			lock->next = *dead;
			*dead = lock;
			continue;
		}
		link = &lock->next;
	}
}

/* Neighbouring locks of one owner and strength become one. */
static void lock_merge(struct inode *inode, struct file_lock *into, struct file_lock **dead)
{
	struct file_lock **link = &inode->locks;
	while (*link) {
		struct file_lock *lock = *link;
		bool adjacent = (lock->end < OFFSET_END && lock->end + 1 == into->start) ||
				(into->end < OFFSET_END && into->end + 1 == lock->start);
		if (lock != into && lock->owner == into->owner && lock->family == into->family &&
		    lock->exclusive == into->exclusive && adjacent) {
			into->start = lock->start < into->start ? lock->start : into->start;
			into->end = lock->end > into->end ? lock->end : into->end;
			*link = lock->next;
			lock->next = *dead;
			*dead = lock;
			link = &inode->locks;
			continue;
		}
		link = &lock->next;
	}
}

static void locks_free(struct file_lock *dead)
{
	while (dead) {
		struct file_lock *next = dead->next;
		slab_free(dead, sizeof(*dead));
		dead = next;
	}
}

enum lock_action { ACTION_SHARED, ACTION_EXCLUSIVE, ACTION_UNLOCK };

/* 0, or -EAGAIN when another owner is in the way. */
static int locks_apply_locked(struct inode *inode, const struct file_lock *wanted, enum lock_action action,
			      struct file_lock **fresh, struct file_lock **spare, struct file_lock **dead)
{
	if (action != ACTION_UNLOCK && lock_conflict(inode, wanted))
		return -EAGAIN;
	locks_clear_range(inode, wanted, spare, dead);
	if (action == ACTION_UNLOCK)
		return 0;
	**fresh = *wanted;
	(*fresh)->next = inode->locks;
	inode->locks = *fresh;
	lock_merge(inode, *fresh, dead);
	*fresh = NULL;
	return 0;
}

static int locks_try(struct inode *inode, const struct file_lock *wanted, enum lock_action action)
{
	struct file_lock *fresh = slab_allocate(sizeof(*fresh)), *spare = slab_allocate(sizeof(*spare)),
			 *dead = NULL;
	int error = -ENOLCK;
	if (fresh && spare) {
		lock_acquire(&inode->lock);
		error = locks_apply_locked(inode, wanted, action, &fresh, &spare, &dead);
		lock_release(&inode->lock);
	}
	if (!error)
		wait_wake_all(&inode->lock_waiters, 0);
	if (fresh)
		slab_free(fresh, sizeof(*fresh));
	if (spare)
		slab_free(spare, sizeof(*spare));
	locks_free(dead);
	return error;
}

static int locks_set(struct thread *self, struct inode *inode, const struct file_lock *wanted,
		     enum lock_action action, bool wait)
{
	struct wait_node node = { 0 };
	int error = locks_try(inode, wanted, action);
	if (error != -EAGAIN || !wait)
		return error;
	wait_prepare(self, &node, &inode->lock_waiters);
	while ((error = locks_try(inode, wanted, action)) == -EAGAIN) {
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
		if (error)
			break;
	}
	wait_finish(self, &node);
	return error;
}

/* The range of a struct flock in absolute inclusive offsets. */
static int range_decode(const struct file *file, const struct linux_flock *range, struct file_lock *lock)
{
	int64_t base = 0, start;
	if (range->whence == LINUX_SEEK_CUR)
		base = (int64_t)file->offset;
	else if (range->whence == LINUX_SEEK_END)
		base = (int64_t)file->inode->attributes.size;
	else if (range->whence != LINUX_SEEK_SET)
		return -EINVAL;
	if (__builtin_add_overflow(base, range->start, &start))
		return -EOVERFLOW;
	lock->start = range->length < 0 ? start + range->length : start;
	if (start < 0 || lock->start < 0)
		return -EINVAL;
	if (range->length == 0)
		lock->end = OFFSET_END;
	else if (range->length < 0)
		lock->end = start - 1;
	else if (__builtin_add_overflow(start, range->length - 1, &lock->end))
		return -EOVERFLOW;
	return 0;
}

static int64_t locks_query(struct inode *inode, const struct file_lock *wanted, struct linux_flock *range)
{
	struct file_lock *lock;
	lock_acquire(&inode->lock);
	lock = lock_conflict(inode, wanted);
	range->type = LINUX_F_UNLCK;
	if (lock) {
		range->type = lock->exclusive ? LINUX_F_WRLCK : LINUX_F_RDLCK;
		range->whence = LINUX_SEEK_SET;
		range->start = lock->start;
		range->length = lock->end == OFFSET_END ? 0 : lock->end - lock->start + 1;
		range->pid = lock->pid;
	}
	lock_release(&inode->lock);
	return 0;
}

static int locks_check_access(const struct file *file, int16_t type)
{
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	if (type == LINUX_F_RDLCK && access == LINUX_O_WRONLY)
		return -EBADF;
	return type == LINUX_F_WRLCK && access == LINUX_O_RDONLY ? -EBADF : 0;
}

static bool command_is_description(uint32_t command)
{
	return command >= LINUX_F_OFD_GETLK && command <= LINUX_F_OFD_SETLKW;
}

int64_t file_locks_control(struct thread *self, struct file *file, uint32_t command,
			   struct linux_flock *range)
{
	static const enum lock_action actions[] = { ACTION_SHARED, ACTION_EXCLUSIVE, ACTION_UNLOCK };
	bool description = command_is_description(command);
	struct file_lock wanted = { .family = FAMILY_POSIX };
	int error;
	if (range->type < LINUX_F_RDLCK || range->type > LINUX_F_UNLCK || (description && range->pid))
		return -EINVAL;
	error = range_decode(file, range, &wanted);
	if (error)
		return error;
	wanted.owner = description ? (const void *)file : (const void *)self->files;
	wanted.pid = description ? -1 : self->process->pid;
	wanted.exclusive = range->type == LINUX_F_WRLCK;
	if (command == LINUX_F_GETLK || command == LINUX_F_OFD_GETLK)
		return range->type == LINUX_F_UNLCK && !description
			       ? -EINVAL
			       : locks_query(file->inode, &wanted, range);
	error = locks_check_access(file, range->type);
	if (error)
		return error;
	return locks_set(self, file->inode, &wanted, actions[range->type],
			 command == LINUX_F_SETLKW || command == LINUX_F_OFD_SETLKW);
}

static void locks_drop(struct inode *inode, const void *owner, uint8_t family)
{
	struct file_lock all = { .owner = owner, .family = family, .end = OFFSET_END };
	if (__atomic_load_n(&inode->locks, __ATOMIC_ACQUIRE))
		(void)!locks_try(inode, &all, ACTION_UNLOCK);
}

void file_locks_closed(struct files *files, struct file *file)
{
	if (file->inode)
		locks_drop(file->inode, files, FAMILY_POSIX);
}

void file_locks_release(struct file *file)
{
	locks_drop(file->inode, file, FAMILY_POSIX);
	locks_drop(file->inode, file, FAMILY_FLOCK);
}

int64_t sys_flock(struct thread *self, int32_t fd, uint32_t operation)
{
	struct file_lock wanted = { .end = OFFSET_END, .family = FAMILY_FLOCK };
	uint32_t kind = operation & ~LINUX_LOCK_NB;
	enum lock_action action = kind == LINUX_LOCK_UN   ? ACTION_UNLOCK
				  : kind == LINUX_LOCK_EX ? ACTION_EXCLUSIVE
							  : ACTION_SHARED;
	struct file *file;
	int error;
	if (kind != LINUX_LOCK_SH && kind != LINUX_LOCK_EX && kind != LINUX_LOCK_UN)
		return -EINVAL;
	file = files_find(self->files, fd);
	if (!file)
		return -EBADF;
	wanted.owner = file;
	wanted.exclusive = action == ACTION_EXCLUSIVE;
	error = locks_set(self, file->inode, &wanted, action, !(operation & LINUX_LOCK_NB));
	file_put(file);
	return error;
}
