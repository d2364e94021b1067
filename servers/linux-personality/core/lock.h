/* SPDX-License-Identifier: MIT */
/*
 * Locks of the personality and their one global order.
 *
 * A lock is a word in the arena: 0 free, 1 held, 2 held with waiters. A thread takes locks only in rising rank; two
 * of one rank by rising address (lock_pair). No ranked lock is held across guest_enter, a message, a guest copy or
 * a wait: the debug build checks both rules.
 */
#ifndef LICHEN_PERSONALITY_LOCK_H
#define LICHEN_PERSONALITY_LOCK_H

#include <stdint.h>

enum lock_rank {
	RANK_TREE = 1,    /* process tree, sessions, groups: one lock (process_tree_lock) */
	RANK_PROCESS,     /* a process's signals, threads, limits */
	RANK_TABLE,       /* descriptor table, fs context, mm bookkeeping */
	RANK_NAMESPACE,   /* mount tree */
	RANK_DENTRY,      /* dentry and inode cache */
	RANK_FILE,        /* open file, inode state */
	RANK_STREAM,      /* pipe, socket, tty, epoll */
	RANK_QUEUE,       /* wait queues, timers */
	RANK_READY,       /* epoll's ready lists: taken by callbacks of wait queues */
	RANK_READY_QUEUE, /* waiters of epoll sets */
	RANK_ALLOCATOR,
	RANK_COUNT
};

struct lock {
	uint32_t word;
	uint16_t rank;
	uint16_t reserved;
};

#define LOCK_INIT(rank_) ((struct lock){ .rank = (rank_) })

void lock_init(struct lock *lock, enum lock_rank rank);
void lock_acquire(struct lock *lock);
void lock_release(struct lock *lock);
/* Two locks of one rank, in address order; they may be the same. */
void lock_acquire_pair(struct lock *one, struct lock *other);
void lock_release_pair(struct lock *one, struct lock *other);

/* A long-term mutex that is no ranked lock: may be held across messages and guest copies (file offset, directory changes,
   tty output). Never taken while a ranked lock is held. Its waiters are killable, not interruptible. */
struct mutex {
	uint32_t word;
	uint32_t owner; /* tid, for the report */
};
void mutex_acquire(struct mutex *mutex);
void mutex_release(struct mutex *mutex);
void mutex_acquire_pair(struct mutex *one, struct mutex *other);
void mutex_release_pair(struct mutex *one, struct mutex *other);

#endif
