/* SPDX-License-Identifier: MIT */
/*
 * The process tree: tables by number, parents and children, groups and sessions.
 *
 * All under process_tree_lock (T) unless said. A number is free when no thread, process, group or session has it.
 */
#ifndef LICHEN_PERSONALITY_TREE_H
#define LICHEN_PERSONALITY_TREE_H

#include "process/process.h"

#define PID_MAX 32768

/* A free number for a process or thread, or -EAGAIN. */
int32_t id_allocate(void);
/* The last one given, and how many were since boot; without the lock, a moment old. */
int32_t id_last(void);
uint64_t id_total(void);
void process_table_add(struct process *process);
void process_table_remove(struct process *process);
void thread_table_add(struct thread *thread);
void thread_table_remove(struct thread *thread);
void process_for_each(void (*visit)(struct process *process, void *context), void *context);
uint32_t process_count(void);
uint32_t thread_total(void);

void process_get(struct process *process);
/* The last reference frees it; nothing held. */
void process_put(struct process *process);

void process_add_child(struct process *parent, struct process *child);
void process_remove_child(struct process *child);
/* Who inherits the children of a process that ends: another thread is no matter here; the nearest subreaper, else init. */
struct process *process_find_reaper(struct process *ending);
extern struct process *process_init; /* PID 1, T */

/* Groups and sessions live as long as somebody is in them or refers to them. */
struct process_group *process_group_create(int32_t id, struct session *session); /* NULL: no memory */
void process_join_group(struct process *process, struct process_group *group);   /* leaves the old one */
void process_leave_group(struct process *process);
struct session *session_create(int32_t id);
void session_get(struct session *session);
void session_put(struct session *session);
void process_group_get(struct process_group *group);
void process_group_put(struct process_group *group);
/* No member has a parent in another group of the same session; `ignored` is not counted (it is ending or leaving). */
bool process_group_is_orphaned(struct process_group *group, struct process *ignored);
bool process_group_has_stopped(struct process_group *group);

#endif
