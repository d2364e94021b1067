/* SPDX-License-Identifier: MIT */
/*
 * Inodes, superblocks and the providers behind them.
 *
 * An inode is the personality's cached view of one file of one file system. Its attributes are the truth while it is
 * cached, since every change goes through here: times and size are written back to the provider when the inode leaves
 * the cache, at fsync and sync. A provider (the vfs server, /proc, /sys, /dev/pts) is a row of operations found by the
 * superblock's type; the arena holds only its index.
 *
 * Locks: `names` (a mutex, held across messages) guards a directory's entries; two of them by address, after the
 * rename mutex. `content` (a mutex) makes writes, truncation and append atomic. Attribute fields are guarded by `lock`.
 */
#ifndef LICHEN_PERSONALITY_INODE_H
#define LICHEN_PERSONALITY_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/route.h"
#include "core/lock.h"
#include "core/wait.h"
#include "linux_abi/files.h"
#include "vfs_protocol.h"

struct thread;
struct file;
struct file_lock;
struct inotify_watch;
struct dentry;
struct path;

enum super_type {
	SUPER_NONE = 0,
	SUPER_VFS,
	SUPER_PROC,
	SUPER_SYS,
	SUPER_DEVPTS,
	SUPER_ANONYMOUS,
	SUPER_TYPE_COUNT
};

struct superblock {
	uint32_t references; /* A; mounts and inodes */
	enum super_type type;
	uint32_t filesystem; /* of the vfs server */
	uint32_t device;     /* minor number of st_dev */
	int64_t magic;
	uint32_t flags; /* LINUX_MS_RDONLY */
	char type_name[16];
	char options[128];
	uint32_t mounts;  /* A; the last one's end shuts the superblock down */
	uint64_t changes; /* A; names removed or moved so far: dentry_enter_since */
	struct inode *root;
	struct vfs_inode_ref *prepared; /* intents; NULL or room for VFS_PREPARED_MAX */
	uint32_t prepared_count, prepared_last;
	uint32_t trees; /* A; dentries made for the root: beside another tree, none knows all names */
	void *detail;   /* the provider's own: pid namespace view, pts instance */
};

struct inode {
	union {
		struct route_inode route; /* B with the kernel: route/descriptors.h */
		struct {
			struct mutex content;
			struct lock lock; /* RANK_FILE */
			uint32_t forward; /* A; ROUTE_INODE_*: inode_forward_update */
			uint32_t dirty;   /* A; VFS_SET_* that the provider does not know yet */
			uint32_t
				outdated; /* A; the provider counts blocks or a directory's size anew: ask before showing */
			uint32_t reserved;
			uint64_t writable_end;
			struct route_image *image; /* lock; what fstat shows, NULL until it was asked for */
			struct vfs_attributes attributes;
		};
	};
	uint32_t references; /* A */
	struct superblock *super;
	struct inode *next_hash;
	struct vfs_inode_ref ref;
	struct mutex names;
	handle_t object;    /* page cache; 0 until first used */
	uint32_t opens;     /* A; open files */
	uint32_t writers;   /* A; opened for writing */
	uint32_t executes;  /* A; mapped for execution: writers get ETXTBSY */
	bool mapped_shared; /* written through mappings: always ask */
	bool nameless;      /* removed while open: forget at the last close */
	bool stale;
	void *attached;          /* fifo's pipe, bound socket, device: the kind's own, counted there */
	struct file_lock *locks; /* lock: flock and POSIX locks */
	struct wait_queue lock_waiters;
	struct inotify_watch *watches;
	uint32_t seals;
	uint64_t generated; /* provider's node id, for generated file systems */
	char *target;       /* A; of a symbolic link of the vfs server, once read: it never changes */
	uint32_t target_bytes;
};

#define INODE_FIELD_IS(field, route_field)                                                                   \
	_Static_assert(offsetof(struct inode, field) == offsetof(struct inode, route.route_field),           \
		       "the kernel finds an inode's " #field)
INODE_FIELD_IS(content, busy);
INODE_FIELD_IS(lock.word, attributes_busy);
INODE_FIELD_IS(forward, flags);
INODE_FIELD_IS(dirty, dirty);
INODE_FIELD_IS(outdated, outdated);
INODE_FIELD_IS(writable_end, writable_end);
INODE_FIELD_IS(image, image);
INODE_FIELD_IS(attributes.size, size);
INODE_FIELD_IS(attributes.accessed, accessed);
INODE_FIELD_IS(attributes.modified, modified);
INODE_FIELD_IS(attributes.changed, changed);
#undef INODE_FIELD_IS
_Static_assert(ROUTE_DIRTY_ACCESSED == VFS_SET_ACCESSED && ROUTE_DIRTY_MODIFIED == VFS_SET_MODIFIED &&
		       ROUTE_DIRTY_CHANGED == VFS_SET_CHANGED && ROUTE_DIRTY_GROWN == VFS_SET_GROWN,
	       "the kernel says what it changed as the file server wants to hear it");

/* What create is to make; `vacant`: the directory is known not to have the name. */
struct new_node {
	uint32_t mode;
	uint64_t device;
	bool vacant;
};

/* What a provider does. Paths do not occur here: inodes and names only. Each answers 0 or -errno. A NULL entry: EPERM for
   changes, EINVAL else. */
struct provider {
	/* Fill *found with referenced inode of `name` in the directory; -ENOENT. */
	int (*lookup)(struct inode *directory, const char *name, struct inode **found);
	int (*create)(struct thread *self, struct inode *directory, const char *name,
		      const struct new_node *node, struct inode **made);
	int (*symlink)(struct thread *self, struct inode *directory, const char *name, const char *target,
		       struct inode **made);
	int (*link)(struct inode *inode, struct inode *directory, const char *name);
	int (*unlink)(struct inode *directory, const char *name, struct inode *victim, bool is_directory);
	int (*rename)(struct inode *old_directory, const char *old_name, struct inode *new_directory,
		      const char *new_name, struct inode *victim, uint32_t flags);
	/* Packed struct vfs_directory_entry records behind the cookie; answers their bytes. */
	int64_t (*read_directory)(struct thread *self, struct inode *directory, uint64_t cookie, void *buffer,
				  uint32_t max);
	int64_t (*read_link)(struct thread *self, struct inode *inode, char *buffer, uint32_t max);
	/* A magic link (/proc/PID/fd/N) names a place by itself: fills *place referenced; -EINVAL for ordinary links. */
	int (*follow)(struct thread *self, struct inode *inode, struct path *place);
	int (*set_attributes)(struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes);
	/* Bring attributes up to date (generated file systems). */
	int (*refresh)(struct inode *inode);
	/* Allow what mode and owner refuse: /proc/PID/fd to its own process. */
	bool (*permits)(struct thread *self, const struct inode *inode);
	/* An open file on a generated inode. */
	struct file *(*open)(struct thread *self, struct inode *inode, uint32_t flags, int *error);
	/* The dentry cache may answer again without asking lookup. */
	bool (*still_valid)(struct inode *inode);
	int (*status)(struct superblock *super, struct linux_statfs *status);
	void (*shut_down)(struct superblock *super);
};
extern const struct provider *const provider_table[SUPER_TYPE_COUNT];

static inline const struct provider *inode_provider(const struct inode *inode)
{
	return provider_table[inode->super->type];
}

static inline uint32_t inode_type(const struct inode *inode)
{
	return inode->attributes.mode & LINUX_S_IFMT;
}

void inode_init(void);
/* The cached inode for a ref, or a new one with these attributes; referenced; NULL without memory. */
struct inode *inode_obtain(struct superblock *super, struct vfs_inode_ref ref,
			   const struct vfs_attributes *attributes);
/* An inode that is in no file system: pipes, sockets, anonymous files. */
struct inode *inode_create_anonymous(uint32_t mode);
void inode_get(struct inode *inode);
void inode_put(struct inode *inode);

/* Keep a symbolic link's target for the next walk, if there is memory. */
void inode_remember_target(struct inode *inode, const char *target, uint32_t bytes);

/* Write size and times that the provider does not know. */
int inode_write_back(struct inode *inode);
/* Take over the fields of mask (VFS_SET_*). */
void attributes_apply(struct vfs_attributes *to, uint32_t mask, const struct vfs_attributes *from);
/* Take over what the provider already knows: fields of mask from `attributes`. */
void inode_set(struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes);
/* The same for a change made here: the provider is told at write-back. */
void inode_note(struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes);
/* `lock` held: attributes changed, what the image says is not true any more. */
void inode_changed(struct inode *inode);
/* Whether writes are the personality's alone: mode or seals changed. */
void inode_forward_update(struct inode *inode);
void inode_touch(struct inode *inode, uint32_t times); /* VFS_SET_ACCESSED, MODIFIED, CHANGED: now */
/* The page-cache object, fetched once. */
int inode_object(struct inode *inode, handle_t *object);
/* Make [start, end) writable: asks the provider only past writable_end. */
int inode_reserve(struct inode *inode, uint64_t start, uint64_t end);
/* Both at once, in one message at a file's first write. */
int inode_writable_object(struct inode *inode, uint64_t start, uint64_t end, handle_t *object);
/* Before a mapping: the object ends with the file, and what a shared writable mapping may dirty is reserved. */
int inode_prepare_map(struct inode *inode, uint64_t start, uint64_t end, bool writable);
/* Set the size; content held. */
int inode_truncate(struct inode *inode, uint64_t size);
/* The file's last open went. */
void inode_closed(struct inode *inode);
uint64_t inode_device(const struct inode *inode); /* st_dev */
/* Write back all cached inodes of a superblock (NULL: of all). */
int inode_write_back_all(struct superblock *super);

struct superblock *superblock_create(enum super_type type, const char *type_name);
/* Is the file system mounted as one tree of dentries, so that what they say of names is all there is to say? */
static inline bool superblock_one_tree(const struct superblock *super)
{
	return __atomic_load_n(&super->trees, __ATOMIC_ACQUIRE) <= 1;
}
void superblock_get(struct superblock *super);
void superblock_put(struct superblock *super);

/* One mount more or less; the last one writes back, drops the cache and tells the provider. */
void superblock_mounted(struct superblock *super);
void superblock_unmounted(struct superblock *super);

struct vfs_timestamp time_now(void);

extern handle_t vfs_endpoint;

#endif
