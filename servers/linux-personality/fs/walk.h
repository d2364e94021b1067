/* SPDX-License-Identifier: MIT */
/*
 * The path walk: names to places, with the caller's root, working directory and credentials.
 */
#ifndef LICHEN_PERSONALITY_WALK_H
#define LICHEN_PERSONALITY_WALK_H

#include "fs/mount.h"

#define WALK_FOLLOW 0x1u     /* follow a symbolic link in the last place */
#define WALK_DIRECTORY 0x2u  /* the result must be a directory */
#define WALK_EMPTY 0x4u      /* an empty name means the start itself */
#define WALK_NO_LINKS 0x10u  /* RESOLVE_NO_SYMLINKS: any link is ELOOP */
#define WALK_BENEATH 0x20u   /* RESOLVE_BENEATH */
#define WALK_IN_ROOT 0x40u   /* RESOLVE_IN_ROOT */
#define WALK_NO_CROSS 0x80u  /* RESOLVE_NO_XDEV */
#define WALK_NO_MAGIC 0x100u /* RESOLVE_NO_MAGICLINKS */

struct credentials;

enum last_kind { LAST_NAME = 0, LAST_DOT, LAST_DOT_DOT, LAST_ROOT };

/* A finished WALK_PARENT: the directory (referenced) and the last component. */
struct walk_parent {
	struct path directory;
	enum last_kind kind;
	bool slashes; /* the name ended in slashes */
	uint16_t bytes;
	char name[LINUX_NAME_MAX + 1];
};

/* A name from the guest, for the length of a call: a long one takes 4 KiB from the arena. name_read answers 0, -EFAULT,
   -ENAMETOOLONG, -ENOMEM; name_free after 0 only. */
#define NAME_INLINE_BYTES 256u
struct guest_name {
	char *text;
	char inline_text[NAME_INLINE_BYTES];
};
int name_read(struct guest_name *name, gaddr_t guest);
void name_free(struct guest_name *name);

/* Where *at calls start: the working directory or a descriptor; for absolute names the root. */
int walk_path(struct thread *self, int32_t directory, const char *name, uint32_t flags, struct path *result);
/* To the directory of the last component. With WALK_FOLLOW a symbolic link in the last place is chased to where its target
   lies, so that open can make what a dangling link names; LAST_ROOT then means the directory field is the result itself. */
int walk_to_parent(struct thread *self, int32_t directory, const char *name, uint32_t flags,
		   struct walk_parent *result);
/* Go on from the parent to the entry itself, following a link if asked. */
int walk_last(struct thread *self, const struct walk_parent *parent, uint32_t flags, struct path *result);
/* The caches alone answer: 0, an error that is the answer, or -EAGAIN: they do not know, or the walk is not for them.
   walk_hold leaves the place unreferenced under the locks of the context, the mounts and the dentries until walk_release: the
   holder does not wait and takes no lock below RANK_FILE. */
struct held_path {
	struct path path;
	struct fs_context *context;
	struct file *start; /* the descriptor that the walk started at */
};
int walk_hold(struct thread *self, int32_t directory, const char *name, uint32_t flags,
	      struct held_path *held);
void walk_release(struct held_path *held);
int walk_cached(struct thread *self, int32_t directory, const char *name, uint32_t flags,
		struct path *result);
int walk_cached_parent(struct thread *self, int32_t directory, const char *name, uint32_t flags,
		       struct walk_parent *result);
/* Name from the guest, then walk. */
int walk_guest(struct thread *self, int32_t directory, gaddr_t name, uint32_t flags, struct path *result);

/* Permission: want is a mix of LINUX_R_OK, W_OK, X_OK. 0, -EACCES, -EROFS, -EPERM. */
int permission_check(struct thread *self, const struct inode *inode, uint32_t want);
/* What access(2) judges by: a copy with the real ids in place of the fs ids; NULL without memory. */
struct credentials *permission_real_credentials(struct thread *self);
/* May entries of the directory be removed or renamed by the caller: write, search, sticky. */
int permission_remove(struct thread *self, const struct inode *directory, const struct inode *victim);
/* Owner or CAP_FOWNER. */
bool permission_owner(struct thread *self, const struct inode *inode);

/* Root, working directory, umask. */
struct fs_context {
	uint32_t references;
	struct lock lock; /* RANK_TABLE */
	struct path root, working;
	uint32_t umask;
};

#endif
