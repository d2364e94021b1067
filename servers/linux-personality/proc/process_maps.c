/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/maps, smaps and smaps_rollup (proc(5)): the kernel's regions, each with the name that its tag stands for.
 */
#include <string.h>

#include "core/errno.h"
#include "fs/inode.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "file/file.h"
#include "proc/generated.h"
#include "proc/process_nodes.h"
#include "runtime/kernel.h"

#define NAME_COLUMN 72u
#define KIB_PER_PAGE 4u

static void put_range(struct text *out, uint64_t start, uint64_t end)
{
	text_hex(out, start, 8);
	text_char(out, '-');
	text_hex(out, end, 8);
}

static void put_access(struct text *out, const struct region_info *region)
{
	text_char(out, ' ');
	text_char(out, region->prot & PROT_BIT_READ ? 'r' : '-');
	text_char(out, region->prot & PROT_BIT_WRITE ? 'w' : '-');
	text_char(out, region->prot & PROT_BIT_EXEC ? 'x' : '-');
	text_char(out, region->flags & MAP_FLAG_SHARED ? 's' : 'p');
	text_char(out, ' ');
}

static void put_origin(struct text *out, uint64_t offset, uint32_t device, uint64_t inode)
{
	text_hex(out, offset, 8);
	text_string(out, " 00:");
	text_hex(out, device, 2);
	text_char(out, ' ');
	text_unsigned(out, inode);
	text_char(out, ' ');
}

static const char *region_label(uint64_t tag)
{
	switch (tag) {
	case TAG_HEAP: return "[heap]";
	case TAG_STACK: return "[stack]";
	case TAG_VDSO: return "[vdso]";
	case TAG_VVAR: return "[vvar]";
	case TAG_SHARED_ANONYMOUS: return "/dev/zero (deleted)";
	default: return NULL;
	}
}

static int put_file_name(struct request *request, struct file *file, struct text *out)
{
	struct text name = { 0 };
	int error = text_file(request->self, file, &name);
	if (!error && name.failed)
		error = -ENOMEM;
	if (!error)
		text_escaped(out, name.bytes, name.used, "\n");
	text_free(&name);
	return error;
}

static int put_region(struct request *request, struct mm *mm, const struct region_info *region,
		      struct text *out)
{
	struct file *file = tag_file(mm, region->tag);
	const char *label = region_label(region->tag);
	bool shared = region->tag == TAG_SHARED_ANONYMOUS;
	uint64_t start = out->used;
	int error = 0;
	put_range(out, region->start, region->end);
	put_access(out, region);
	if (file)
		put_origin(out, region->offset, file->inode->super ? file->inode->super->device : 0,
			   file->inode->attributes.inode);
	else
		put_origin(out, 0, shared ? 1 : 0, shared ? region->object_id : 0);
	if (file || label) {
		text_pad_to(out, start, NAME_COLUMN);
		text_char(out, ' ');
	}
	if (label)
		text_string(out, label);
	if (file) {
		error = put_file_name(request, file, out);
		file_put(file);
	}
	text_char(out, '\n');
	return error;
}

/* What smaps says of one region, or of all together; in KiB. */
struct usage_view {
	uint64_t size, resident, private, shared, anonymous, locked;
};

static void usage_add(struct usage_view *sum, const struct region_info *region)
{
	uint64_t private = region->private_pages * KIB_PER_PAGE;
	uint64_t resident = region->resident_pages * KIB_PER_PAGE;
	sum->size += (region->end - region->start) / 1024;
	sum->resident += resident;
	sum->private += private;
	sum->shared += resident - private;
	sum->anonymous += private;
	sum->locked += region->flags & MAP_FLAG_LOCKED ? resident : 0;
}

static void put_kib(struct text *out, const char *label, uint64_t kib)
{
	uint64_t start = out->used;
	text_string(out, label);
	text_char(out, ':');
	text_pad_to(out, start, 16);
	text_unsigned_right(out, kib, 8);
	text_string(out, " kB\n");
}

static void put_usage_resident(struct text *out, const struct usage_view *usage)
{
	put_kib(out, "Rss", usage->resident);
	put_kib(out, "Pss", usage->resident);
	put_kib(out, "Pss_Dirty", usage->private);
}

static void put_usage_rest(struct text *out, const struct usage_view *usage)
{
	put_kib(out, "Shared_Clean", usage->shared);
	put_kib(out, "Shared_Dirty", 0);
	put_kib(out, "Private_Clean", 0);
	put_kib(out, "Private_Dirty", usage->private);
	put_kib(out, "Referenced", usage->resident);
	put_kib(out, "Anonymous", usage->anonymous);
	put_kib(out, "LazyFree", 0);
	put_kib(out, "AnonHugePages", 0);
	put_kib(out, "ShmemPmdMapped", 0);
	put_kib(out, "FilePmdMapped", 0);
	put_kib(out, "Shared_Hugetlb", 0);
	put_kib(out, "Private_Hugetlb", 0);
	put_kib(out, "Swap", 0);
	put_kib(out, "SwapPss", 0);
	put_kib(out, "Locked", usage->locked);
}

static void put_region_flags(struct text *out, const struct region_info *region)
{
	static const struct {
		uint32_t prot, flag;
		const char *name;
	} names[] = {
		{ PROT_BIT_READ, 0, "rd " },         { PROT_BIT_WRITE, 0, "wr " },
		{ PROT_BIT_EXEC, 0, "ex " },         { 0, MAP_FLAG_SHARED, "sh " },
		{ 0, MAP_FLAG_GROWS_DOWN, "gd " },   { 0, MAP_FLAG_LOCKED, "lo " },
		{ 0, MAP_FLAG_WIPE_ON_FORK, "wf " }, { 0, MAP_FLAG_NO_FORK, "dc " },
	};
	text_string(out, "THPeligible:    0\nVmFlags: ");
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (region->prot & names[i].prot || region->flags & names[i].flag)
			text_string(out, names[i].name);
	}
	text_char(out, '\n');
}

static void put_region_usage(const struct region_info *region, struct text *out)
{
	struct usage_view usage = { 0 };
	usage_add(&usage, region);
	put_kib(out, "Size", usage.size);
	put_kib(out, "KernelPageSize", KIB_PER_PAGE);
	put_kib(out, "MMUPageSize", KIB_PER_PAGE);
	put_usage_resident(out, &usage);
	put_usage_rest(out, &usage);
	put_region_flags(out, region);
}

static bool region_next(const struct mm *mm, struct region_info *region)
{
	return k_aspace_query(mm->aspace, region->end, own_address(region)).status == STATUS_OK;
}

static int show_regions(struct request *request, struct text *out, bool usage)
{
	struct mm *mm = subject_mm(&request->subject);
	struct region_info region = { 0 };
	int error = 0;
	while (mm && !error && !out->failed && region_next(mm, &region)) {
		error = put_region(request, mm, &region, out);
		if (usage)
			put_region_usage(&region, out);
	}
	if (mm)
		mm_put(mm);
	return error;
}

int show_maps(struct request *request, struct text *out)
{
	return show_regions(request, out, false);
}

int show_smaps(struct request *request, struct text *out)
{
	return show_regions(request, out, true);
}

static void put_rollup(struct text *out, uint64_t first, uint64_t last, const struct usage_view *sum)
{
	uint64_t start = out->used;
	put_range(out, first, last);
	text_string(out, " ---p ");
	put_origin(out, 0, 0, 0);
	text_pad_to(out, start, NAME_COLUMN);
	text_string(out, " [rollup]\n");
	put_usage_resident(out, sum);
	put_kib(out, "Pss_Anon", sum->anonymous);
	put_kib(out, "Pss_File", sum->shared);
	put_kib(out, "Pss_Shmem", 0);
	put_usage_rest(out, sum);
}

int show_smaps_rollup(struct request *request, struct text *out)
{
	struct mm *mm = subject_mm(&request->subject);
	struct region_info region = { 0 };
	struct usage_view sum = { 0 };
	uint64_t first = 0, last = 0;
	if (!mm)
		return -ESRCH;
	while (region_next(mm, &region)) {
		if (!last)
			first = region.start;
		last = region.end;
		usage_add(&sum, &region);
	}
	put_rollup(out, first, last, &sum);
	mm_put(mm);
	return 0;
}
