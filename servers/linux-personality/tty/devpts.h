/* SPDX-License-Identifier: MIT */
/*
 * devpts: the directory of slaves. Each mount is an instance with numbers, options and a multiplexer of its own.
 */
#ifndef LICHEN_PERSONALITY_DEVPTS_H
#define LICHEN_PERSONALITY_DEVPTS_H

#include "fs/inode.h"

/* What a mount's options say (Documentation/filesystems/devpts.rst). */
struct devpts_options {
	uint32_t mode, ptmx_mode;
	uint32_t user, group;
	bool set_user, set_group;
	uint32_t max;
};

/* false: a word or a value that is not known. Fills in the defaults first. */
bool devpts_parse_options(struct devpts_options *options, const char *text);
/* As /proc/mounts shows them. */
void devpts_show_options(const struct devpts_options *options, char *text, uint32_t bytes);

/* The instance that an open multiplexer makes its pty in: its own, else what is mounted on /dev/pts. Referenced; NULL and
   -ENODEV. */
struct superblock *devpts_of_multiplexer(struct thread *self, struct inode *inode, int *error);

#endif
