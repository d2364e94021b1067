/* SPDX-License-Identifier: MIT */
/*
 * Process 1.
 */
#ifndef LICHEN_PERSONALITY_FIRST_H
#define LICHEN_PERSONALITY_FIRST_H

#include <stdint.h>
#include "abi/boot.h"

struct fs_context;
struct mount_namespace;
struct thread;
struct uts_namespace;

/* Make process 1 and let it run; what it executes comes from the command line. 0 or -errno. */
int first_process_start(const struct boot_info *boot, struct fs_context *fs, struct mount_namespace *mounts,
			struct uts_namespace *uts);
/* Its first entry, on its own thread: console, program. */
void first_process_begin(struct thread *self);

/* Which program, with which words behind "--". Pure; the texts point into `line`, which is cut up. */
#define FIRST_ARGUMENTS_MAX 32u
struct first_command {
	const char *program; /* NULL: not given */
	const char *arguments[FIRST_ARGUMENTS_MAX];
	uint32_t argument_count;
};
void first_parse_command_line(char *line, struct first_command *command);

#endif
