/* SPDX-License-Identifier: MIT */
/*
 * Generators of the files of /proc that tell about the whole system.
 */
#ifndef LICHEN_PERSONALITY_GLOBAL_NODES_H
#define LICHEN_PERSONALITY_GLOBAL_NODES_H

#include "proc/node.h"

/* system_text.c */
node_show show_kernel_command_line, show_filesystems, show_version;

#endif
