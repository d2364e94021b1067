/* SPDX-License-Identifier: MIT */
/*
 * The two roots, in the order of ROOT_PROC and ROOT_SYS.
 */
#include "proc/node.h"

static const struct node_row roots[] = {
	[ROOT_PROC] = { .name = "proc", .mode = MODE_DIRECTORY, .children = TABLE_PROC_ROOT },
	[ROOT_SYS] = { .name = "sys", .mode = MODE_DIRECTORY, .children = TABLE_SYS_ROOT },
};
NODE_TABLE_DEFINE(roots_table, roots, NULL);
