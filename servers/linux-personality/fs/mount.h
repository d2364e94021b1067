/* SPDX-License-Identifier: MIT */
/*
 * Mounts and mount namespaces.
 *
 * A mount puts the tree below `root` on `point` of its parent mount. A namespace holds a list of mounts; the table belongs
 * to the namespace, never to a process. All links under mount_lock (RANK_NAMESPACE). Key of a crossing: (mount, dentry).
 */
#ifndef LICHEN_PERSONALITY_MOUNT_H
#define LICHEN_PERSONALITY_MOUNT_H

#include "fs/dentry.h"

struct fs_context;

struct mount {
	uint32_t references; /* A; paths and children */
	uint32_t id;
	struct mount_namespace *space; /* NULL: detached */
	struct mount *parent;          /* NULL, with point: the first of its namespace, or detached */
	struct dentry *point;          /* in parent */
	struct dentry *root;
	struct superblock *super;
	uint32_t flags; /* LINUX_MS_* that belong to the mount */
	bool shared;
	char source[64];
	struct mount *next; /* of the namespace, in mount order */
};

struct mount_namespace {
	uint32_t references;
	uint64_t id;
	struct mount *mounts; /* first is the root */
	uint32_t count;
};

extern struct lock mount_lock;

struct mount_namespace *mount_namespace_create(struct superblock *super, const char *source);
/* A copy of all mounts. The context's root and working directory, which lie in `space`, are exchanged for the same places of
   the copy. NULL without memory. */
struct mount_namespace *mount_namespace_copy(struct mount_namespace *space, struct fs_context *context);
/* The root of the last mount on the root, referenced. */
struct path mount_namespace_top(struct mount_namespace *space);
void mount_namespace_get(struct mount_namespace *space);
void mount_namespace_put(struct mount_namespace *space);

void mount_get(struct mount *mount);
void mount_put(struct mount *mount);
/* Cross into what is mounted on the path, repeatedly: the path's references are exchanged. */
void mount_cross(struct path *path);
/* The same without references, mount_lock held. */
void mount_cross_held(struct path *path);
/* Leave a mount's root upwards: false at the namespace's root, or at that of a detached mount. */
bool mount_leave(struct path *path);
/* With mount_lock held: put a mount that is nowhere on a place; take it off its place, which the caller then has to put, without
   the lock; is it `above` or in something that is mounted below that? */
void mount_place(struct mount *mount, const struct path *place);
struct path mount_displace(struct mount *mount);
bool mount_is_below(const struct mount *mount, const struct mount *above);
/* -EINVAL: the place is not in this namespace. -ENOENT: it was removed. */
int mount_attach(struct mount_namespace *space, const struct path *point, struct superblock *super,
		 struct dentry *root, uint32_t flags, const char *source);
/* The flags of the mount a place is in: none for a place outside all mounts, as /proc/PID/fd leads to a memfd. */
uint32_t path_mount_flags(const struct path *path);
/* A path's mount may be written: 0 or -EROFS. */
int mount_writable(const struct path *path);

#endif
