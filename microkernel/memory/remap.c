/* SPDX-License-Identifier: MIT */
/*
 * Moving and resizing mappings, as mremap(2) says.
 *
 * Decode, then do: where the result goes is decided and checked first. A move makes the borders of the old range, the new
 * region and its tables, which may be refused; then it moves the private entries over (object pages refault) and unmaps the
 * old range, unless that is kept empty.
 */
#include "memory/aspace.h"

#include "abi/blocks.h"
#include "debug/log.h"
#include "thread/work.h"

#define REMAP_FLAGS_KNOWN 0x7u

static status_t check_request(const struct remap_request *request)
{
	uint32_t flags = request->flags;
	bool keep = flags & REMAP_KEEP_OLD;
	uint64_t to = request->new_address, from = request->address;
	if (flags & ~REMAP_FLAGS_KNOWN ||
	    ((flags & (REMAP_FIXED | REMAP_KEEP_OLD)) && !(flags & REMAP_MAY_MOVE)))
		return STATUS_INVALID;
	if ((request->length & (PAGE_SIZE - 1)) ||
	    !range_valid(from, request->length ? request->length : PAGE_SIZE))
		return STATUS_INVALID;
	if (!request->new_length || (request->new_length & (PAGE_SIZE - 1)) ||
	    request->new_length > USER_LIMIT)
		return STATUS_INVALID;
	if (keep && request->length != request->new_length)
		return STATUS_INVALID;
	if (!(flags & REMAP_FIXED))
		return STATUS_OK;
	if (!range_valid(to, request->new_length))
		return STATUS_INVALID;
	return to < from + request->length && from < to + request->new_length ? STATUS_INVALID : STATUS_OK;
}

/* The mapping after the move, as a request to map it. */
static struct map_request new_mapping(const struct region *region, const struct remap_request *request)
{
	bool fixed = request->flags & REMAP_FIXED;
	struct map_request map = {
		.address = fixed ? request->new_address : 0,
		.length = request->new_length,
		.prot = region->prot,
		.max_prot = region->max_prot,
		.offset = region->object ? region->offset + (request->address - region->start) : 0,
		.flags = region->flags & (FLAGS_OF_REGION & ~MAP_FLAG_GROWS_DOWN),
		.tag = region->tag,
	};
	if (fixed)
		map.flags |= MAP_FLAG_FIXED;
	return map;
}

/* What is done with each private entry of a range that moves from `at` to `to`. */
typedef status_code_t move_step(struct tlb_batch *batch, uint64_t *entry, uint64_t at, uint64_t to);

static status_code_t make_place(struct tlb_batch *batch, uint64_t *entry, uint64_t at, uint64_t to)
{
	(void)entry;
	(void)at;
	return table_make(batch->aspace, to) ? STATUS_OK : STATUS_NO_MEMORY;
}

static status_code_t release_place(struct tlb_batch *batch, uint64_t *entry, uint64_t at, uint64_t to)
{
	(void)entry;
	(void)at;
	table_release(batch, to);
	return STATUS_OK;
}

/* The place may have been populated when it was mapped. */
static status_code_t move_entry(struct tlb_batch *batch, uint64_t *entry, uint64_t at, uint64_t to)
{
	uint64_t *place = table_find(batch->aspace, to);
	struct frame *frame = pte_frame(*entry);
	page_detach(batch, place, to);
	frame_get(frame);
	page_install_private(region_at(batch->aspace, to), place, frame, *entry & PTE_WRITE);
	page_remove(batch, entry, at);
	return STATUS_OK;
}

static status_t for_each_private(struct aspace *aspace, const struct remap_request *request, uint64_t to,
				 move_step *step)
{
	struct tlb_batch batch;
	uint64_t *entry, at = request->address, end = at + least(request->length, request->new_length);
	status_code_t status = STATUS_OK;
	tlb_begin(&batch, aspace);
	for (; !status && (entry = table_next(aspace, &at, end)); at += PAGE_SIZE)
		if (*entry & PTE_PRIVATE)
			status = step(&batch, entry, at, at - request->address + to);
	tlb_finish(&batch);
	return status;
}

static status_t move_mapping(struct aspace *aspace, const struct remap_request *request, uint64_t *address)
{
	uint64_t from = request->address, to;
	status_code_t status = request->length ? regions_cut(aspace, from, from + request->length)
					       : STATUS_OK;
	if (status)
		return status;
	const struct region *region = region_at(aspace, from);
	struct map_request map = new_mapping(region, request);
	status = aspace_map(aspace, &map, region->object, &to);
	if (status)
		return status;
	work_unbounded(); /* what is moved cannot be moved again */
	status = for_each_private(aspace, request, to, make_place);
	if (status) {
		status_code_t undone = for_each_private(aspace, request, to, release_place);
		undone |= aspace_unmap(aspace, to, request->new_length);
		kernel_assert(!undone);
		return status;
	}
	*address = to;
	status = for_each_private(aspace, request, to, move_entry);
	if (status || (request->flags & REMAP_KEEP_OLD) || !request->length)
		return status;
	return aspace_unmap(aspace, from, request->length);
}

static bool can_grow_in_place(struct aspace *aspace, const struct region *region,
			      const struct remap_request *request)
{
	uint64_t end = request->address + request->length, more = request->new_length - request->length;
	return region->end == end && range_valid(request->address, request->new_length) &&
	       region_range_free(aspace, end, end + more);
}

static status_t grow_in_place(struct region *region, const struct remap_request *request)
{
	struct aspace *aspace = region->aspace;
	uint64_t more = request->new_length - request->length;
	status_code_t status = aspace_may_grow(aspace, more, region->prot, region->flags);
	if (status)
		return status;
	uint64_t old_end = region->end;
	bool locked = region->flags & MAP_FLAG_LOCKED;
	region_resize(region, region->start, old_end + more);
	region_merge(region);
	if (locked)
		aspace_populate(aspace, old_end, old_end + more, PROT_BIT_WRITE);
	return STATUS_OK;
}

/* Where it is, when that is possible: NOT_FOUND when it must move. */
static status_t resize_in_place(struct aspace *aspace, struct region *region,
				const struct remap_request *request)
{
	uint64_t length = request->length, new_length = request->new_length;
	if ((request->flags & (REMAP_FIXED | REMAP_KEEP_OLD)) || !length)
		return STATUS_NOT_FOUND;
	if (new_length < length)
		return aspace_unmap(aspace, request->address + new_length, length - new_length);
	if (new_length == length)
		return STATUS_OK;
	return can_grow_in_place(aspace, region, request) ? grow_in_place(region, request) : STATUS_NOT_FOUND;
}

status_t aspace_remap(struct aspace *aspace, const struct remap_request *request, uint64_t *address)
{
	status_code_t status = check_request(request);
	if (status)
		return status;
	struct region *region = region_at(aspace, request->address);
	if (!region)
		return STATUS_BAD_ADDRESS;
	if (!request->length && region_private(region))
		return STATUS_INVALID; /* only shared mappings can be had twice */
	bool shrinks = request->new_length < request->length && !(request->flags & REMAP_FIXED);
	if (request->address + request->length > region->end && !shrinks)
		return STATUS_BAD_ADDRESS;
	*address = request->address;
	status = resize_in_place(aspace, region, request);
	if (status != STATUS_NOT_FOUND)
		return status;
	if (!(request->flags & REMAP_MAY_MOVE))
		return STATUS_NO_MEMORY;
	return move_mapping(aspace, request, address);
}
