/* SPDX-License-Identifier: MIT */
/*
 * Tables that have headings but no rows yet, and lists of what is built in: device numbers, terminals (proc(5)).
 */
#include "proc/global_nodes.h"
#include "proc/hooks.h"

/* The text that stands in the row; a generator for files whose contents do not change. */
int show_fixed(struct request *request, struct text *out)
{
	text_string(out, request->row->text);
	return 0;
}

static int show_unix_sockets(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	if (unix_sockets_list)
		unix_sockets_list(out);
	return 0;
}

#define FIXED_ROW(name_, text_)                                                                              \
	{                                                                                                    \
		.name = name_, .mode = MODE_FILE, .show = show_fixed, .text = text_                          \
	}

static const struct node_row net_rows[] = {
	{ .name = "unix", .mode = MODE_FILE, .show = show_unix_sockets },
};
NODE_TABLE_DEFINE(net_table, net_rows, NULL);

static const struct node_row tty_rows[] = {
	FIXED_ROW("drivers", "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
			     "/dev/console         /dev/console    5       1 system:console\n"
			     "/dev/ptmx            /dev/ptmx       5       2 system\n"
			     "serial               /dev/ttyS       4 64-95 serial\n"
			     "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
			     "pty_master           /dev/ptm      128 0-1048575 pty:master\n"
			     "unknown              /dev/tty        4 1-63 console\n"),
};
NODE_TABLE_DEFINE(tty_table, tty_rows, NULL);
