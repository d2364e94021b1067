/* SPDX-License-Identifier: MIT */
/*
 * The dentry cache: names to inodes, negative entries included.
 *
 * A dentry holds its parent and its inode; its children hold it. Unreferenced ones stay cached on an LRU list and are
 * evicted, leaves first, above a bound; the list may hold referenced ones too, which are taken off when their turn comes.
 * All links are guarded by dentry_lock (RANK_DENTRY), and so is every step of a count from or to 0; a dentry's inode
 * changes only with the directory's `names` mutex held as well.
 */
#ifndef LICHEN_PERSONALITY_DENTRY_H
#define LICHEN_PERSONALITY_DENTRY_H

#include "fs/inode.h"
#include "fs/path.h"

#define DENTRY_INLINE_NAME 40

struct dentry {
	uint32_t references; /* A */
	uint32_t hash;
	struct dentry *parent; /* NULL: a root */
	struct inode *inode;   /* NULL: negative */
	struct dentry *next_hash;
	struct dentry *older, *newer; /* LRU, while listed */
	struct superblock *super;
	uint32_t children;
	uint32_t mounts; /* mounts on it, in any namespace */
	bool hashed;     /* false: removed or a root */
	bool listed;     /* on the LRU list */
	bool used;       /* found since it was listed: gets a second turn */
	bool complete;   /* a directory made here whose names are all cached: what is not, is not there */
	uint16_t name_bytes;
	char *name; /* inline_name or allocated */
	char inline_name[DENTRY_INLINE_NAME];
};

extern struct lock dentry_lock;

/* FNV-1a over a name's bytes. */
#define NAME_HASH_START 0xcbf29ce484222325ull
static inline uint64_t name_hash_add(uint64_t hash, char byte)
{
	return (hash ^ (uint8_t)byte) * 0x100000001b3ull;
}

void dentry_init(void);
/* A root: takes over the inode reference. */
struct dentry *dentry_create_root(struct superblock *super, struct inode *inode);
/* The same with a name to show, for files that are in no directory. */
struct dentry *dentry_create_named(struct superblock *super, struct inode *inode, const char *name);
void dentry_get(struct dentry *dentry);
void dentry_put(struct dentry *dentry);
/* The parent, referenced; NULL for a root. */
struct dentry *dentry_get_parent(const struct dentry *dentry);
/* Cached entry, unreferenced, or NULL: unknown; dentry_lock held, the file system not a generated one. */
struct dentry *dentry_peek(struct dentry *parent, const char *name, uint32_t bytes, uint64_t name_hash);
bool dentry_known(struct dentry *parent, const char *name, uint32_t bytes);
/* Cached entry, referenced, or NULL: unknown. */
struct dentry *dentry_find(struct dentry *parent, const char *name, uint32_t bytes);
/* Enter a result of a lookup (inode NULL: negative; the inode reference is taken over); referenced. If one is there already it
   wins. NULL without memory. */
struct dentry *dentry_enter(struct dentry *parent, const char *name, uint32_t bytes, struct inode *inode);
/* The same in two steps, so that the second cannot fail: an entry that nobody finds yet, then its inode. */
struct dentry *dentry_prepare(struct dentry *parent, const char *name, uint32_t bytes);
struct dentry *dentry_enter_prepared(struct dentry *fresh, struct inode *inode);
void dentry_forget_prepared(struct dentry *fresh);
/* The same for an answer that was got without holding `names`: entered only when no name of the file system was removed or
   moved since `changes` was read, before asking. NULL also then. */
uint64_t dentry_changes(const struct superblock *super);
struct dentry *dentry_enter_since(struct dentry *parent, const char *name, uint32_t bytes,
				  struct inode *inode, uint64_t changes);
/* What the directory's cached names lack is not there. Asked after a look for the name. */
bool dentry_knows_all(const struct dentry *directory);
/* Look up with the cache in front: referenced, possibly negative; NULL and -errno. `names` not held. */
struct dentry *dentry_lookup(struct dentry *parent, const char *name, uint32_t bytes, int *error);
/* The same with the directory's `names` held by the caller. */
struct dentry *dentry_lookup_locked(struct dentry *parent, const char *name, uint32_t bytes, int *error);
/* A name now means this inode (create, link): reference taken over. */
void dentry_instantiate(struct dentry *dentry, struct inode *inode);
/* The name is gone: the dentry is unhashed (open files keep it) . */
void dentry_remove(struct dentry *dentry);
/* Rename: `dentry` gets the parent and name of `target`, which is unhashed; exchange swaps them. */
int dentry_move(struct dentry *dentry, struct dentry *target, bool exchange);
bool dentry_is_below(const struct dentry *dentry, const struct dentry *ancestor);
/* Drop every cached entry of a superblock (unmount) or all unused ones. */
void dentry_shrink(struct superblock *super);

#endif
