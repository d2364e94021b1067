/* SPDX-License-Identifier: MIT */
/*
 * The directory of a process and of a thread below task: which files, with which rights.
 */
#include "proc/process_nodes.h"
#include "process/process.h"
#include "process/tree.h"

#define FILE_ROW(name_, show_)                                                                               \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_                                              \
	}
#define PRIVATE_ROW(name_, show_)                                                                            \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFREG | 0400, .flags = ROW_READER, .show = show_              \
	}
#define GUARDED_ROW(name_, show_)                                                                            \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .flags = ROW_READER, .show = show_                         \
	}
#define STORE_ROW(name_, mode_, show_, store_)                                                               \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFREG | (mode_), .show = show_, .store = store_               \
	}
#define MAGIC_ROW(name_, show_, follow_)                                                                     \
	{                                                                                                    \
		.name = name_, .mode = MODE_LINK, .show = show_, .follow = follow_                           \
	}
#define DIRECTORY_ROW(name_, mode_, flags_, children_)                                                       \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFDIR | (mode_), .flags = flags_, .children = children_       \
	}

static const struct node_row process_rows[] = {
	DIRECTORY_ROW("task", 0555, ROW_PROCESS, TABLE_TASKS),
	DIRECTORY_ROW("fd", 0500, 0, TABLE_DESCRIPTORS),
	DIRECTORY_ROW("fdinfo", 0555, 0, TABLE_DESCRIPTOR_INFO),
	DIRECTORY_ROW("ns", 0511, 0, TABLE_NAMESPACES),
	DIRECTORY_ROW("net", 0555, 0, TABLE_NET),
	PRIVATE_ROW("environ", show_environment),
	PRIVATE_ROW("auxv", show_auxiliary),
	FILE_ROW("status", show_status),
	PRIVATE_ROW("personality", show_personality),
	FILE_ROW("limits", show_limits),
	STORE_ROW("comm", 0644, show_comm, store_comm),
	PRIVATE_ROW("syscall", show_call),
	FILE_ROW("cmdline", show_command_line),
	FILE_ROW("stat", show_stat),
	FILE_ROW("statm", show_statm),
	GUARDED_ROW("maps", show_maps),
	{ .name = "mem",
	  .mode = LINUX_S_IFREG | 0600,
	  .flags = ROW_ATTACH,
	  .read = memory_read,
	  .write = memory_write },
	MAGIC_ROW("cwd", show_working, follow_working),
	MAGIC_ROW("root", show_root, follow_root),
	MAGIC_ROW("exe", show_executable, follow_executable),
	FILE_ROW("mounts", show_mounts),
	FILE_ROW("mountinfo", show_mount_info),
	{ .name = "mountstats",
	  .mode = LINUX_S_IFREG | 0400,
	  .flags = ROW_PROCESS | ROW_READER,
	  .show = show_mount_statistics },
	GUARDED_ROW("smaps", show_smaps),
	GUARDED_ROW("smaps_rollup", show_smaps_rollup),
	FILE_ROW("wchan", show_wchan),
	FILE_ROW("cgroup", show_cgroup),
	FILE_ROW("oom_score", show_oom_score),
	STORE_ROW("oom_score_adj", 0644, show_oom_adjust, store_oom_adjust),
	FILE_ROW("loginuid", show_no_login),
	FILE_ROW("sessionid", show_no_login),
	FILE_ROW("uid_map", show_identity_map),
	FILE_ROW("gid_map", show_identity_map),
	FILE_ROW("setgroups", show_set_groups),
	{ .name = "timerslack_ns",
	  .mode = LINUX_S_IFREG | 0666,
	  .flags = ROW_PROCESS,
	  .show = show_slack,
	  .store = store_slack },
};
NODE_TABLE_DEFINE(process_table, process_rows, NULL);

static int64_t task_next(const struct node *directory, int64_t from)
{
	struct subject subject;
	int64_t next = -1;
	if (!subject_find(directory->tid, false, &subject))
		return -1;
	lock_acquire(&subject.process->lock);
	for (struct thread *thread = subject.process->threads; thread; thread = thread->next_in_process) {
		if (thread->tid >= from && (next < 0 || thread->tid < next))
			next = thread->tid;
	}
	lock_release(&subject.process->lock);
	subject_put(&subject);
	return next;
}

static const struct node_numbers task_numbers = {
	.row = { .name = "", .mode = MODE_DIRECTORY, .children = TABLE_PROCESS },
	.next = task_next,
	.of_thread = true,
};
const struct node_table tasks_table = { NULL, 0, &task_numbers };
