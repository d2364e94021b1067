/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/ns: which namespaces a process is in (namespaces(7)).
 *
 * A link's text names kind and number. Following it leads to a file whose inode has that number, so that comparing two
 * processes' namespaces by stat works; it lies outside of all directories.
 */
#include "core/errno.h"
#include "file/file.h"
#include "fs/mount.h"
#include "proc/generated.h"
#include "proc/process_nodes.h"
#include "process/process.h"
#include "system/uts.h"

/* Kinds of which there is one for all, numbered as on Linux. */
#define NAMESPACE_TIME 4026531834ull
#define NAMESPACE_CGROUP 4026531835ull
#define NAMESPACE_PID 4026531836ull
#define NAMESPACE_USER 4026531837ull
#define NAMESPACE_IPC 4026531839ull
#define NAMESPACE_NET 4026531840ull
#define NAMESPACE_FIRST 4026531834ull

#define PARAMETER_MOUNT 1u
#define PARAMETER_UTS 2u

static uint64_t namespace_number(struct request *request)
{
	struct process *process = request->subject.process;
	uint64_t number = request->row->parameter;
	(void)subject_lock(&request->subject);
	if (number == PARAMETER_MOUNT)
		number = process->mounts ? process->mounts->id : 0;
	else if (number == PARAMETER_UTS)
		number = process->uts ? process->uts->id : 0;
	subject_unlock(&request->subject);
	return number;
}

/* Kinds whose link has another name than the namespace. */
static const char *namespace_kind(const struct node_row *row)
{
	return row->parameter == NAMESPACE_PID    ? "pid"
	       : row->parameter == NAMESPACE_TIME ? "time"
						  : row->name;
}

int show_namespace(struct request *request, struct text *out)
{
	uint64_t number;
	if (!subject_readable(request->self, &request->subject))
		return -EACCES;
	number = namespace_number(request);
	if (!number)
		return -ENOENT;
	text_string(out, namespace_kind(request->row));
	text_string(out, ":[");
	text_unsigned(out, number);
	text_char(out, ']');
	return 0;
}

#define LINK(name_, parameter_)                                                                              \
	{                                                                                                    \
		.name = name_, .mode = MODE_LINK, .show = show_namespace, .follow = follow_namespace,        \
		.parameter = parameter_                                                                      \
	}

static const struct node_row namespace_rows[] = {
	LINK("cgroup", NAMESPACE_CGROUP), LINK("ipc", NAMESPACE_IPC),
	LINK("mnt", PARAMETER_MOUNT),     LINK("net", NAMESPACE_NET),
	LINK("pid", NAMESPACE_PID),       LINK("pid_for_children", NAMESPACE_PID),
	LINK("time", NAMESPACE_TIME),     LINK("time_for_children", NAMESPACE_TIME),
	LINK("user", NAMESPACE_USER),     LINK("uts", PARAMETER_UTS),
};
NODE_TABLE_DEFINE(namespaces_table, namespace_rows, NULL);

/* What links lead to: one node for each number. It has no contents. */
static int64_t no_entry(const struct node *directory, int64_t from)
{
	(void)directory;
	(void)from;
	return -1;
}

static const struct node_numbers namespace_target_numbers = {
	.row = { .name = "", .mode = MODE_FILE, .flags = ROW_ROOTED },
	.next = no_entry,
};
const struct node_table namespace_targets_table = { NULL, 0, &namespace_target_numbers };

uint64_t namespace_of_file(const struct file *file)
{
	struct node node;
	if (file->kind != FILE_GENERATED || !file->inode)
		return 0;
	node = node_unpack(file->inode->ref.inode);
	return node.table == TABLE_NAMESPACE_TARGETS ? NAMESPACE_FIRST + node.number : 0;
}

int follow_namespace(struct request *request, struct path *place)
{
	struct node target = { .table = TABLE_NAMESPACE_TARGETS, .row = ROW_NUMBERED };
	struct text name = { 0 };
	struct inode *inode = NULL;
	int error = show_namespace(request, &name);
	if (error)
		return error;
	text_char(&name, 0);
	target.number = (uint32_t)(namespace_number(request) - NAMESPACE_FIRST);
	error = -ENOMEM;
	if (!name.failed)
		inode = generated_inode(request->super, &target);
	if (inode) {
		inode->attributes.inode = NAMESPACE_FIRST + target.number;
		error = generated_place(inode, name.bytes, place);
	}
	text_free(&name);
	return error;
}
