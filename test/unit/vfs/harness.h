/* SPDX-License-Identifier: MIT */
/*
 * What the vfs tests share: a vfs on the host with memory from malloc and file contents in host pages, a builder of newc
 * archives, and one short call for each operation.
 *
 * vfs_stop destroys the tree and fails the test when a piece of memory or an object is left. Every call checks the tree
 * afterwards (tree_check) unless harness_check is false.
 */
#ifndef LICHEN_TEST_VFS_HARNESS_H
#define LICHEN_TEST_VFS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "vfs/backing.h"
#include "vfs/ops.h"
#include "vfs/state.h"

extern struct vfs_context vfs;
extern bool harness_check;

#define MEMORY_PAGES 1000u

void vfs_start(const void *archive, size_t bytes);
void vfs_stop(void);
/* A tmpfs; its root. */
struct vfs_inode_ref mounted(const char *options);
status_t mount_try(const char *type, const char *options, struct vfs_mount_reply *reply);

/* Time that stands in every change until it is set again. */
extern struct vfs_timestamp clock_now;

status_t make_try(struct vfs_inode_ref directory, const char *name, uint32_t mode,
		  struct vfs_inode_ref *made);
struct vfs_inode_ref make(struct vfs_inode_ref directory, const char *name, uint32_t mode);
status_t symlink_try(struct vfs_inode_ref directory, const char *name, const char *target,
		     struct vfs_inode_ref *made);
status_t link_try(struct vfs_inode_ref inode, struct vfs_inode_ref directory, const char *name);
status_t unlink_try(struct vfs_inode_ref directory, const char *name, uint32_t flags,
		    struct vfs_unlink_reply *reply);
status_t rename_try(struct vfs_inode_ref from, const char *old_name, struct vfs_inode_ref to,
		    const char *new_name, uint32_t flags);
extern struct vfs_rename_reply rename_reply; /* of the last rename_try */
status_t find_try(struct vfs_inode_ref directory, const char *name, struct vfs_inode_ref *found);
struct vfs_inode_ref find(struct vfs_inode_ref directory, const char *name);
/* Looks up "a/b/c". */
struct vfs_inode_ref find_path(struct vfs_inode_ref directory, const char *path);
struct vfs_attributes attributes_of(struct vfs_inode_ref inode);
status_t attributes_try(struct vfs_inode_ref inode, struct vfs_attributes *attributes);
status_t set_size(struct vfs_inode_ref inode, uint64_t size);
status_t set_grown(struct vfs_inode_ref inode, uint64_t size);
status_t forget(struct vfs_inode_ref inode);
/* Names of a directory from a cookie on, each followed by a space; "." and ".." too. *cookie moves behind the last. */
const char *names_from(struct vfs_inode_ref directory, uint64_t *cookie, uint32_t max_bytes);
bool same_inode(struct vfs_inode_ref a, struct vfs_inode_ref b);

/* Contents: as the personality writes them, reserve first, then the object, then the size. */
status_t reserve_try(struct vfs_inode_ref inode, uint64_t start, uint64_t end, uint64_t *writable_end);
status_t write_try(struct vfs_inode_ref inode, uint64_t offset, const void *bytes, size_t count);
void read_back(struct vfs_inode_ref inode, uint64_t offset, void *bytes, size_t count);
struct vfs_filesystem_info status_of(struct vfs_inode_ref inode);

/* Memory: the n-th allocation from now on (1: the next) fails once; 0: none. Counts what was asked for. */
void store_fail_at(unsigned n);
unsigned store_live(void);
/* Objects. */
extern const struct backing host_backing;
void backing_fail_at(unsigned n);
unsigned backing_live(void);
uint64_t backing_shared_pages(void); /* pages that came from the archive without copying, since the start */

/* newc archives */
struct newc {
	uint8_t *bytes;
	size_t used, capacity;
};
struct newc_entry {
	const char *name;
	uint32_t inode, mode, user, group, links, modified;
	uint32_t node_major, node_minor;
	const void *data;
	size_t data_bytes;
	bool align_data; /* pads the name field so that the data starts on a page */
};
void newc_add(struct newc *newc, const struct newc_entry *entry);
void newc_file(struct newc *newc, const char *name, const void *data, size_t bytes);
void newc_directory(struct newc *newc, const char *name);
void newc_end(struct newc *newc);
void newc_free(struct newc *newc);

/* Numbers that repeat from run to run. */
uint32_t random_below(uint64_t *state, uint32_t limit);

#endif
