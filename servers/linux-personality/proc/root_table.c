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

static int show_own_network(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "self/net");
	return 0;
}

#define FILE_ROW(name_, show_)                                                                               \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_                                              \
	}
#define FIXED_ROW(name_, text_)                                                                              \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_fixed, .text = text_                          \
	}
#define LINK_ROW(name_, show_)                                                                               \
	{                                                                                                    \
		.name = name_, .mode = MODE_LINK, .show = show_                                              \
	}
#define DIRECTORY_ROW(name_, children_)                                                                      \
	{                                                                                                    \
		.name = name_, .mode = MODE_DIRECTORY, .children = children_                                 \
	}

/* Majors of file/open_kind.c's devices. */
#define DEVICES_TEXT                                                                                         \
	"Character devices:\n"                                                                               \
	"  1 mem\n"                                                                                          \
	"  4 tty\n"                                                                                          \
	"  4 ttyS\n"                                                                                         \
	"  5 /dev/tty\n"                                                                                     \
	"  5 /dev/console\n"                                                                                 \
	"  5 /dev/ptmx\n"                                                                                    \
	"136 pts\n"                                                                                          \
	"252 rtc\n"                                                                                          \
	"\nBlock devices:\n"

static const struct node_row root_rows[] = {
	FILE_ROW("cmdline", show_kernel_command_line),
	FILE_ROW("cpuinfo", show_cpu_info),
	FIXED_ROW("devices", DEVICES_TEXT),
	FIXED_ROW("diskstats", ""),
	FILE_ROW("filesystems", show_filesystems),
	FILE_ROW("interrupts", show_interrupts),
	DIRECTORY_ROW("lichen", TABLE_LICHEN),
	FILE_ROW("loadavg", show_load_average),
	FILE_ROW("meminfo", show_memory_info),
	FIXED_ROW("misc", ""),
	FIXED_ROW("modules", ""),
	LINK_ROW("mounts", show_own_mounts),
	LINK_ROW("net", show_own_network),
	FIXED_ROW("partitions", "major minor  #blocks  name\n\n"),
	LINK_ROW("self", show_self),
	FILE_ROW("stat", show_system_stat),
	FIXED_ROW("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"),
	DIRECTORY_ROW("sys", TABLE_SYSCTL),
	LINK_ROW("thread-self", show_thread_self),
	DIRECTORY_ROW("tty", TABLE_TTY),
	FILE_ROW("uptime", show_uptime),
	FILE_ROW("version", show_version),
	FILE_ROW("vmstat", show_memory_events),
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
