/* SPDX-License-Identifier: MIT */
/*
 * Moving and resizing mappings, as mremap(2) says.
 *
 * Decode, then do: where the result goes is decided and checked first. A move makes the borders of the old range, the new
 * region and its tables, which may be refused; then it moves the private entries over (object pages refault) and unmaps the
 * old range, unless that is kept empty. All of this stops and goes on, the space held.
 */
#include "memory/aspace.h"

#include "abi/blocks.h"
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

/* A call goes through these; *progress is the phase and, above it, how many bytes of its range are done. */
enum remap_phase { PHASE_BEGIN, PHASE_PLACES, PHASE_MOVES, PHASE_OLD, PHASE_FILL };
#define PHASE_MASK 7u

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

/* There is no place only for somebody who changes the request of a call that goes on. */
static status_code_t move_entry(struct tlb_batch *batch, uint64_t *entry, uint64_t at, uint64_t to)
{
	struct region *region = region_at(batch->aspace, to);
	uint64_t *place = region ? table_find(batch->aspace, to) : NULL;
	struct frame *frame = pte_frame(*entry);
	if (!place || place == entry)
		return STATUS_INVALID;
	page_detach(batch, place, to);
	frame_get(frame);
	page_install_private(region, place, frame, *entry & PTE_WRITE);
	page_remove(batch, entry, at);
	return STATUS_OK;
}

/* One phase, on from *progress; the next one begins when it is done. PENDING: the space is held meanwhile. */
static status_t for_each_private(struct aspace *aspace, const struct remap_request *request, uint64_t to,
				 move_step *step, uint64_t *progress)
{
	struct tlb_batch batch;
	uint64_t *entry, at = request->address + page_down(*progress);
	uint64_t end = request->address + least(request->length, request->new_length);
	unsigned phase = *progress & PHASE_MASK;
	bool stopped = false;
	status_code_t status = STATUS_OK;
	tlb_begin(&batch, aspace);
	for (; !status && (entry = table_next(aspace, &at, end)); at += PAGE_SIZE) {
		stopped = work_spent(1);
		if (stopped)
			break;
		if (*entry & PTE_PRIVATE)
			status = step(&batch, entry, at, at - request->address + to);
	}
	tlb_finish(&batch);
	*progress = stopped ? (at - request->address) | phase : phase + 1;
	return stopped ? aspace_hold(aspace) : status;
}

/* The borders of the old range and the new mapping. */
static status_t move_begin(struct aspace *aspace, const struct remap_request *request, uint64_t *place)
{
	uint64_t from = request->address, to;
	status_code_t status = request->length ? regions_cut(aspace, from, from + request->length)
					       : STATUS_OK;
	if (status)
		return status;
	const struct region *region = region_at(aspace, from);
	struct map_request map = new_mapping(region, request);
	status = aspace_map(aspace, &map, region->object, &to);
	if (!status)
		*place = to;
	return status;
}

/* The places were refused. Even the new mapping stays if there is no memory to cut it off a neighbour. */
static void move_undo(struct aspace *aspace, const struct remap_request *request, uint64_t to)
{
	uint64_t progress = 0;
	work_unbounded();
	status_code_t undone = for_each_private(aspace, request, to, release_place, &progress);
	undone |= aspace_unmap(aspace, to, request->new_length);
	(void)undone;
}

static status_t remap_places(struct aspace *aspace, const struct remap_request *request, uint64_t to,
			     uint64_t *progress)
{
	status_code_t status = for_each_private(aspace, request, to, make_place, progress);
	if (status && status != STATUS_PENDING)
		move_undo(aspace, request, to);
	return status;
}

static status_t remap_old(struct aspace *aspace, const struct remap_request *request, uint64_t *progress)
{
	bool stays = (request->flags & REMAP_KEEP_OLD) || !request->length;
	status_code_t status = stays ? STATUS_OK : aspace_unmap(aspace, request->address, request->length);
	*progress = status ? *progress : PHASE_FILL;
	return status;
}

/* Memory that is locked is there; what cannot be had is left to faults. */
static status_t remap_fill(struct aspace *aspace, const struct remap_request *request, uint64_t to,
			   uint64_t *progress)
{
	const struct region *region = region_at(aspace, to);
	uint64_t done = page_down(*progress);
	if (!region || !(region->flags & MAP_FLAG_LOCKED))
		return STATUS_OK;
	uint32_t access = region_private(region) ? region->prot & PROT_BIT_WRITE : 0;
	status_code_t status = aspace_populate(aspace, to, to + request->new_length,
					       access ? access : PROT_BIT_READ, &done);
	*progress = done | PHASE_FILL;
	return status == STATUS_PENDING ? status : STATUS_OK;
}

static status_t remap_go_on(struct aspace *aspace, const struct remap_request *request, uint64_t to,
			    uint64_t *progress)
{
	status_code_t status = STATUS_OK;
	if ((*progress & PHASE_MASK) == PHASE_PLACES)
		status = remap_places(aspace, request, to, progress);
	if (!status && (*progress & PHASE_MASK) == PHASE_MOVES)
		status = for_each_private(aspace, request, to, move_entry, progress);
	if (!status && (*progress & PHASE_MASK) == PHASE_OLD)
		status = remap_old(aspace, request, progress);
	return status ? status : remap_fill(aspace, request, to, progress);
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
	region_resize(region, region->start, region->end + more);
	region_merge(region);
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

/* Everything that may still be refused; *place and the next phase are set when nothing of that is left. */
static status_t remap_begin(struct aspace *aspace, const struct remap_request *request, uint64_t *place,
			    uint64_t *progress)
{
	struct region *region = region_at(aspace, request->address);
	if (!region)
		return STATUS_BAD_ADDRESS;
	if (!request->length && region_private(region))
		return STATUS_INVALID; /* only shared mappings can be had twice */
	bool shrinks = request->new_length < request->length && !(request->flags & REMAP_FIXED);
	if (request->address + request->length > region->end && !shrinks)
		return STATUS_BAD_ADDRESS;
	*place = request->address;
	status_code_t status = resize_in_place(aspace, region, request);
	bool moves = status == STATUS_NOT_FOUND;
	if (moves)
		status = request->flags & REMAP_MAY_MOVE ? move_begin(aspace, request, place)
							 : STATUS_NO_MEMORY;
	if (!status)
		*progress = moves ? PHASE_PLACES : PHASE_FILL;
	return status;
}

status_t aspace_remap(struct aspace *aspace, const struct remap_request *request, uint64_t *place,
		      uint64_t *progress)
{
	status_code_t status = check_request(request);
	if (!status && *progress && !range_valid(*place, request->new_length))
		return STATUS_INVALID; /* it has changed meanwhile */
	if (!status && !*progress)
		status = remap_begin(aspace, request, place, progress);
	return status ? status : remap_go_on(aspace, request, *place, progress);
}
