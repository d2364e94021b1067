/* SPDX-License-Identifier: MIT */
/*
 * Pipes and fifos: one buffer with counted readers and writers (pipe(7), fifo(7)).
 *
 * The pipe hangs on its inode (inode->attached) while any file is open on it; a fifo's comes with the first open and goes,
 * data and all, with the last close. The mutex guards everything and is held over guest copies; poll and the wake-up
 * conditions look at the atomic fields without it.
 */
#ifndef LICHEN_PERSONALITY_PIPE_H
#define LICHEN_PERSONALITY_PIPE_H

#include "file/file.h"
#include "stream/pipe_ring.h"

struct pipe {
	struct mutex mutex;
	uint32_t files;                      /* open files and opens under way; inode->lock */
	uint32_t readers, writers;           /* A, written under mutex */
	uint32_t reader_opens, writer_opens; /* A; opens so far: what a fifo's open waits for */
	struct pipe_ring ring;               /* mutex; head, tail A */
	struct wait_queue read_queue, write_queue;
};

/* F_SETPIPE_SZ, F_GETPIPE_SZ. */
int64_t pipe_control_size(struct thread *self, struct file *file, uint32_t command, uint64_t argument);

/* Wait until there is data or no writer, or a free slot or no reader. `block` false: -EAGAIN instead of waiting.
   0, -EAGAIN, -ERESTARTSYS. Nothing is held. */
int pipe_wait_readable(struct thread *self, struct pipe *pipe, bool block);
int pipe_wait_writable(struct thread *self, struct pipe *pipe, bool block);
void pipe_wake_readers(struct pipe *pipe);
void pipe_wake_writers(struct pipe *pipe);
/* SIGPIPE to the calling thread; answers -EPIPE. */
int pipe_broken(struct thread *self);

#endif
