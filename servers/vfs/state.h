/* SPDX-License-Identifier: MIT */
/*
 * Everything that vfs remembers: file systems, inodes, names, page reservations, extended attributes, last replies.
 *
 * All of it lies in the arena, which outlives the server and is mapped at the same address again:
 *   1. pointers lead only into the arena; nothing here points to code, to a stack, to a global or into the archive;
 *   2. an operation allocates what it needs first, and then changes the tree with stores that cannot fail;
 *   3. an inode is alive while it has links or is kept (open, without a name); `tree_check` knows all that must hold.
 * One thread works on it: there are no locks.
 */
#ifndef LICHEN_VFS_STATE_H
#define LICHEN_VFS_STATE_H

#include <stdbool.h>
#include "vfs_protocol.h"

#define TREE_MAGIC 0x32657274736676ull /* "vfstre2" */
#define FILESYSTEMS_MAX 256u
#define VFS_NAME_MAX 255u
#define VFS_WINDOW_BYTES 65536u
#define VFS_INTENTS_BYTES ((VFS_INTENT_SLOTS + 1) * VFS_INTENT_SLOT_BYTES)
#define FILE_SIZE_MAX ((uint64_t)INT64_MAX)

/* Type bits of a mode, as POSIX numbers them. */
#define MODE_TYPE 0170000u
#define MODE_FIFO 0010000u
#define MODE_CHARACTER 0020000u
#define MODE_DIRECTORY 0040000u
#define MODE_BLOCK 0060000u
#define MODE_REGULAR 0100000u
#define MODE_SYMLINK 0120000u
#define MODE_SOCKET 0140000u

enum filesystem_type { FILESYSTEM_ARCHIVE = 1, FILESYSTEM_TMPFS = 2 };

/* Sorted, disjoint, not touching runs of pages [start, end). */
struct page_run {
	uint64_t start, end;
};

struct page_runs {
	struct page_run *runs;
	uint32_t count, capacity;
	uint64_t pages; /* sum of all runs */
};

/* Contents of a regular file. They are in the archive until the first open, then in the object. */
struct file_contents {
	uint32_t object;          /* handle value of the memory object, 0: none yet */
	uint32_t in_archive;      /* 1: [archive_offset, archive_offset + size) of the archive */
	uint64_t object_pages;    /* size of the object */
	uint64_t archive_offset;  /* bytes */
	uint64_t kept_pages;      /* fallocated up to here: giving back reservations stops at it */
	struct page_runs charged; /* pages that the file system counts as taken or promised */
};

struct name_entry {
	struct name_entry *next; /* in its bucket */
	struct inode *inode;
	uint64_t cookie;
	uint32_t hash;
	uint16_t name_bytes;
	char name[]; /* no NUL */
};

/* Place of an entry in the order of reading; cookies ascend and are never used twice. */
struct name_slot {
	uint64_t cookie;
	struct name_entry *entry; /* NULL: removed */
};

struct directory {
	struct inode *parent; /* NULL once removed */
	struct name_entry **buckets;
	struct name_slot *slots;
	uint32_t bucket_count, entry_count;
	uint32_t slot_count, slot_capacity;
	uint64_t next_cookie;
};

struct symlink {
	char *target; /* no NUL */
	uint32_t target_bytes;
};

struct xattr {
	struct xattr *next;
	uint32_t name_bytes, value_bytes;
	char bytes[]; /* name, then value */
};

/* Why an inode without a name lives on until forget. */
enum inode_kept {
	KEPT_NO = 0,
	KEPT_OPEN,     /* its last name went while it was open */
	KEPT_LINKABLE, /* made without a name; may be given one */
	KEPT_PREPARED, /* for an intent; nothing else finds it */
};

struct inode {
	struct inode *next; /* in the table's bucket */
	struct filesystem *filesystem;
	uint64_t number;
	uint64_t size, device;
	uint32_t generation;
	uint32_t mode, links, user, group;
	enum inode_kept kept;
	struct vfs_timestamp accessed, modified, changed, born;
	struct xattr *xattrs;
	union {
		struct file_contents file;
		struct directory directory;
		struct symlink symlink;
	};
};

/* A limit of 0 does not limit. */
struct filesystem_options {
	uint64_t pages_max, inodes_max;
	uint32_t mode, user, group;
};

struct filesystem {
	uint32_t id; /* index in the table plus 1 */
	enum filesystem_type type;
	uint32_t flags; /* VFS_MOUNT_* */
	uint32_t reserved;
	struct filesystem_options options;
	uint64_t pages_charged;
	uint64_t inodes_used; /* inodes, and further links, as Linux's tmpfs counts */
	uint64_t next_number;
	struct inode *root;
	struct inode **buckets;
	uint64_t inode_count;
	uint32_t bucket_count;
	uint32_t prepared_count;
	struct inode *prepared[VFS_PREPARED_MAX];
};

/* Replies to requests with an id, kept so that a repeated one is answered and not done again. */
#define REPLY_SLOTS 1024u
#define REPLY_BYTES_MAX 160u

struct reply_slot {
	uint64_t badge;
	uint64_t request_id; /* 0: the slot is free */
	uint64_t used;       /* order of use */
	int32_t status;
	uint32_t message;
	uint8_t reply[REPLY_BYTES_MAX];
};

struct tree {
	uint64_t magic;
	uint64_t hash_seed;
	uint32_t next_generation;
	uint32_t archive_mounted;
	uint64_t reply_clock;
	uint64_t intents_applied;
	struct filesystem *filesystems[FILESYSTEMS_MAX];
	struct reply_slot replies[REPLY_SLOTS];
};

struct backing;

/* What the running server adds to the tree: this is made anew at every start. */
struct vfs_context {
	struct tree *tree;
	const struct backing *backing;
	const uint8_t *archive; /* the boot archive, read-only */
	uint64_t archive_bytes;
	uint64_t memory_pages; /* that Linux would call total RAM: defaults and percentages of it */
	uint32_t window_object;
	uint8_t *window; /* VFS_WINDOW_BYTES of it; NULL until a client asked for it */
	uint32_t intents_object;
	uint8_t *intents; /* the log; NULL until a client asked for it */
};

static inline bool mode_is(uint32_t mode, uint32_t type)
{
	return (mode & MODE_TYPE) == type;
}

static inline bool inode_is(const struct inode *inode, uint32_t type)
{
	return mode_is(inode->mode, type);
}

static inline bool filesystem_is_read_only(const struct filesystem *filesystem)
{
	return (filesystem->flags & VFS_MOUNT_READ_ONLY) != 0;
}

static inline uint64_t pages_of(uint64_t bytes)
{
	return bytes / PAGE_SIZE + (bytes % PAGE_SIZE != 0);
}

/* An empty tree in the arena, or NULL. */
struct tree *tree_create(uint64_t hash_seed);
/* Frees the tree with all file systems in it; the tests' way to see that nothing leaks. */
void tree_destroy(struct vfs_context *vfs);
/* What is wrong with the tree: NULL, or one sentence. For a restarted server, and for the tests. */
const char *tree_check(const struct tree *tree);

#endif
