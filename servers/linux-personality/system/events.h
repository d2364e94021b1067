/* SPDX-License-Identifier: MIT */
/*
 * Events of guests (abi/events.h) and recordings of them, for /proc/lichen.
 */
#ifndef LICHEN_PERSONALITY_EVENTS_H
#define LICHEN_PERSONALITY_EVENTS_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/kernel.h"

struct thread;

/* Which task a kernel thread runs, and its name: when it begins and when its name changes. By the thread itself, or for all when
   a recording begins. */
void event_note_task(const struct thread *thread);

/* What a program was started with: which script an interpreter runs. By the thread itself, behind its name. */
void event_note_argument(const char *argument);

/* What a recording is written as: this, then the events from `first` up to `end`. */
struct recording_header {
	char magic[8]; /* RECORDING_MAGIC */
	uint32_t version, event_bytes;
	uint64_t cpus;
	struct event_recording range;
	uint64_t reserved;
};
#define RECORDING_MAGIC "LICHENEV"
#define RECORDING_VERSION 1u

/* Record into so many megabytes, rounded up to a power of two; what was recorded before is dropped. 0 or -errno. */
int recording_begin(uint64_t megabytes);
/* 0; -ESRCH: none is under way. One that began with the boot can be ended too. */
int recording_end(void);
/* What is there of the last one; false: nothing. */
bool recording_about(struct recording_header *header);
/* Bytes of it from an offset on; 0 at its end. */
int64_t recording_read(uint64_t offset, void *buffer, uint64_t bytes);

#endif
