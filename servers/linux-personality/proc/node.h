/* SPDX-License-Identifier: MIT */
/*
 * Nodes of the generated file systems /proc and /sys: tables of rows, one table for each directory level.
 *
 * A node is named by a number that lies in its inode: which row of which table, for which process or thread, and which
 * descriptor. So nodes are never allocated, and the arena holds no pointer to a row. A directory whose entries are numbers
 * (processes, threads, descriptors) has a struct node_numbers beside its rows.
 *
 * Generators run without any lock. They copy what they show out of the process under its lock and format afterwards.
 */
#ifndef LICHEN_PERSONALITY_NODE_H
#define LICHEN_PERSONALITY_NODE_H

#include "fs/path.h"
#include "linux_abi/files.h"
#include "proc/subject.h"
#include "proc/text.h"

struct guest_iter;
struct content;
struct superblock;

/* TABLE(NAME, variable); ROOTS holds the two file systems' roots. */
#define NODE_TABLES(TABLE)                                                                                   \
	TABLE(ROOTS, roots_table)                                                                            \
	TABLE(PROC_ROOT, proc_root_table)                                                                    \
	TABLE(PROCESS, process_table)                                                                        \
	TABLE(TASKS, tasks_table)                                                                            \
	TABLE(DESCRIPTORS, descriptors_table)                                                                \
	TABLE(DESCRIPTOR_INFO, descriptor_info_table)                                                        \
	TABLE(NAMESPACES, namespaces_table)                                                                  \
	TABLE(NAMESPACE_TARGETS, namespace_targets_table)                                                    \
	TABLE(NET, net_table)                                                                                \
	TABLE(TTY, tty_table)                                                                                \
	TABLE(LICHEN, lichen_table)                                                                          \
	TABLE(SYSCTL, sysctl_table)                                                                          \
	TABLE(SYSCTL_FS, sysctl_fs_table)                                                                    \
	TABLE(SYSCTL_INOTIFY, sysctl_inotify_table)                                                          \
	TABLE(SYSCTL_KERNEL, sysctl_kernel_table)                                                            \
	TABLE(SYSCTL_RANDOM, sysctl_random_table)                                                            \
	TABLE(SYSCTL_VM, sysctl_vm_table)                                                                    \
	TABLE(SYS_ROOT, sys_root_table)                                                                      \
	TABLE(CLASS, class_table)                                                                            \
	TABLE(DEV, dev_table)                                                                                \
	TABLE(DEVICES, devices_table)                                                                        \
	TABLE(DEVICES_SYSTEM, devices_system_table)                                                          \
	TABLE(CPUS, cpus_table)                                                                              \
	TABLE(CPU, cpu_table)                                                                                \
	TABLE(CPU_TOPOLOGY, cpu_topology_table)                                                              \
	TABLE(SYS_FS, sys_fs_table)                                                                          \
	TABLE(EMPTY, empty_table)

enum node_table_index {
	TABLE_NONE = 0,
#define NODE_TABLE_ENUM(NAME, variable) TABLE_##NAME,
	NODE_TABLES(NODE_TABLE_ENUM)
#undef NODE_TABLE_ENUM
		TABLE_COUNT
};

#define ROOT_PROC 0u
#define ROOT_SYS 1u
#define ROW_NUMBERED 255u /* a node's row: the table's numbers */

struct node {
	enum node_table_index table;
	uint32_t row; /* in the table, or ROW_NUMBERED */
	bool task;    /* below /proc/PID/task: tid is a thread, else a process */
	int32_t tid;  /* 0: of no process */
	uint32_t number;
};

/* What a generator is asked. The subject is there for nodes with a tid. */
struct request {
	struct thread *self;
	struct superblock *super;
	struct node node;
	const struct node_row *row;
	struct subject subject;
};

typedef int node_show(struct request *request, struct text *out);
/* The whole of what one write call brought, NUL-terminated; bytes taken or -errno. */
typedef int64_t node_store(struct request *request, char *bytes, uint64_t count);
typedef int node_follow(struct request *request, struct path *place);
/* A file that is more than a text: moves the data itself. */
typedef int64_t node_transfer(struct request *request, struct content *content, struct guest_iter *iter,
			      uint64_t *offset);

#define ROW_PROCESS 0x1u /* only of a process, not of its threads */
#define ROW_TASK 0x2u    /* only of a thread below task */
#define ROW_READER 0x4u  /* reading needs the right to look into the process (ptrace(2), PTRACE_MODE_READ) */
#define ROW_ATTACH 0x8u  /* opening needs the right to trace it */
#define ROW_ROOTED 0x10u /* always owned by root */

struct node_row {
	const char *name;
	uint32_t mode; /* type and permissions */
	uint32_t flags;
	enum node_table_index children;
	node_show *show; /* contents, or the text of a link */
	node_store *store;
	node_follow *follow;
	node_transfer *read, *write;
	uint64_t parameter; /* the generator's own */
	const char *text;   /* likewise */
};

struct node_numbers {
	struct node_row row; /* of each; the name is a prefix */
	/* The first number at or above `from`, or -1. */
	int64_t (*next)(const struct node *directory, int64_t from);
	bool of_process; /* the number is a pid */
	bool of_thread;  /* the number is a tid */
	/* Mode of one entry where it is not the row's; NULL: the row's. */
	uint32_t (*mode)(const struct node *entry);
};

struct node_table {
	const struct node_row *rows;
	uint32_t count;
	const struct node_numbers *numbers;
};

#define NODE_TABLE_DECLARE(NAME, variable) extern const struct node_table variable;
NODE_TABLES(NODE_TABLE_DECLARE)
#undef NODE_TABLE_DECLARE

#define NODE_TABLE_DEFINE(variable, rows_, numbers_)                                                         \
	const struct node_table variable = { rows_, sizeof(rows_) / sizeof((rows_)[0]), numbers_ }

#define MODE_DIRECTORY (LINUX_S_IFDIR | 0555u)
#define MODE_FILE (LINUX_S_IFREG | 0444u)
#define MODE_LINK (LINUX_S_IFLNK | 0777u)

uint64_t node_pack(const struct node *node);
struct node node_unpack(uint64_t packed);
const struct node_row *node_row(const struct node *node);
const struct node_table *node_children(const struct node *node);
/* The numbers that a node with ROW_NUMBERED is one of, and what one is called. */
const struct node_numbers *node_numbers_of(const struct node *node);
void node_number_name(const struct node_numbers *numbers, uint64_t number, char *name, uint32_t bytes);
/* The entry of a row or number in the directory. */
struct node node_child(const struct node *directory, uint32_t row, uint32_t number);
/* The directory that holds this one; the file system's root holds itself. */
struct node node_parent(const struct node *node);
/* The row may appear in the directory. */
bool node_row_shown(const struct node *directory, const struct node_row *row);
/* Find a name; false: there is none. */
bool node_find(const struct node *directory, const char *name, struct node *found);

#endif
