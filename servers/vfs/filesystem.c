/* SPDX-License-Identifier: MIT */
/*
 * The tree as a whole and the file systems in it: made empty, ended with all that they hold.
 */
#include "file.h"
#include "filesystem.h"
#include "inode.h"
#include "links.h"
#include "store.h"
#include "xattr.h"

#define NUMBER_FIRST 1u

struct tree *tree_create(uint64_t hash_seed)
{
	struct tree *tree = store_allocate(sizeof *tree);

	if (!tree)
		return NULL;
	tree->hash_seed = hash_seed;
	tree->magic = TREE_MAGIC;
	return tree;
}

void tree_destroy(struct vfs_context *vfs)
{
	for (uint32_t i = 0; i < FILESYSTEMS_MAX; i++)
		if (vfs->tree->filesystems[i])
			filesystem_end(vfs, vfs->tree->filesystems[i]);
	store_free(vfs->tree, sizeof *vfs->tree);
	vfs->tree = NULL;
}

static struct filesystem **free_place(struct tree *tree, uint32_t *id)
{
	for (uint32_t i = 0; i < FILESYSTEMS_MAX; i++) {
		if (tree->filesystems[i])
			continue;
		*id = i + 1;
		return &tree->filesystems[i];
	}
	return NULL;
}

static status_t create_root(struct vfs_context *vfs, struct filesystem *filesystem,
			    const struct vfs_timestamp *now)
{
	struct inode_owner owner = { MODE_DIRECTORY | filesystem->options.mode, filesystem->options.user,
				     filesystem->options.group };
	status_code_t status = inode_create(vfs, filesystem, &owner, now, &filesystem->root);

	if (status != STATUS_OK)
		return status;
	filesystem->root->links = 2;
	filesystem->root->size = DIRECTORY_SIZE_EMPTY;
	return STATUS_OK;
}

static void free_filesystem(struct filesystem *filesystem)
{
	store_free(filesystem->buckets, filesystem->bucket_count * sizeof *filesystem->buckets);
	store_free(filesystem, sizeof *filesystem);
}

status_t filesystem_create(struct vfs_context *vfs, enum filesystem_type type,
			   const struct filesystem_options *options, const struct vfs_timestamp *now,
			   struct filesystem **result)
{
	uint32_t id;
	struct filesystem **place = free_place(vfs->tree, &id), *filesystem;
	status_code_t status;

	if (!place)
		return STATUS_LIMIT;
	filesystem = store_allocate(sizeof *filesystem);
	if (!filesystem)
		return STATUS_NO_MEMORY;
	filesystem->id = id;
	filesystem->type = type;
	filesystem->options = *options;
	filesystem->next_number = NUMBER_FIRST;
	status = create_root(vfs, filesystem, now);
	if (status != STATUS_OK) {
		free_filesystem(filesystem);
		return status;
	}
	*place = filesystem;
	*result = filesystem;
	return STATUS_OK;
}

void filesystem_end(struct vfs_context *vfs, struct filesystem *filesystem)
{
	for (uint32_t i = 0; i < filesystem->bucket_count; i++)
		while (filesystem->buckets[i])
			inode_end(vfs, filesystem->buckets[i]);
	vfs->tree->filesystems[filesystem->id - 1] = NULL;
	free_filesystem(filesystem);
}

static status_t inode_used_pages(const struct vfs_context *vfs, const struct inode *inode, uint64_t *pages)
{
	*pages = 0;
	if (inode_is(inode, MODE_SYMLINK))
		*pages = symlink_pages(inode->symlink.target_bytes);
	return inode_is(inode, MODE_REGULAR) ? file_used_pages(vfs, inode, pages) : STATUS_OK;
}

status_t filesystem_used_pages(const struct vfs_context *vfs, const struct filesystem *filesystem,
			       uint64_t *pages)
{
	*pages = 0;
	for (uint32_t i = 0; i < filesystem->bucket_count; i++) {
		for (const struct inode *inode = filesystem->buckets[i]; inode; inode = inode->next) {
			uint64_t used;
			status_code_t status = inode_used_pages(vfs, inode, &used);

			if (status != STATUS_OK)
				return status;
			*pages += used;
		}
	}
	return STATUS_OK;
}
