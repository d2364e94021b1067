/* SPDX-License-Identifier: MIT */
/*
 * Which inode an archive's hard-linked entries became: (device, inode number, type) of the archive to a reference. It is needed
 * only while an archive is unpacked.
 */
#ifndef LICHEN_VFS_LINK_TABLE_H
#define LICHEN_VFS_LINK_TABLE_H

#include "runtime/archive.h"
#include "state.h"

struct link_slot {
	uint32_t device_major, device_minor, inode, type;
	struct vfs_inode_ref ref; /* inode 0: the slot is free */
};

struct link_table {
	struct link_slot *slots; /* open addressing, a power of two of them */
	uint32_t count, capacity;
};

/* NULL: none. */
const struct vfs_inode_ref *link_table_find(const struct link_table *table,
					    const struct archive_entry *entry);
/* Adds, or replaces what the entry's inode number meant before. NO_MEMORY. */
status_t link_table_add(struct link_table *table, const struct archive_entry *entry,
			const struct vfs_inode_ref *ref);
void link_table_clear(struct link_table *table);

#endif
