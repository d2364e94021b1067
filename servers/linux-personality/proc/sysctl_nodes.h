/* SPDX-License-Identifier: MIT */
/*
 * Generators of /proc/sys.
 */
#ifndef LICHEN_PERSONALITY_SYSCTL_NODES_H
#define LICHEN_PERSONALITY_SYSCTL_NODES_H

#include "proc/node.h"

/* sysctl.c; the row's parameter is an enum sysctl */
node_show show_sysctl, show_core_pattern;
node_store store_sysctl, store_core_pattern;
/* sysctl_names.c; the row's parameter is 0 for the host's, 1 for the domain's name */
node_show show_name, show_number, show_boot_identity, show_new_identity, show_last_pid, show_threads_max,
	show_file_numbers;
node_store store_name, store_drop_caches;

#endif
