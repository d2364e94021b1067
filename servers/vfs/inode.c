/* SPDX-License-Identifier: MIT */
/*
 * The inode table is a hash table by number with as many buckets as inodes; numbers are dense, so a mask is the hash.
 */
#include <string.h>
#include "directory.h"
#include "file.h"
#include "inode.h"
#include "store.h"
#include "xattr.h"

#define BUCKETS_MIN 64u
#define BLOCKS_PER_PAGE (PAGE_SIZE / 512u)

struct filesystem *filesystem_find(const struct vfs_context *vfs, uint32_t id)
{
	return id >= 1 && id <= FILESYSTEMS_MAX ? vfs->tree->filesystems[id - 1] : NULL;
}

static struct inode **bucket_of(const struct filesystem *filesystem, uint64_t number)
{
	return &filesystem->buckets[number & (filesystem->bucket_count - 1)];
}

status_t inode_find(const struct vfs_context *vfs, const struct vfs_inode_ref *ref, struct inode **result)
{
	const struct filesystem *filesystem = filesystem_find(vfs, ref->filesystem);
	struct inode *inode = filesystem && filesystem->bucket_count ? *bucket_of(filesystem, ref->inode)
								     : NULL;

	while (inode && inode->number != ref->inode)
		inode = inode->next;
	if (!inode || inode->generation != ref->generation || inode->kept == KEPT_PREPARED)
		return STATUS_STALE;
	*result = inode;
	return STATUS_OK;
}

status_t inode_find_directory(const struct vfs_context *vfs, const struct vfs_inode_ref *ref,
			      struct inode **inode)
{
	status_code_t status = inode_find(vfs, ref, inode);

	if (status == STATUS_OK && !inode_is(*inode, MODE_DIRECTORY))
		return STATUS_NOT_DIRECTORY;
	return status;
}

status_t filesystem_take_inode(struct filesystem *filesystem)
{
	if (filesystem->options.inodes_max && filesystem->inodes_used >= filesystem->options.inodes_max)
		return STATUS_NO_SPACE;
	filesystem->inodes_used++;
	return STATUS_OK;
}

void filesystem_give_inode(struct filesystem *filesystem)
{
	filesystem->inodes_used--;
}

static status_t grow_table(struct filesystem *filesystem)
{
	uint32_t old_count = filesystem->bucket_count, count = old_count ? old_count * 2 : BUCKETS_MIN;
	struct inode **old = filesystem->buckets, **grown;

	if (filesystem->inode_count < old_count)
		return STATUS_OK;
	grown = store_allocate(count * sizeof *grown);
	if (!grown)
		return STATUS_NO_MEMORY;
	filesystem->buckets = grown;
	filesystem->bucket_count = count;
	for (uint32_t i = 0; i < old_count; i++) {
		for (struct inode *inode = old[i], *next; inode; inode = next) {
			struct inode **bucket = bucket_of(filesystem, inode->number);

			next = inode->next;
			inode->next = *bucket;
			*bucket = inode;
		}
	}
	store_free(old, old_count * sizeof *old);
	return STATUS_OK;
}

static void table_insert(struct filesystem *filesystem, struct inode *inode)
{
	struct inode **bucket = bucket_of(filesystem, inode->number);

	inode->next = *bucket;
	*bucket = inode;
	filesystem->inode_count++;
}

static void table_remove(struct filesystem *filesystem, const struct inode *inode)
{
	struct inode **link = bucket_of(filesystem, inode->number);

	while (*link != inode)
		link = &(*link)->next;
	*link = inode->next;
	filesystem->inode_count--;
}

/* Never 0, so that a zeroed reference names nothing. */
static uint32_t next_generation(struct tree *tree)
{
	if (++tree->next_generation == 0)
		tree->next_generation = 1;
	return tree->next_generation;
}

status_t inode_create(struct vfs_context *vfs, struct filesystem *filesystem, const struct inode_owner *owner,
		      const struct vfs_timestamp *now, struct inode **result)
{
	struct inode *inode;
	status_code_t status = grow_table(filesystem);

	if (status == STATUS_OK)
		status = filesystem_take_inode(filesystem);
	if (status != STATUS_OK)
		return status;
	inode = store_allocate(sizeof *inode);
	if (!inode) {
		filesystem_give_inode(filesystem);
		return STATUS_NO_MEMORY;
	}
	inode->filesystem = filesystem;
	inode->number = filesystem->next_number++;
	inode->generation = next_generation(vfs->tree);
	inode->mode = owner->mode;
	inode->user = owner->user;
	inode->group = owner->group;
	inode->accessed = inode->modified = inode->changed = inode->born = *now;
	if (inode_is(inode, MODE_DIRECTORY))
		directory_initialise(&inode->directory, NULL);
	table_insert(filesystem, inode);
	*result = inode;
	return STATUS_OK;
}

static void free_contents(struct vfs_context *vfs, struct inode *inode)
{
	if (inode_is(inode, MODE_REGULAR))
		file_clear(vfs, inode);
	if (inode_is(inode, MODE_DIRECTORY))
		directory_clear(&inode->directory);
	if (inode_is(inode, MODE_SYMLINK))
		symlink_clear(inode);
	xattr_clear(inode);
}

void inode_end(struct vfs_context *vfs, struct inode *inode)
{
	free_contents(vfs, inode);
	table_remove(inode->filesystem, inode);
	filesystem_give_inode(inode->filesystem);
	store_free(inode, sizeof *inode);
}

void inode_end_unused(struct vfs_context *vfs, struct inode *inode)
{
	if (inode->links == 0 && !inode->kept)
		inode_end(vfs, inode);
}

struct vfs_inode_ref inode_ref(const struct inode *inode)
{
	return (struct vfs_inode_ref){ inode->number, inode->filesystem->id, inode->generation };
}

status_t inode_attributes(const struct vfs_context *vfs, const struct inode *inode,
			  struct vfs_attributes *attributes)
{
	uint64_t pages = 0;
	status_code_t status = STATUS_OK;

	if (inode_is(inode, MODE_REGULAR))
		status = file_used_pages(vfs, inode, &pages);
	else if (inode_is(inode, MODE_SYMLINK))
		pages = symlink_pages(inode->symlink.target_bytes);
	if (status != STATUS_OK)
		return status;
	*attributes = (struct vfs_attributes){
		.inode = inode->number,
		.size = inode->size,
		.blocks = pages * BLOCKS_PER_PAGE,
		.device = inode->device,
		.mode = inode->mode,
		.links = inode->links,
		.user = inode->user,
		.group = inode->group,
		.accessed = inode->accessed,
		.modified = inode->modified,
		.changed = inode->changed,
		.born = inode->born,
	};
	return STATUS_OK;
}
