/* SPDX-License-Identifier: MIT */
/*
 * Pseudoterminals (pty(7)): a terminal whose line is another open file, its master.
 *
 * The struct tty is the slave; the discipline's output is what the master reads, and what the master writes is fed. The pty is
 * in its devpts instance's list while the master is open.
 */
#ifndef LICHEN_PERSONALITY_PTY_H
#define LICHEN_PERSONALITY_PTY_H

#include "fs/inode.h"
#include "tty/tty.h"

struct pty {
	struct tty tty;                   /* first */
	struct superblock *super;         /* I; holds a reference */
	struct pty *next;                 /* the instance's lock; by rising index */
	struct vfs_attributes attributes; /* the instance's lock; of the slave's node */
	uint32_t generation;              /* I; of the node: indices are used again */
	bool locked;                      /* A */
	bool slave_closed;                /* A; the slave was open, and is not */
	bool packet;                      /* A */
	uint32_t packet_status;           /* A; what the master is to be told */
	struct turn master_reading, master_writing;
	struct wait_queue master_input, master_output;
};

static inline struct pty *pty_of(struct tty *tty)
{
	return (struct pty *)tty;
}

/* The slave has output, room, or a news for packet mode. */
void pty_wake_master(struct pty *pty);
/* Add to what packet mode tells, replacing what `without` names. */
void pty_note(struct pty *pty, uint32_t status, uint32_t without);
void pty_get(struct pty *pty);
void pty_put(struct pty *pty);

/* devpts.c: the instance's table. */
/* A new pty with the lowest free index, referenced; the caller owns the node. NULL and -errno. */
struct pty *devpts_add(struct thread *self, struct superblock *super, int *error);
void devpts_remove(struct pty *pty);
/* The slave that a node means, referenced, or NULL. */
struct pty *devpts_find(const struct inode *inode);
/* The place of a slave's node, as seen from the master's file: referenced. */
int devpts_place(struct thread *self, struct file *master, struct path *place);

#endif
