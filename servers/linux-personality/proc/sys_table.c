/* SPDX-License-Identifier: MIT */
/*
 * /sys (sysfs(5)): the directories that programs expect to find, and what is known of processors.
 */
#include "proc/global_nodes.h"

#define DIRECTORY_ROW(name_, children_)                                                                      \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFDIR | 0755, .children = children_                           \
	}
#define FIXED_ROW(name_, text_)                                                                              \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_fixed, .text = text_                          \
	}

/* One processor. */
static const struct node_row cpu_rows[] = {
	FIXED_ROW("isolated", "\n"), FIXED_ROW("kernel_max", "0\n"), FIXED_ROW("offline", "\n"),
	FIXED_ROW("online", "0\n"),  FIXED_ROW("possible", "0\n"),   FIXED_ROW("present", "0\n"),
};

static int64_t cpu_next(const struct node *directory, int64_t from)
{
	(void)directory;
	return from <= 0 ? 0 : -1;
}

static const struct node_numbers cpu_numbers = {
	.row = DIRECTORY_ROW("cpu", TABLE_CPU),
	.next = cpu_next,
};
NODE_TABLE_DEFINE(cpus_table, cpu_rows, &cpu_numbers);

static const struct node_row topology_rows[] = {
	FIXED_ROW("core_cpus", "1\n"),
	FIXED_ROW("core_cpus_list", "0\n"),
	FIXED_ROW("core_id", "0\n"),
	FIXED_ROW("core_siblings", "1\n"),
	FIXED_ROW("core_siblings_list", "0\n"),
	FIXED_ROW("physical_package_id", "0\n"),
	FIXED_ROW("thread_siblings", "1\n"),
	FIXED_ROW("thread_siblings_list", "0\n"),
};
NODE_TABLE_DEFINE(cpu_topology_table, topology_rows, NULL);

static const struct node_row one_cpu_rows[] = {
	DIRECTORY_ROW("topology", TABLE_CPU_TOPOLOGY),
};
NODE_TABLE_DEFINE(cpu_table, one_cpu_rows, NULL);

static const struct node_row system_rows[] = {
	DIRECTORY_ROW("cpu", TABLE_CPUS),
};
NODE_TABLE_DEFINE(devices_system_table, system_rows, NULL);

static const struct node_row devices_rows[] = {
	DIRECTORY_ROW("system", TABLE_DEVICES_SYSTEM),
	DIRECTORY_ROW("virtual", TABLE_EMPTY),
};
NODE_TABLE_DEFINE(devices_table, devices_rows, NULL);

static const struct node_row class_rows[] = {
	DIRECTORY_ROW("tty", TABLE_EMPTY),
};
NODE_TABLE_DEFINE(class_table, class_rows, NULL);

static const struct node_row dev_rows[] = {
	DIRECTORY_ROW("block", TABLE_EMPTY),
	DIRECTORY_ROW("char", TABLE_EMPTY),
};
NODE_TABLE_DEFINE(dev_table, dev_rows, NULL);

static const struct node_row fs_rows[] = {
	{ .name = "cgroup", .mode = MODE_DIRECTORY, .children = TABLE_EMPTY },
};
NODE_TABLE_DEFINE(sys_fs_table, fs_rows, NULL);

static const struct node_row sys_rows[] = {
	DIRECTORY_ROW("block", TABLE_EMPTY),     DIRECTORY_ROW("bus", TABLE_EMPTY),
	DIRECTORY_ROW("class", TABLE_CLASS),     DIRECTORY_ROW("dev", TABLE_DEV),
	DIRECTORY_ROW("devices", TABLE_DEVICES), DIRECTORY_ROW("firmware", TABLE_EMPTY),
	DIRECTORY_ROW("fs", TABLE_SYS_FS),       DIRECTORY_ROW("kernel", TABLE_EMPTY),
	DIRECTORY_ROW("module", TABLE_EMPTY),    DIRECTORY_ROW("power", TABLE_EMPTY),
};
NODE_TABLE_DEFINE(sys_root_table, sys_rows, NULL);

const struct node_table empty_table = { NULL, 0, NULL };
