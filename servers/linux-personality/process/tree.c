/* SPDX-License-Identifier: MIT */
/*
 * Tables of processes, threads and groups by number; parents and children.
 */
#include "process/identity.h"
#include "process/tree.h"

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"

#define TABLE_SIZE 256u
#define PID_AGAIN 300 /* where numbers start over */

SURVIVES struct lock process_tree_lock;
SURVIVES struct process *process_init;
SURVIVES_TABLE static struct process *processes[TABLE_SIZE];
SURVIVES_TABLE static struct thread *threads[TABLE_SIZE];
SURVIVES_TABLE static struct process_group *groups[TABLE_SIZE];
SURVIVES static struct session *sessions;
SURVIVES static int32_t last_id;
SURVIVES static uint64_t ids_given;
SURVIVES static uint32_t processes_alive, threads_alive;

static uint32_t slot(int32_t id)
{
	return (uint32_t)id % TABLE_SIZE;
}

struct process *process_find(int32_t pid)
{
	struct process *process = processes[slot(pid)];
	while (process && process->pid != pid)
		process = process->next_hash;
	return process;
}

struct thread *thread_find(int32_t tid)
{
	struct thread *thread = threads[slot(tid)];
	while (thread && thread->tid != tid)
		thread = thread->next_tid_hash;
	return thread;
}

struct process_group *process_group_find(int32_t id)
{
	struct process_group *group = groups[slot(id)];
	while (group && group->id != id)
		group = group->next_hash;
	return group && group->members ? group : NULL;
}

static bool group_uses(int32_t id)
{
	struct process_group *group = groups[slot(id)];
	while (group && group->id != id)
		group = group->next_hash;
	return group;
}

static bool session_uses(int32_t id)
{
	struct session *session = sessions;
	while (session && session->id != id)
		session = session->next;
	return session;
}

static bool id_used(int32_t id)
{
	return process_find(id) || thread_find(id) || group_uses(id) || session_uses(id);
}

int32_t id_allocate(void)
{
	for (int32_t tries = 0; tries < PID_MAX; tries++) {
		last_id = last_id + 1 >= PID_MAX ? PID_AGAIN : last_id + 1;
		if (!id_used(last_id)) {
			ids_given++;
			return last_id;
		}
	}
	return -EAGAIN;
}

int32_t id_last(void)
{
	return __atomic_load_n(&last_id, __ATOMIC_RELAXED);
}

uint64_t id_total(void)
{
	return __atomic_load_n(&ids_given, __ATOMIC_RELAXED);
}

void process_table_add(struct process *process)
{
	process->next_hash = processes[slot(process->pid)];
	processes[slot(process->pid)] = process;
	processes_alive++;
}

void process_table_remove(struct process *process)
{
	struct process **link = &processes[slot(process->pid)];
	while (*link != process)
		link = &(*link)->next_hash;
	*link = process->next_hash;
	processes_alive--;
}

void thread_table_add(struct thread *thread)
{
	thread->next_tid_hash = threads[slot(thread->tid)];
	threads[slot(thread->tid)] = thread;
	threads_alive++;
}

void thread_table_remove(struct thread *thread)
{
	struct thread **link = &threads[slot(thread->tid)];
	while (*link != thread)
		link = &(*link)->next_tid_hash;
	*link = thread->next_tid_hash;
	threads_alive--;
}

void process_for_each(void (*visit)(struct process *process, void *context), void *context)
{
	for (uint32_t i = 0; i < TABLE_SIZE; i++)
		for (struct process *process = processes[i], *next; process; process = next) {
			next = process->next_hash;
			visit(process, context);
		}
}

uint32_t process_count(void)
{
	return processes_alive;
}

uint32_t thread_total(void)
{
	return threads_alive;
}

void process_get(struct process *process)
{
	__atomic_add_fetch(&process->references, 1, __ATOMIC_RELAXED);
}

void process_put(struct process *process)
{
	if (!__atomic_sub_fetch(&process->references, 1, __ATOMIC_ACQ_REL))
		slab_free(process, sizeof(*process));
}

void process_add_child(struct process *parent, struct process *child)
{
	child->parent = parent;
	child->previous_sibling = NULL;
	child->next_sibling = parent->children;
	if (parent->children)
		parent->children->previous_sibling = child;
	parent->children = child;
	identity_publish_process(child);
}

void process_remove_child(struct process *child)
{
	if (child->previous_sibling)
		child->previous_sibling->next_sibling = child->next_sibling;
	else if (child->parent)
		child->parent->children = child->next_sibling;
	if (child->next_sibling)
		child->next_sibling->previous_sibling = child->previous_sibling;
	child->next_sibling = child->previous_sibling = NULL;
}

struct process *process_find_reaper(struct process *ending)
{
	for (struct process *above = ending->parent; above; above = above->parent)
		if (above->child_subreaper && above->state == PROCESS_ALIVE && !above->group_exiting)
			return above;
	return process_init;
}

/* groups */

struct process_group *process_group_create(int32_t id, struct session *session)
{
	struct process_group *group = slab_allocate(sizeof(*group));
	if (!group)
		return NULL;
	group->id = id;
	group->references = 1;
	group->session = session;
	session_get(session);
	group->next_hash = groups[slot(id)];
	groups[slot(id)] = group;
	return group;
}

void process_group_get(struct process_group *group)
{
	group->references++;
}

void process_group_put(struct process_group *group)
{
	struct process_group **link = &groups[slot(group->id)];
	if (--group->references)
		return;
	while (*link != group)
		link = &(*link)->next_hash;
	*link = group->next_hash;
	session_put(group->session);
	slab_free(group, sizeof(*group));
}

struct session *session_create(int32_t id)
{
	struct session *session = slab_allocate(sizeof(*session));
	if (!session)
		return NULL;
	session->id = id;
	session->references = 1;
	session->next = sessions;
	sessions = session;
	return session;
}

void session_get(struct session *session)
{
	session->references++;
}

void session_put(struct session *session)
{
	struct session **link = &sessions;
	if (--session->references)
		return;
	while (*link != session)
		link = &(*link)->next;
	*link = session->next;
	slab_free(session, sizeof(*session));
}
