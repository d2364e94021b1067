/* SPDX-License-Identifier: MIT */
/*
 * Changes of names that the vfs server is told afterwards: each is appended to a log that it shares, and it does what stands
 * there before it looks at any message. So a change costs no message, and nobody who asks the server misses it.
 *
 * Appended is only what the server cannot refuse. The caller holds the directory's `names` and knows that a name to be made is
 * not there and one to be removed is. A directory is removed or replaced, and found stale, with the log held; so is what the
 * server answers about an inode's links taken over.
 */
#ifndef LICHEN_PERSONALITY_INTENTS_H
#define LICHEN_PERSONALITY_INTENTS_H

#include "fs/inode.h"

/* A regular file; -EAGAIN: say it by a message. */
int intent_create(struct inode *directory, const struct vfs_create_request *request, struct inode **made);
/* A name of `victim`, which is no directory; what it has without it is in *left. False: say it by a message. */
bool intent_unlink(const struct inode *directory, const struct vfs_unlink_request *request,
		   struct inode *victim, struct vfs_attributes *left);
/* Prepared inodes count where the file system is full: true when some were given back, so trying again may help. */
bool intents_give_back(struct superblock *super);
/* Nothing is appended meanwhile. May wait. */
void intents_hold(void);
void intents_release(void);

#endif
