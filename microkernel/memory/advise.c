/* SPDX-License-Identifier: MIT */
/*
 * Advice on ranges of an address space: dropping pages, faulting them in, what fork does, locking.
 *
 * A gap in the range gives NO_MEMORY after the mapped parts were treated, as madvise(2) and mlock(2) say.
 */
#include "memory/aspace.h"

/* Flags that an advice sets and clears in the regions of its range. */
static bool flag_change(uint32_t advice, uint32_t *set, uint32_t *clear)
{
	*set = *clear = 0;
	switch (advice) {
	case ADVICE_WIPE_ON_FORK: *set = MAP_FLAG_WIPE_ON_FORK; return true;
	case ADVICE_KEEP_ON_FORK: *clear = MAP_FLAG_WIPE_ON_FORK; return true;
	case ADVICE_NO_FORK: *set = MAP_FLAG_NO_FORK; return true;
	case ADVICE_DO_FORK: *clear = MAP_FLAG_NO_FORK; return true;
	case ADVICE_LOCK: *set = MAP_FLAG_LOCKED; return true;
	case ADVICE_UNLOCK: *clear = MAP_FLAG_LOCKED; return true;
	default: return false;
	}
}

static status_t change_flags(struct aspace *aspace, uint64_t start, uint64_t end, uint32_t set,
			     uint32_t clear)
{
	status_code_t status = regions_cut(aspace, start, end);
	while (!status && start < end) {
		struct region *region = region_above(aspace, start);
		if (!region || region->start > start)
			return STATUS_NO_MEMORY;
		if ((set & MAP_FLAG_WIPE_ON_FORK) && (region->object || !region_private(region)))
			return STATUS_INVALID;
		region_change(region, region->prot, (region->flags | set) & ~clear);
		start = region_merge(region)->end;
	}
	return status;
}

static status_t discard(struct aspace *aspace, uint64_t start, uint64_t end)
{
	struct tlb_batch batch;
	uint64_t covered = start;
	bool locked = false;
	tlb_begin(&batch, aspace);
	struct region *region = region_above(aspace, start);
	for (; region && region->start < end && !locked; region = region_next(region)) {
		uint64_t low = region->start > start ? region->start : start;
		uint64_t high = region->end < end ? region->end : end;
		locked = region->flags & MAP_FLAG_LOCKED;
		if (!locked)
			pages_remove(&batch, low, high);
		covered = low == covered ? high : covered;
	}
	tlb_finish(&batch);
	if (locked)
		return STATUS_INVALID;
	return covered >= end ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Goes on from *progress bytes, so that a restarted call does not look at what is there. */
static status_t populate(struct aspace *aspace, uint64_t start, uint64_t end, uint32_t access,
			 uint64_t *progress)
{
	for (start += *progress; start < end; start += PAGE_SIZE, *progress += PAGE_SIZE) {
		uint32_t reason;
		status_code_t status = aspace_touch(aspace, start, access, 0, &reason);
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* Pages that are not locked yet. */
static uint64_t unlocked_bytes(struct aspace *aspace, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;
	struct region *region = region_above(aspace, start);
	for (; region && region->start < end; region = region_next(region)) {
		uint64_t low = region->start > start ? region->start : start;
		uint64_t high = region->end < end ? region->end : end;
		bytes += region->flags & MAP_FLAG_LOCKED ? 0 : high - low;
	}
	return bytes;
}

static status_t lock(struct aspace *aspace, uint64_t start, uint64_t end)
{
	uint64_t more = unlocked_bytes(aspace, start, end);
	if (more && (aspace->locked << PAGE_SHIFT) + more > aspace->limits[LIMIT_LOCKED])
		return STATUS_LIMIT;
	status_code_t status = change_flags(aspace, start, end, MAP_FLAG_LOCKED, 0);
	if (status)
		return status;
	for (struct region *region = region_at(aspace, start); region && region->start < end;) {
		uint64_t low = region->start > start ? region->start : start;
		uint64_t high = region->end < end ? region->end : end;
		bool copies = region_private(region) && (region->prot & PROT_BIT_WRITE);
		aspace_populate(aspace, low, high, copies ? PROT_BIT_WRITE : PROT_BIT_READ);
		region = region_next(region);
	}
	return STATUS_OK;
}

status_t aspace_advise(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t advice,
		       uint64_t *progress)
{
	uint32_t set, clear;
	uint64_t end = address + length;
	if (!range_valid(address, length))
		return STATUS_INVALID;
	if (advice == ADVICE_DISCARD)
		return discard(aspace, address, end);
	if (advice == ADVICE_POPULATE_READ)
		return populate(aspace, address, end, PROT_BIT_READ, progress);
	if (advice == ADVICE_POPULATE_WRITE)
		return populate(aspace, address, end, PROT_BIT_WRITE, progress);
	if (advice == ADVICE_LOCK)
		return lock(aspace, address, end);
	return flag_change(advice, &set, &clear) ? change_flags(aspace, address, end, set, clear)
						 : STATUS_INVALID;
}
