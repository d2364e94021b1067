/* SPDX-License-Identifier: MIT */
/*
 * /sys (sysfs(5)): the directories that programs expect to find.
 */
#include "proc/node.h"

#define DIRECTORY_ROW(name_)                                                                                 \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFDIR | 0755, .children = TABLE_EMPTY                         \
	}

static const struct node_row sys_rows[] = {
	DIRECTORY_ROW("block"),
};
NODE_TABLE_DEFINE(sys_root_table, sys_rows, NULL);

const struct node_table empty_table = { NULL, 0, NULL };
