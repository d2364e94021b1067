/* SPDX-License-Identifier: MIT */
/*
 * Core files (core(5), elf(5)): written by the dying thread while the others of its process stand still at the boundary.
 *
 * The order: gather (the others end, but wait before they give anything up), notes and regions into our own memory, the file,
 * then the others are let go. A SIGKILL abandons the file between two pieces of it; nothing here waits for anybody else.
 */
#ifndef LICHEN_PERSONALITY_DUMP_CORE_H
#define LICHEN_PERSONALITY_DUMP_CORE_H

#include <stdbool.h>
#include <stdint.h>
#include "proc/text.h"
#include "process/process.h"

struct file;

#define CORE_NAME_MAX 512

/* What became of it, for the report. */
struct core_result {
	bool wanted; /* a limit and a pattern ask for one */
	bool dumped; /* counts for WCOREDUMP */
	int error;   /* -errno of what went wrong, or 0 */
	uint64_t bytes;
	char name[CORE_NAME_MAX];
};

/* Nothing held; the caller ends its process afterwards. */
void core_dump(struct thread *self, const struct linux_siginfo *info, struct core_result *result);

/* gather.c. From begin to end this thread is the process's dumper. false: the process ends or execs already. */
bool dump_begin(struct thread *self, uint32_t status);
void dump_end(struct thread *self, bool dumped);
/* A thread that ends waits here while its process is dumped; nothing held. */
void dump_park(struct thread *self);
/* A SIGKILL was sent to the process. */
bool dump_abandoned(const struct process *process);

/* pattern.c. What a pattern makes of a death, always NUL-terminated; -ENAMETOOLONG. Pure. */
struct core_facts {
	int32_t pid, tid, signal;
	uint32_t user, group, dumpable;
	uint64_t time_s, limit;
	const char *name, *path, *host;
	bool uses_pid; /* the setting core_uses_pid */
};
int core_name(const char *pattern, const struct core_facts *facts, char name[CORE_NAME_MAX]);

/* regions.c. One program header each; bytes from the start that are written. */
struct core_region {
	uint64_t start, bytes, dumped;
	uint32_t prot;
	bool sparse; /* pages that were never touched are left out */
};
struct core_regions {
	struct core_region *list;
	uint32_t count, capacity;
};
int core_regions_read(struct thread *self, struct core_regions *regions);
void core_regions_free(struct core_regions *regions);

/* notes.c. The contents of the note segment; out->failed when there is no memory. */
void core_notes(struct thread *self, const struct linux_siginfo *info, struct text *out);

/* write.c */
struct core_file {
	struct thread *self;
	struct file *file;
	uint64_t offset, limit;
	uint64_t rested_ns; /* when others were last let to the processor */
	int error;          /* sticks: the file ends there */
};
void core_write(struct core_file *core, const void *bytes, uint64_t count);
void core_write_region(struct core_file *core, const struct core_region *region);

#endif
