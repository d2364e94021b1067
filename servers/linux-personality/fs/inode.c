/* SPDX-License-Identifier: MIT */
/*
 * The inode cache: one struct inode per (superblock, inode number, generation) that is in use or cached by a dentry.
 *
 * An inode lives while somebody references it; the dentry cache is what keeps unused ones. The last reference
 * writes back what the provider does not know, unless the inode is gone there. inode_lock guards the hash chains.
 */
#include "fs/inode.h"

#include <string.h>

#include "abi/stubs.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/memory_file.h"

#define INODE_BUCKETS 4096u
#define NANOSECONDS 1000000000ll

SURVIVES static struct lock inode_lock;
SURVIVES_TABLE static struct inode *inode_table[INODE_BUCKETS];

struct vfs_timestamp time_now(void)
{
	int64_t now = clock_realtime_ns();
	return (struct vfs_timestamp){ .seconds = now / NANOSECONDS,
				       .nanoseconds = (uint32_t)(now % NANOSECONDS) };
}

static struct inode **inode_bucket(const struct superblock *super, uint64_t number)
{
	uint64_t hash = ((uintptr_t)super >> 6) ^ number * 0x9e3779b97f4a7c15ull;
	return &inode_table[(hash >> 20) % INODE_BUCKETS];
}

static struct inode *inode_search(const struct superblock *super, struct vfs_inode_ref ref)
{
	struct inode *inode = *inode_bucket(super, ref.inode);
	while (inode && (inode->super != super || inode->ref.inode != ref.inode ||
			 inode->ref.generation != ref.generation))
		inode = inode->next_hash;
	return inode;
}

static struct inode *inode_allocate(struct superblock *super, struct vfs_inode_ref ref)
{
	struct inode *inode = slab_allocate(sizeof(*inode));
	if (!inode)
		return NULL;
	inode->references = 1;
	inode->super = super;
	inode->ref = ref;
	lock_init(&inode->lock, RANK_FILE);
	wait_queue_init(&inode->lock_waiters);
	if (super)
		superblock_get(super);
	return inode;
}

static struct inode *inode_insert(struct inode *fresh)
{
	struct inode *there;
	lock_acquire(&inode_lock);
	there = inode_search(fresh->super, fresh->ref);
	if (there) {
		inode_get(there);
	} else {
		struct inode **bucket = inode_bucket(fresh->super, fresh->ref.inode);
		fresh->next_hash = *bucket;
		*bucket = fresh;
	}
	lock_release(&inode_lock);
	return there;
}

struct inode *inode_obtain(struct superblock *super, struct vfs_inode_ref ref,
			   const struct vfs_attributes *attributes)
{
	struct inode *inode, *there;
	lock_acquire(&inode_lock);
	inode = inode_search(super, ref);
	if (inode)
		inode_get(inode);
	lock_release(&inode_lock);
	if (inode)
		return inode;
	inode = inode_allocate(super, ref);
	if (!inode)
		return NULL;
	inode->attributes = *attributes;
	inode_forward_update(inode);
	there = inode_insert(inode);
	if (!there)
		return inode;
	superblock_put(super);
	slab_free(inode, sizeof(*inode));
	return there;
}

struct inode *inode_create_anonymous(uint32_t mode)
{
	SURVIVES static uint64_t next_number;
	struct inode *inode = inode_allocate(NULL, (struct vfs_inode_ref){ 0 });
	if (!inode)
		return NULL;
	inode->attributes.inode = __atomic_add_fetch(&next_number, 1, __ATOMIC_RELAXED);
	inode->attributes.mode = mode;
	inode->attributes.links = 1;
	inode->attributes.accessed = inode->attributes.modified = inode->attributes.changed = time_now();
	return inode;
}

void inode_get(struct inode *inode)
{
	__atomic_add_fetch(&inode->references, 1, __ATOMIC_RELAXED);
}

static void inode_unhash(struct inode *inode)
{
	struct inode **link = inode_bucket(inode->super, inode->ref.inode);
	while (*link && *link != inode)
		link = &(*link)->next_hash;
	if (*link)
		*link = inode->next_hash;
}

static void inode_destroy(struct inode *inode)
{
	if (inode->object.value)
		k_handle_close(inode->object);
	if (inode->image)
		slab_free(inode->image, sizeof(*inode->image));
	if (inode->super)
		superblock_put(inode->super);
	if (inode->target)
		slab_free(inode->target, inode->target_bytes);
	slab_free(inode, sizeof(*inode));
}

void inode_remember_target(struct inode *inode, const char *target, uint32_t bytes)
{
	char *copy = bytes ? slab_allocate(bytes) : NULL;
	if (!copy)
		return;
	memcpy(copy, target, bytes);
	lock_acquire(&inode->lock);
	if (!inode->target) {
		inode->target_bytes = bytes;
		__atomic_store_n(&inode->target, copy, __ATOMIC_RELEASE);
		copy = NULL;
	}
	lock_release(&inode->lock);
	if (copy)
		slab_free(copy, bytes);
}

/* One reference fewer where others remain, without the lock. */
static bool inode_put_shared(struct inode *inode)
{
	uint32_t count = __atomic_load_n(&inode->references, __ATOMIC_RELAXED);
	while (count > 1) {
		if (__atomic_compare_exchange_n(&inode->references, &count, count - 1, true, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return true;
	}
	return false;
}

/* The last reference may be taken again from the hash until the lock is held, so the count decides under it. */
void inode_put(struct inode *inode)
{
	bool last;
	if (inode_put_shared(inode))
		return;
	if (__atomic_load_n(&inode->references, __ATOMIC_ACQUIRE) == 1 && inode->dirty && !inode->stale &&
	    inode->super)
		(void)!inode_write_back(inode);
	if (!inode->super) {
		if (__atomic_sub_fetch(&inode->references, 1, __ATOMIC_ACQ_REL) == 0)
			inode_destroy(inode);
		return;
	}
	lock_acquire(&inode_lock);
	last = __atomic_sub_fetch(&inode->references, 1, __ATOMIC_ACQ_REL) == 0;
	if (last)
		inode_unhash(inode);
	lock_release(&inode_lock);
	if (last)
		inode_destroy(inode);
}

void inode_changed(struct inode *inode)
{
	if (inode->image)
		inode->image->valid = 0;
}

void inode_forward_update(struct inode *inode)
{
	const uint32_t sealed = SEAL_WRITE | SEAL_FUTURE_WRITE | SEAL_GROW;
	bool forward = inode->attributes.mode & (LINUX_S_ISUID | LINUX_S_ISGID) || inode->seals & sealed;
	__atomic_store_n(&inode->forward, forward ? ROUTE_INODE_FORWARD_WRITE : 0, __ATOMIC_RELEASE);
}

void attributes_apply(struct vfs_attributes *to, uint32_t mask, const struct vfs_attributes *from)
{
	if (mask & VFS_SET_MODE)
		to->mode = (to->mode & LINUX_S_IFMT) | (from->mode & ~LINUX_S_IFMT);
	if (mask & VFS_SET_USER)
		to->user = from->user;
	if (mask & VFS_SET_GROUP)
		to->group = from->group;
	if (mask & VFS_SET_SIZE)
		to->size = from->size;
	if (mask & VFS_SET_GROWN && from->size > to->size)
		to->size = from->size;
	if (mask & VFS_SET_ACCESSED)
		to->accessed = from->accessed;
	if (mask & VFS_SET_MODIFIED)
		to->modified = from->modified;
	if (mask & VFS_SET_CHANGED)
		to->changed = from->changed;
}

void inode_set(struct inode *inode, uint32_t mask, const struct vfs_attributes *from)
{
	lock_acquire(&inode->lock);
	attributes_apply(&inode->attributes, mask, from);
	inode_changed(inode);
	lock_release(&inode->lock);
	if (mask & VFS_SET_MODE)
		inode_forward_update(inode);
}

void inode_note(struct inode *inode, uint32_t mask, const struct vfs_attributes *from)
{
	inode_set(inode, mask, from);
	if (mask & (VFS_SET_GROWN | VFS_SET_MODIFIED))
		__atomic_store_n(&inode->outdated, 1, __ATOMIC_RELEASE);
	__atomic_or_fetch(&inode->dirty, mask, __ATOMIC_RELEASE);
}

void inode_touch(struct inode *inode, uint32_t times)
{
	struct vfs_attributes now;
	now.accessed = now.modified = now.changed = time_now();
	inode_note(inode, times, &now);
}

int inode_write_back(struct inode *inode)
{
	struct vfs_attributes attributes;
	uint32_t mask;
	int error;
	lock_acquire(&inode->lock);
	mask = inode->dirty;
	attributes = inode->attributes;
	inode->dirty = 0;
	lock_release(&inode->lock);
	if (!mask || !inode->super || !inode_provider(inode)->set_attributes)
		return 0;
	error = inode_provider(inode)->set_attributes(inode, mask, &attributes);
	if (error)
		__atomic_or_fetch(&inode->dirty, mask, __ATOMIC_RELAXED);
	return error;
}

/* One dirty inode of the bucket at or behind `skip` others, referenced. */
static struct inode *inode_next_dirty(uint32_t bucket, const struct superblock *super)
{
	struct inode *inode;
	lock_acquire(&inode_lock);
	for (inode = inode_table[bucket]; inode; inode = inode->next_hash) {
		if (inode->dirty && !inode->stale && (!super || inode->super == super)) {
			inode_get(inode);
			break;
		}
	}
	lock_release(&inode_lock);
	return inode;
}

int inode_write_back_all(struct superblock *super)
{
	int first_error = 0;
	for (uint32_t bucket = 0; bucket < INODE_BUCKETS; bucket++) {
		struct inode *inode;
		while ((inode = inode_next_dirty(bucket, super))) {
			int error = inode_write_back(inode);
			inode_put(inode);
			if (error && !first_error)
				first_error = error;
			if (error)
				break;
		}
	}
	return first_error;
}

uint64_t inode_device(const struct inode *inode)
{
	return linux_device(0, inode->super ? inode->super->device : 9);
}

void inode_init(void)
{
	lock_init(&inode_lock, RANK_DENTRY);
}
