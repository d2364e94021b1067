/* SPDX-License-Identifier: MIT */
/*
 * The directories of /proc/sys.
 */
#include "linux_abi/capability.h"
#include "linux_abi/process.h"
#include "proc/sysctl.h"
#include "proc/sysctl_nodes.h"
#include "process/credentials.h"
#include "process/tree.h"
#include "stream/inotify.h"
#include "proc/global_nodes.h"
#include "system/uts.h"

#define POOL_BITS 256u
#define PIPE_BYTES_MAX 1048576u
#define REGIONS_MAX 65530u
#define ADDRESS_MIN 65536u
#define OVERFLOW_ID 65534u

#define DIRECTORY_ROW(name_, children_)                                                                      \
	{                                                                                                    \
		.name = name_, .mode = MODE_DIRECTORY, .children = children_                                 \
	}
#define SETTING_ROW(name_, which_)                                                                           \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFREG | 0644, .show = show_sysctl, .store = store_sysctl,     \
		.parameter = SYSCTL_##which_                                                                 \
	}
#define NUMBER_ROW(name_, value_)                                                                            \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_number, .parameter = value_                   \
	}
#define SHOWN_ROW(name_, show_)                                                                              \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_                                              \
	}
#define FIXED_ROW(name_, text_)                                                                              \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_fixed, .text = text_                          \
	}

static int show_release(struct request *request, struct text *out)
{
	text_string(out, request->row->parameter ? uts_version : uts_release);
	text_char(out, '\n');
	return 0;
}

static const struct node_row random_rows[] = {
	SHOWN_ROW("boot_id", show_boot_identity),
	NUMBER_ROW("entropy_avail", POOL_BITS),
	NUMBER_ROW("poolsize", POOL_BITS),
	SHOWN_ROW("uuid", show_new_identity),
};
NODE_TABLE_DEFINE(sysctl_random_table, random_rows, NULL);

static const struct node_row kernel_rows[] = {
	FIXED_ROW("arch", "x86_64\n"),
	NUMBER_ROW("cap_last_cap", LINUX_CAP_LAST),
	{ .name = "core_pattern",
	  .mode = LINUX_S_IFREG | 0644,
	  .show = show_core_pattern,
	  .store = store_core_pattern },
	SETTING_ROW("core_uses_pid", CORE_USES_PID),
	SETTING_ROW("ctrl-alt-del", CTRL_ALT_DEL),
	SETTING_ROW("dmesg_restrict", DMESG_RESTRICT),
	{ .name = "domainname",
	  .mode = LINUX_S_IFREG | 0644,
	  .show = show_name,
	  .store = store_name,
	  .parameter = 1 },
	{ .name = "hostname", .mode = LINUX_S_IFREG | 0644, .show = show_name, .store = store_name },
	NUMBER_ROW("ngroups_max", GROUPS_MAX),
	SHOWN_ROW("ns_last_pid", show_last_pid),
	SHOWN_ROW("osrelease", show_release),
	FIXED_ROW("ostype", "Linux\n"),
	NUMBER_ROW("overflowgid", OVERFLOW_ID),
	NUMBER_ROW("overflowuid", OVERFLOW_ID),
	SETTING_ROW("panic", PANIC),
	SETTING_ROW("panic_on_oops", PANIC_ON_OOPS),
	NUMBER_ROW("pid_max", PID_MAX),
	SETTING_ROW("printk", PRINTK),
	DIRECTORY_ROW("random", TABLE_SYSCTL_RANDOM),
	SETTING_ROW("randomize_va_space", RANDOMIZE_ADDRESSES),
	SETTING_ROW("shmall", SHARED_MEMORY_ALL),
	SETTING_ROW("shmmax", SHARED_MEMORY_MAX),
	SETTING_ROW("shmmni", SHARED_MEMORY_SEGMENTS),
	NUMBER_ROW("tainted", 0),
	SHOWN_ROW("threads-max", show_threads_max),
	{ .name = "version", .mode = MODE_FILE, .show = show_release, .parameter = 1 },
};
NODE_TABLE_DEFINE(sysctl_kernel_table, kernel_rows, NULL);

static const struct node_row inotify_rows[] = {
	NUMBER_ROW("max_queued_events", INOTIFY_EVENTS_MAX),
	NUMBER_ROW("max_user_watches", INOTIFY_WATCHES_MAX),
};
NODE_TABLE_DEFINE(sysctl_inotify_table, inotify_rows, NULL);

static const struct node_row fs_rows[] = {
	SETTING_ROW("file-max", FILES_MAX),
	SHOWN_ROW("file-nr", show_file_numbers),
	DIRECTORY_ROW("inotify", TABLE_SYSCTL_INOTIFY),
	NUMBER_ROW("nr_open", LINUX_NR_OPEN),
	NUMBER_ROW("overflowgid", OVERFLOW_ID),
	NUMBER_ROW("overflowuid", OVERFLOW_ID),
	NUMBER_ROW("pipe-max-size", PIPE_BYTES_MAX),
};
NODE_TABLE_DEFINE(sysctl_fs_table, fs_rows, NULL);

static const struct node_row vm_rows[] = {
	SETTING_ROW("dirty_background_ratio", DIRTY_BACKGROUND_RATIO),
	SETTING_ROW("dirty_ratio", DIRTY_RATIO),
	{ .name = "drop_caches", .mode = LINUX_S_IFREG | 0200, .store = store_drop_caches },
	NUMBER_ROW("max_map_count", REGIONS_MAX),
	NUMBER_ROW("mmap_min_addr", ADDRESS_MIN),
	SETTING_ROW("overcommit_memory", OVERCOMMIT_MEMORY),
	SETTING_ROW("overcommit_ratio", OVERCOMMIT_RATIO),
	SETTING_ROW("swappiness", SWAPPINESS),
};
NODE_TABLE_DEFINE(sysctl_vm_table, vm_rows, NULL);

static const struct node_row sysctl_rows[] = {
	DIRECTORY_ROW("fs", TABLE_SYSCTL_FS),
	DIRECTORY_ROW("kernel", TABLE_SYSCTL_KERNEL),
	DIRECTORY_ROW("vm", TABLE_SYSCTL_VM),
};
NODE_TABLE_DEFINE(sysctl_table, sysctl_rows, NULL);
