/* SPDX-License-Identifier: MIT */
/*
 * The top of /proc: the files that tell about the whole system, and a directory for each process.
 */
#include "core/errno.h"
#include "proc/global_nodes.h"
#include "process/process.h"
#include "process/tree.h"

static int show_self(struct request *request, struct text *out)
{
	text_signed(out, request->self->process->pid);
	return 0;
}

static int show_thread_self(struct request *request, struct text *out)
{
	text_signed(out, request->self->process->pid);
	text_string(out, "/task/");
	text_signed(out, request->self->tid);
	return 0;
}

static int show_own_mounts(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "self/mounts");
	return 0;
}

#define FILE_ROW(name_, show_)                                                                               \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_                                              \
	}
#define LINK_ROW(name_, show_)                                                                               \
	{                                                                                                    \
		.name = name_, .mode = MODE_LINK, .show = show_                                              \
	}

static const struct node_row root_rows[] = {
	FILE_ROW("cmdline", show_kernel_command_line), FILE_ROW("filesystems", show_filesystems),
	LINK_ROW("mounts", show_own_mounts),           LINK_ROW("self", show_self),
	LINK_ROW("thread-self", show_thread_self),     FILE_ROW("version", show_version),
};

static int64_t process_next(const struct node *directory, int64_t from)
{
	int64_t next = -1;
	(void)directory;
	lock_acquire(&process_tree_lock);
	for (int64_t pid = from > 0 ? from : 1; next < 0 && pid < PID_MAX; pid++) {
		const struct process *process = process_find((int32_t)pid);
		if (process && process->state != PROCESS_DEAD)
			next = pid;
	}
	lock_release(&process_tree_lock);
	return next;
}

static const struct node_numbers process_numbers = {
	.row = { .name = "", .mode = MODE_DIRECTORY, .children = TABLE_PROCESS },
	.next = process_next,
	.of_process = true,
};
NODE_TABLE_DEFINE(proc_root_table, root_rows, &process_numbers);
