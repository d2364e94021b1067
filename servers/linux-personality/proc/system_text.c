/* SPDX-License-Identifier: MIT */
/*
 * What the system is: command line, version, file system types.
 */
#include <string.h>

#include "core/survive.h"
#include "fs/mount_types.h"
#include "proc/cpu_text.h"
#include "proc/global_nodes.h"
#include "proc/init.h"
#include "proc/load.h"
#include "system/uts.h"

#define COMMAND_LINE_MAX 2048u

SURVIVES_TABLE static char command_line[COMMAND_LINE_MAX];

void proc_init(const char *line)
{
	memcpy(command_line, line, strnlen(line, sizeof(command_line) - 1));
	cpu_measure_start();
	load_start();
}

int show_kernel_command_line(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, command_line);
	text_char(out, '\n');
	return 0;
}

int show_filesystems(struct request *request, struct text *out)
{
	const struct mount_type *type;
	(void)request;
	for (uint32_t i = 0; (type = mount_type_at(i)); i++) {
		text_string(out, type->needs_device ? "\t" : "nodev\t");
		text_string(out, type->name);
		text_char(out, '\n');
	}
	return 0;
}

/* As Linux's: release, who built it where, with what, and the version string of uname(2). */
int show_version(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, uts_system);
	text_string(out, " version ");
	text_string(out, uts_release);
	text_string(out, " (lichen@lichen) (cc " __VERSION__ ") ");
	text_string(out, uts_version);
	text_char(out, '\n');
	return 0;
}
