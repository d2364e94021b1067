/* SPDX-License-Identifier: MIT */
/*
 * Values of /proc/sys that other parts own: the system's names, random identities, counts.
 */
#include <string.h>

#include "abi/blocks.h"
#include "core/errno.h"
#include "core/lock.h"
#include "core/survive.h"
#include "fs/dentry.h"
#include "proc/parse.h"
#include "proc/sysctl.h"
#include "proc/sysctl_nodes.h"
#include "process/process.h"
#include "process/tree.h"
#include "system/machine.h"
#include "system/random.h"
#include "system/uts.h"

#define IDENTITY_BYTES 16
#define THREADS_PER_PAGES 32u /* one thread for each 128 KiB, Linux's default */
#define DROP_DENTRIES 2

SURVIVES static struct mutex boot_mutex;
SURVIVES static uint8_t boot_identity[IDENTITY_BYTES];

int show_name(struct request *request, struct text *out)
{
	char node[UTS_BYTES], domain[UTS_BYTES];
	uts_names(request->self->process->uts, node, domain);
	text_string(out, request->row->parameter ? domain : node);
	text_char(out, '\n');
	return 0;
}

int64_t store_name(struct request *request, char *bytes, uint64_t count)
{
	struct uts_namespace *uts = request->self->process->uts;
	char fresh[UTS_BYTES] = { 0 };
	parse_cut_line(bytes);
	memcpy(fresh, bytes, strnlen(bytes, UTS_BYTES - 1));
	lock_acquire(&uts->lock);
	memcpy(request->row->parameter ? uts->domain : uts->node, fresh, UTS_BYTES);
	lock_release(&uts->lock);
	return (int64_t)count;
}

int show_number(struct request *request, struct text *out)
{
	text_unsigned(out, request->row->parameter);
	text_char(out, '\n');
	return 0;
}

/* A random (version 4) identity in the usual notation, RFC 9562. */
static void put_identity(struct text *out, const uint8_t identity[IDENTITY_BYTES])
{
	for (int i = 0; i < IDENTITY_BYTES; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text_char(out, '-');
		text_hex(out, identity[i], 2);
	}
	text_char(out, '\n');
}

static void identity_make(uint8_t identity[IDENTITY_BYTES])
{
	pool_fill(identity, IDENTITY_BYTES);
	identity[6] = (identity[6] & 0x0f) | 0x40;
	identity[8] = (identity[8] & 0x3f) | 0x80;
}

int show_boot_identity(struct request *request, struct text *out)
{
	(void)request;
	mutex_acquire(&boot_mutex);
	if (!boot_identity[8])
		identity_make(boot_identity);
	mutex_release(&boot_mutex);
	put_identity(out, boot_identity);
	return 0;
}

int show_new_identity(struct request *request, struct text *out)
{
	uint8_t identity[IDENTITY_BYTES];
	(void)request;
	identity_make(identity);
	put_identity(out, identity);
	return 0;
}

int show_last_pid(struct request *request, struct text *out)
{
	(void)request;
	text_signed(out, id_last());
	text_char(out, '\n');
	return 0;
}

int show_threads_max(struct request *request, struct text *out)
{
	struct system_info info;
	int error = machine_info(&info);
	(void)request;
	if (error)
		return error;
	text_unsigned(out, info.frames_total / THREADS_PER_PAGES);
	text_char(out, '\n');
	return 0;
}

/* Open files are not counted together: allocated, unused, most. */
int show_file_numbers(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "0\t0\t");
	text_signed(out, sysctl_value(SYSCTL_FILES_MAX));
	text_char(out, '\n');
	return 0;
}

/* 1: page cache, which the kernel evicts by itself when it must; 2: dentries and inodes; 3: both. */
int64_t store_drop_caches(struct request *request, char *bytes, uint64_t count)
{
	int64_t what;
	int error = parse_signed(bytes, &what);
	(void)request;
	if (!error && (what < 1 || what > 4))
		error = -EINVAL;
	if (error)
		return error;
	if (what & DROP_DENTRIES)
		dentry_shrink(NULL);
	return (int64_t)count;
}
