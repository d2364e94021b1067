/* SPDX-License-Identifier: MIT */
/*
 * Superblocks: made by a mount type, referenced by their mounts and inodes, shut down when the last mount goes.
 */
#include "core/slab.h"
#include "core/survive.h"
#include "fs/dentry.h"

#define FIRST_DEVICE 20u

struct superblock *superblock_create(enum super_type type, const char *type_name)
{
	SURVIVES static uint32_t next_device;
	struct superblock *super = slab_allocate(sizeof(*super));
	if (!super)
		return NULL;
	super->references = 1;
	super->type = type;
	super->device = FIRST_DEVICE + __atomic_fetch_add(&next_device, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; type_name[i] && i < sizeof(super->type_name) - 1; i++)
		super->type_name[i] = type_name[i];
	return super;
}

void superblock_get(struct superblock *super)
{
	__atomic_add_fetch(&super->references, 1, __ATOMIC_RELAXED);
}

void superblock_put(struct superblock *super)
{
	if (__atomic_sub_fetch(&super->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	if (super->prepared)
		slab_free(super->prepared, VFS_PREPARED_MAX * sizeof(*super->prepared));
	slab_free(super, sizeof(*super));
}

void superblock_mounted(struct superblock *super)
{
	__atomic_add_fetch(&super->mounts, 1, __ATOMIC_RELAXED);
}

void superblock_unmounted(struct superblock *super)
{
	if (__atomic_sub_fetch(&super->mounts, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	(void)!inode_write_back_all(super);
	dentry_shrink(super);
	if (provider_table[super->type]->shut_down)
		provider_table[super->type]->shut_down(super);
	if (super->root)
		inode_put(super->root);
	super->root = NULL;
}
