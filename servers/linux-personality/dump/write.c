/* SPDX-License-Identifier: MIT */
/*
 * Bytes into the core file, piece by piece: up to the limit, to the first error, or until a SIGKILL.
 *
 * Pages that were never touched become holes. A page that cannot be read is a hole too.
 */
#include "dump/core.h"

#include <string.h>
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "memory/mm.h"
#include "runtime/kernel.h"

#define PAGE_BYTES 4096u
#define PIECE_PAGES 16u
#define WORK_NS 2000000ull

void core_write(struct core_file *core, const void *bytes, uint64_t count)
{
	const struct file_operations *operations = file_operations_table[core->file->kind];
	struct guest_iter iter;
	if (!core->error && dump_abandoned(core->self->process))
		core->error = -EINTR;
	if (!core->error && (core->offset > core->limit || count > core->limit - core->offset))
		core->error = -EFBIG;
	if (core->error)
		return;
	iter_init_kernel(&iter, (void *)(uintptr_t)bytes, count);
	int64_t put = operations->write(core->self, core->file, &iter, &core->offset);
	if (put < 0 || (uint64_t)put < count)
		core->error = put < 0 ? (int)put : -ENOSPC;
}

/* This thread runs before all guests, so it rests as long as it worked. */
static void let_others_run(struct core_file *core)
{
	uint64_t now = clock_monotonic_ns();
	if (now - core->rested_ns < WORK_NS)
		return;
	(void)wait_sleep(core->self, now + WORK_NS, WAIT_ALWAYS);
	core->rested_ns = clock_monotonic_ns();
}

static bool all_zero(const uint8_t *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE_BYTES - 1);
}

static void write_page(struct core_file *core, uint64_t address, uint8_t *page)
{
	if (space_read(core->self->mm->aspace, page, (gaddr_t){ address }, PAGE_BYTES) || all_zero(page)) {
		core->offset += PAGE_BYTES;
		return;
	}
	core_write(core, page, PAGE_BYTES);
}

void core_write_region(struct core_file *core, const struct core_region *region)
{
	uint8_t resident[PIECE_PAGES], *page = slab_allocate(PAGE_BYTES);
	if (!page)
		core->error = -ENOMEM;
	for (uint64_t at = 0; at < region->dumped && !core->error; at += PIECE_PAGES * PAGE_BYTES) {
		uint64_t pages = (region->dumped - at) / PAGE_BYTES;
		pages = pages < PIECE_PAGES ? pages : PIECE_PAGES;
		memset(resident, 1, sizeof(resident));
		let_others_run(core);
		if (dump_abandoned(core->self->process))
			core->error = -EINTR;
		if (region->sparse)
			(void)k_aspace_resident(core->self->mm->aspace, region->start + at, pages,
						own_address(resident));
		for (uint64_t i = 0; i < pages; i++)
			if (resident[i])
				write_page(core, region->start + at + i * PAGE_BYTES, page);
			else
				core->offset += PAGE_BYTES;
	}
	if (page)
		slab_free(page, PAGE_BYTES);
}
