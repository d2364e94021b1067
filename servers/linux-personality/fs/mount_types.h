/* SPDX-License-Identifier: MIT */
/*
 * File system types: one row each, for mount(2) and /proc/filesystems.
 */
#ifndef LICHEN_PERSONALITY_MOUNT_TYPES_H
#define LICHEN_PERSONALITY_MOUNT_TYPES_H

#include "fs/inode.h"

struct mount_type {
	const char *name;
	bool needs_device; /* not "nodev" in /proc/filesystems */
	/* A superblock with its root inode, one reference; NULL and -errno. */
	struct superblock *(*make)(const char *source, const char *options, uint32_t flags, int *error);
};

const struct mount_type *mount_type_find(const char *name);
/* Row `index`, or NULL past the last. */
const struct mount_type *mount_type_at(uint32_t index);

#endif
