/* SPDX-License-Identifier: MIT */
/*
 * Contents of regular files and the pages they take; targets of symbolic links, which take pages as well.
 *
 * Pages are charged to the file system when they are promised (reserve, fallocate), so a write that was promised never finds
 * the file system full. Used pages are those that are really there: promises not yet used are in neither `blocks` nor df.
 */
#ifndef LICHEN_VFS_FILE_H
#define LICHEN_VFS_FILE_H

#include "state.h"

#define RESERVE_AHEAD_PAGES_MAX 256u /* 1 MB */

/* The memory object, made at the first call: archive contents appear in it. NO_MEMORY. */
status_t file_open(struct vfs_context *vfs, struct inode *inode);
/* Promise pages so that bytes [start, end) can be written. NO_SPACE, TOO_BIG, NO_MEMORY. */
status_t file_reserve(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end);
/* Take back what was promised beyond `end` bytes. */
status_t file_give_back(struct vfs_context *vfs, struct inode *inode, uint64_t end);
/* truncate(2): cut, or extend with zeros. TOO_BIG, NO_MEMORY. */
status_t file_set_size(struct vfs_context *vfs, struct inode *inode, uint64_t size);
/* Writes reached this size; what is smaller is no news. */
status_t file_grown(struct vfs_context *vfs, struct inode *inode, uint64_t size);
/* fallocate(2): promise bytes [start, end) and make their pages present; with `keep` they stay beyond the size. */
status_t file_allocate(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end, bool keep);
/* A hole: whole pages are dropped, parts of pages cleared. */
status_t file_punch(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end);
/* The next data or hole at or behind an offset; NOT_FOUND: none. */
status_t file_seek(struct vfs_context *vfs, struct inode *inode, uint64_t offset, bool hole, uint64_t *found);

/* Bytes from the start that may be written without asking. */
uint64_t file_writable_end(const struct inode *inode);
/* Pages that are really there. */
status_t file_used_pages(const struct vfs_context *vfs, const struct inode *inode, uint64_t *pages);
/* The contents begin as `bytes` of the archive, which are charged even where the file system is full. NO_MEMORY. */
status_t file_from_archive(struct inode *inode, uint64_t offset, uint64_t bytes);
void file_clear(struct vfs_context *vfs, struct inode *inode);

/* Short targets live in the inode on Linux, longer ones take a page. */
uint64_t symlink_pages(uint32_t target_bytes);
/* Charges and copies. NO_SPACE, NO_MEMORY. */
status_t symlink_set(struct inode *inode, const char *target, uint32_t bytes);
/* Append to a target: TOO_BIG beyond SYMLINK_TARGET_MAX bytes, and then nothing changed. */
#define SYMLINK_TARGET_MAX 4095u
status_t symlink_extend(struct inode *inode, const char *more, uint32_t bytes);
void symlink_clear(struct inode *inode);

/* NO_SPACE: that many pages are not free. */
status_t filesystem_charge(struct filesystem *filesystem, uint64_t pages);
void filesystem_uncharge(struct filesystem *filesystem, uint64_t pages);

#endif
