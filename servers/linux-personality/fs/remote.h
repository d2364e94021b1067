/* SPDX-License-Identifier: MIT */
/*
 * The provider that asks the vfs server, and what else speaks to it.
 */
#ifndef LICHEN_PERSONALITY_REMOTE_H
#define LICHEN_PERSONALITY_REMOTE_H

#include "fs/dentry.h"
#include "vfs_protocol.h"

/* A fresh id for a request that changes something. */
uint64_t remote_request_id(void);
/* Make a file system known to vfs and build its superblock with its root inode; -errno through *error. */
struct superblock *remote_mount(const char *type, const char *source, const char *options, uint32_t flags,
				int *error);
extern const struct provider remote_provider;
#define REMOTE_ENTRIES_BYTES 3960u /* of directory entries in one message */
/* Its entries of directories: as many as fit into `max`, which may be more than a message holds. */
int64_t remote_read_directory(struct thread *self, struct inode *directory, uint64_t cookie, void *buffer,
			      uint32_t max);
/* Look up several names in a row at once and enter what was found below `parent`: a hint that fills the cache; `names` holds
   `count` NUL-terminated names. */
void remote_prefetch(struct dentry *parent, const char *names, uint32_t count, uint32_t bytes);

#endif
