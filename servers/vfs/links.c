/* SPDX-License-Identifier: MIT */
/*
 * Link counts as Linux's tmpfs has them: a directory has two, and one more for each child directory; each link of a file
 * beyond the first takes one of the file system's inodes.
 */
#include "inode.h"
#include "links.h"

status_t name_check(struct name name)
{
	if (name.bytes > VFS_NAME_MAX)
		return STATUS_NAME_TOO_LONG;
	if (name.bytes == 0)
		return STATUS_INVALID;
	for (uint32_t i = 0; i < name.bytes; i++)
		if (name.text[i] == '/' || name.text[i] == 0)
			return STATUS_INVALID;
	if (name.text[0] == '.' && (name.bytes == 1 || (name.bytes == 2 && name.text[1] == '.')))
		return STATUS_INVALID;
	return STATUS_OK;
}

void directory_touched(struct inode *directory, const struct vfs_timestamp *now)
{
	directory->modified = directory->changed = *now;
}

void link_attach(struct inode *parent, struct name_entry *entry, struct inode *inode,
		 const struct vfs_timestamp *now)
{
	directory_insert(&parent->directory, entry, inode);
	parent->size += DIRECTORY_SIZE_NAME;
	directory_touched(parent, now);
	inode->kept = KEPT_NO;
	if (!inode_is(inode, MODE_DIRECTORY)) {
		inode->links++;
		return;
	}
	inode->links = 2;
	inode->size = DIRECTORY_SIZE_EMPTY;
	inode->directory.parent = parent;
	parent->links++;
}

void link_lost(struct inode *inode, bool keep, const struct vfs_timestamp *now)
{
	if (inode_is(inode, MODE_DIRECTORY)) {
		inode->directory.parent->links--;
		inode->directory.parent = NULL;
		inode->links = 0;
	} else {
		if (inode->links > 1)
			filesystem_give_inode(inode->filesystem);
		inode->links--;
	}
	inode->changed = *now;
	if (keep && inode->links == 0)
		inode->kept = KEPT_OPEN;
}

void link_detach(struct inode *parent, struct name_entry *entry, bool keep, const struct vfs_timestamp *now)
{
	struct inode *inode = entry->inode;

	directory_remove(&parent->directory, entry);
	parent->size -= DIRECTORY_SIZE_NAME;
	directory_touched(parent, now);
	link_lost(inode, keep, now);
}
