/* SPDX-License-Identifier: MIT */
/*
 * Changes of names: create, link, remove, rename. One place, so that permissions, cache and notifications are done once.
 *
 * Each function takes a finished walk to the parent; it holds the directory's `names` mutex over the provider's call and
 * updates the dentry cache with it.
 */
#ifndef LICHEN_PERSONALITY_CHANGE_H
#define LICHEN_PERSONALITY_CHANGE_H

#include "fs/walk.h"

/* Make a file of the type in `mode` (umask applied by the caller); -EEXIST if the name is there. */
int change_create(struct thread *self, const struct walk_parent *parent, uint32_t mode, uint64_t device,
		  struct path *path);
/* A regular file without a name in the file system of `directory`. */
int change_create_unnamed(struct thread *self, const struct path *directory, uint32_t mode,
			  struct path *path);
int change_symlink(struct thread *self, const struct walk_parent *parent, const char *target);
int change_link(struct thread *self, const struct path *old, const struct walk_parent *parent);
int change_remove(struct thread *self, const struct walk_parent *parent, bool is_directory);
int change_rename(struct thread *self, const struct walk_parent *old, const struct walk_parent *new,
		  uint32_t flags);

#endif
