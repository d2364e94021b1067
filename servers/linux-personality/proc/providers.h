/* SPDX-License-Identifier: MIT */
/*
 * The generated file systems: /proc, /sys and /dev/pts, as the file side sees them.
 */
#ifndef LICHEN_PERSONALITY_PROVIDERS_H
#define LICHEN_PERSONALITY_PROVIDERS_H

#include "fs/inode.h"

extern const struct provider proc_provider, sys_provider, devpts_provider;

struct superblock *proc_make(const char *source, const char *options, uint32_t flags, int *error);
struct superblock *sys_make(const char *source, const char *options, uint32_t flags, int *error);
struct superblock *devpts_make(const char *source, const char *options, uint32_t flags, int *error);

#endif
