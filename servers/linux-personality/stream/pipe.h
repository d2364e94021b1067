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

#include "abi/route.h"
#include "file/file.h"
#include "stream/pipe_ring.h"

struct pipe {
	/* As struct route_stream has it: the kernel reads and writes by itself while nobody waits in our queues. */
	struct mutex mutex;
	struct pipe_ring ring;     /* mutex; head, tail A */
	uint32_t readers, writers; /* A, written under mutex */
	struct wait_queue read_queue, write_queue;

	uint32_t files;                      /* open files and opens under way; inode->lock */
	uint32_t reader_opens, writer_opens; /* A; opens so far: what a fifo's open waits for */
} __attribute__((aligned(128)));
_Static_assert(offsetof(struct pipe, mutex) == offsetof(struct route_stream, busy) &&
		       offsetof(struct pipe, ring) == offsetof(struct route_stream, slots) &&
		       offsetof(struct pipe, ring.head) == offsetof(struct route_stream, head) &&
		       offsetof(struct pipe, ring.size) == offsetof(struct route_stream, size) &&
		       offsetof(struct pipe, ring.parked) == offsetof(struct route_stream, parked) &&
		       offsetof(struct pipe, ring.spare) == offsetof(struct route_stream, spare) &&
		       offsetof(struct pipe, readers) == offsetof(struct route_stream, readers) &&
		       offsetof(struct pipe, read_queue.first) ==
			       offsetof(struct route_stream, watch[0].first) &&
		       offsetof(struct pipe, write_queue.first) ==
			       offsetof(struct route_stream, watch[1].first) &&
		       sizeof(struct pipe) == sizeof(struct route_stream),
	       "the kernel finds its way in a pipe");

/* F_SETPIPE_SZ, F_GETPIPE_SZ. */
int64_t pipe_control_size(struct thread *self, struct file *file, uint32_t command, uint64_t argument);

/* Wait until there is data or no writer, or a free slot or no reader. `block` false: -EAGAIN instead of waiting.
   0, -EAGAIN, -ERESTARTSYS. Nothing is held. */
int pipe_wait_readable(struct thread *self, struct pipe *pipe, bool block);
int pipe_wait_writable(struct thread *self, struct pipe *pipe, bool block);
void pipe_wake_readers(struct pipe *pipe);
void pipe_wake_writers(struct pipe *pipe);
/* All guests that wait for the pipe in the kernel look again. */
void pipe_wake_parked(struct pipe *pipe);
/* SIGPIPE to the calling thread; answers -EPIPE. */
int pipe_broken(struct thread *self);

#endif
