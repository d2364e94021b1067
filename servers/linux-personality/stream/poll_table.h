/* SPDX-License-Identifier: MIT */
/*
 * Asking files for readiness and waiting until one answers: what poll, select and epoll share.
 *
 * A file's poll operation answers the events that are true now and calls poll_add for each queue that tells of changes. A
 * table belongs to one waiting call, or to one entry of an epoll set (`entry`). Each node holds a reference on its file.
 */
#ifndef LICHEN_PERSONALITY_POLL_TABLE_H
#define LICHEN_PERSONALITY_POLL_TABLE_H

#include "file/file.h"

#define POLL_NODES_INLINE 8u

struct epoll_link;

struct poll_node {
	struct wait_node wait;
	struct file *file;
};

struct poll_table {
	struct thread *thread;
	struct epoll_link *entry; /* not NULL: the nodes go there */
	uint32_t key;             /* events the node is to hear of */
	int error;                /* -ENOMEM: a queue could not be joined */
	uint32_t used;            /* of nodes */
	struct poll_block *blocks;
	struct poll_node nodes[POLL_NODES_INLINE];
};

/* The events of `wanted` (and ERR, HUP) that are true; with a table the caller will also hear of changes. */
uint32_t poll_file(struct file *file, uint32_t wanted, struct poll_table *table);

/* The same of a descriptor; POLLNVAL when it is not open. */
uint32_t poll_descriptor(struct thread *self, int32_t fd, uint32_t wanted, struct poll_table *table);

/* One look at everything that is waited for: how much is ready, or -errno. */
typedef int64_t poll_scan(struct thread *self, struct poll_table *table, void *context);
/* Scan until something is ready, the deadline (0: do not wait) passes (answers 0) or a signal comes (-ERESTARTNOHAND). */
int64_t poll_until(struct thread *self, uint64_t deadline_ns, poll_scan *scan, void *context);

#endif
