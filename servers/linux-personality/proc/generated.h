/* SPDX-License-Identifier: MIT */
/*
 * Open generated files and their contents; and inodes of generated nodes.
 */
#ifndef LICHEN_PERSONALITY_GENERATED_H
#define LICHEN_PERSONALITY_GENERATED_H

#include "fs/inode.h"
#include "proc/node.h"

/* Behind file->object: what was generated at the last read from offset 0. */
struct content {
	struct mutex mutex; /* held over the guest copy */
	struct text text;
	bool made;
	struct mm *mm; /* of files that show memory: the space at open, as Linux binds it */
};

/* The node of an inode with its subject: 0 or -ENOENT when the process is gone. request_end afterwards in either case. */
int request_begin(struct thread *self, const struct inode *inode, struct request *request);
void request_end(struct request *request);

/* The node's inode, referenced; NULL without memory or when its process is gone. */
struct inode *generated_inode(struct superblock *super, const struct node *node);
/* A place outside all mounts for an inode that only a magic link leads to. Takes over the inode's reference. */
int generated_place(struct inode *inode, const char *name, struct path *place);
struct file *generated_open(struct thread *self, struct inode *inode, uint32_t flags, int *error);

#endif
