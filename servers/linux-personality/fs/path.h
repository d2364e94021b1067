/* SPDX-License-Identifier: MIT */
/*
 * A place in the tree: mount and dentry together, and what other parts need of the walk.
 */
#ifndef LICHEN_PERSONALITY_PATH_H
#define LICHEN_PERSONALITY_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/types.h"

struct thread;
struct mount;
struct dentry;
struct inode;
struct file;

struct path {
	struct mount *mount;
	struct dentry *dentry;
};

void path_get(const struct path *path);
void path_put(const struct path *path);

/* Root, working directory, umask: shared by CLONE_FS. */
struct fs_context;
struct fs_context *fs_context_copy(struct fs_context *context);
void fs_context_get(struct fs_context *context);
void fs_context_put(struct fs_context *context);

/* Open a path by name from our own memory, with the caller's credentials: exec, core dumps, PID 1's console. The result is a
   referenced file, or NULL with -errno in *error. */
struct file *file_open_name(struct thread *self, const char *name, uint32_t flags, uint32_t mode, int *error);
/* Open what a descriptor and a guest path name, for execveat: AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW in at_flags. */
struct file *file_open_exec(struct thread *self, int32_t directory, const char *name, uint32_t at_flags,
			    int *error);
/* Absolute path as the thread sees it, into buffer (NUL-terminated); length, or -ENAMETOOLONG; " (deleted)" appended. */
int64_t path_name(struct thread *self, const struct path *path, char *buffer, uint64_t bytes);

#endif
