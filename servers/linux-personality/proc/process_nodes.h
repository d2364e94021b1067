/* SPDX-License-Identifier: MIT */
/*
 * Generators of /proc/PID, by file: each is a row of process_table.
 */
#ifndef LICHEN_PERSONALITY_PROCESS_NODES_H
#define LICHEN_PERSONALITY_PROCESS_NODES_H

#include "proc/node.h"

/* process_stat.c */
node_show show_stat, show_statm;
/* process_status.c */
node_show show_status;
/* process_small.c */
node_show show_comm, show_limits, show_oom_score, show_oom_adjust, show_cgroup, show_no_login, show_wchan,
	show_personality, show_call, show_slack, show_identity_map, show_set_groups;
node_store store_comm, store_oom_adjust, store_slack;
/* process_memory.c */
node_show show_command_line, show_environment, show_auxiliary;
node_transfer memory_read, memory_write;
/* process_maps.c */
node_show show_maps, show_smaps, show_smaps_rollup;
/* process_files.c */
node_show show_descriptor, show_descriptor_info, show_executable, show_working, show_root;
node_follow follow_descriptor, follow_executable, follow_working, follow_root;
/* process_namespaces.c */
node_show show_namespace;
node_follow follow_namespace;
/* The number of the namespace that a file reached through such a link names; 0: it is another file. */
uint64_t namespace_of_file(const struct file *file);
/* mounts.c */
node_show show_mounts, show_mount_info, show_mount_statistics;

/* The text of a link to a place or an open file, as the caller sees it. */
int text_place(struct thread *self, const struct path *place, struct text *out);
int text_file(struct thread *self, struct file *file, struct text *out);

/* What both stat and status show of memory; all 0 for a process without any. */
struct aspace_info;
void memory_info(struct mm *mm, struct aspace_info *info);
/* The longest name is 15 characters; NUL-terminated. */
void subject_name(const struct subject *subject, char name[16]);

#endif
