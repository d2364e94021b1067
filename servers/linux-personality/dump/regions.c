/* SPDX-License-Identifier: MIT */
/*
 * Which memory goes into a core file: what Linux's filter chooses by default (0x33): memory of the process's own, shared anonymous
 * memory, and the first page of mapped ELF files. Every region has its program header, also one of which nothing is written.
 */
#include "dump/core.h"

#include <string.h>
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/inode.h"
#include "linux_abi/files.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "runtime/kernel.h"

#define PAGE_BYTES 4096u
#define REGIONS_MAX 65000u /* a core file counts its headers with 16 bits */
#define EXECUTE_ANY 0111u

static bool starts_elf(struct thread *self, uint64_t address)
{
	static const uint8_t magic[4] = { 0x7f, 'E', 'L', 'F' };
	uint8_t start[sizeof(magic)];
	return !space_read(self->mm->aspace, start, (gaddr_t){ address }, sizeof(start)) &&
	       !memcmp(start, magic, sizeof(magic));
}

static uint64_t bytes_of_file(struct thread *self, const struct region_info *region, struct file *file)
{
	uint64_t all = region->end - region->start;
	if (region->flags & MAP_FLAG_SHARED)
		return file->inode->attributes.links ? 0 : all;
	if (region->private_pages)
		return all;
	if (region->offset || !(region->prot & PROT_BIT_READ))
		return 0;
	return file->inode->attributes.mode & EXECUTE_ANY || starts_elf(self, region->start) ? PAGE_BYTES : 0;
}

static uint64_t bytes_dumped(struct thread *self, const struct region_info *region)
{
	struct file *file;
	uint64_t bytes;
	switch (region->tag) {
	case TAG_VVAR:
	case TAG_VDSO:
	case TAG_SHARED_ANONYMOUS: return region->end - region->start;
	default: break;
	}
	file = region->tag >= TAG_FILE ? tag_file(self->mm, region->tag) : NULL;
	if (!file)
		return region->private_pages ? region->end - region->start : 0;
	bytes = bytes_of_file(self, region, file);
	file_put(file);
	return bytes;
}

int core_regions_read(struct thread *self, struct core_regions *regions)
{
	struct region_info region = { 0 };
	struct aspace_info info;
	if (k_aspace_info(self->mm->aspace, own_address(&info)).status < 0)
		return -ENOMEM;
	regions->count = 0;
	regions->capacity = info.regions < REGIONS_MAX ? (uint32_t)info.regions : REGIONS_MAX;
	regions->list = slab_allocate((regions->capacity + 1) * sizeof(regions->list[0]));
	if (!regions->list)
		return -ENOMEM;
	while (regions->count < regions->capacity && !dump_abandoned(self->process) &&
	       k_aspace_query(self->mm->aspace, region.end, own_address(&region)).status >= 0)
		regions->list[regions->count++] = (struct core_region){
			.start = region.start,
			.bytes = region.end - region.start,
			.dumped = bytes_dumped(self, &region),
			.prot = region.prot,
			.sparse = region.tag < TAG_FILE && region.tag != TAG_VDSO && region.tag != TAG_VVAR,
		};
	return 0;
}

void core_regions_free(struct core_regions *regions)
{
	if (regions->list)
		slab_free(regions->list, (regions->capacity + 1) * sizeof(regions->list[0]));
	regions->list = NULL;
}
