/* SPDX-License-Identifier: MIT */
/*
 * Generators of the files of /proc that tell about the whole system.
 */
#ifndef LICHEN_PERSONALITY_GLOBAL_NODES_H
#define LICHEN_PERSONALITY_GLOBAL_NODES_H

#include "proc/node.h"

/* system_text.c */
node_show show_kernel_command_line, show_filesystems, show_version;
/* usage_text.c */
node_show show_system_stat, show_uptime, show_load_average, show_memory_info, show_memory_events,
	show_interrupts;
/* cpu_text.c */
node_show show_cpu_info;
node_show show_events, show_record;
node_store store_record;
node_transfer recording_transfer;
/* lichen_routes.c */
node_show show_routes, show_calls;
/* fixed_text.c: the row's text */
node_show show_fixed;

#endif
