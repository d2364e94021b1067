/* SPDX-License-Identifier: MIT */
/*
 * Mapping, unmapping, protecting and advising ranges of an address space.
 *
 * Everything is checked before anything changes, except where POSIX wants a part done: aspace_protect changes what lies
 * before a gap. Limits count what the space would have afterwards.
 */
#include "memory/aspace.h"
#include "structure/bytes.h"
#include "thread/work.h"

#define PROT_ALL (PROT_BIT_READ | PROT_BIT_WRITE | PROT_BIT_EXEC)
#define MAP_FLAGS_KNOWN 0x1ffu

status_t aspace_may_grow(const struct aspace *aspace, uint64_t bytes, uint32_t prot, uint32_t flags)
{
	bool data = (prot & PROT_BIT_WRITE) && !(flags & (MAP_FLAG_SHARED | MAP_FLAG_GROWS_DOWN));
	const uint64_t *limits = aspace->limits;
	if (bytes > limits[LIMIT_MAPPED] || (aspace->mapped << PAGE_SHIFT) > limits[LIMIT_MAPPED] - bytes)
		return STATUS_NO_MEMORY;
	if (data && (bytes > limits[LIMIT_DATA] || (aspace->data << PAGE_SHIFT) > limits[LIMIT_DATA] - bytes))
		return STATUS_NO_MEMORY;
	if ((flags & MAP_FLAG_LOCKED) &&
	    (bytes > limits[LIMIT_LOCKED] || (aspace->locked << PAGE_SHIFT) > limits[LIMIT_LOCKED] - bytes))
		return STATUS_LIMIT;
	return aspace->region_count < limits[LIMIT_REGIONS] ? STATUS_OK : STATUS_LIMIT;
}

static status_t check_request(const struct map_request *request, const struct memory_object *object)
{
	if (!request->length || (request->length & (PAGE_SIZE - 1)) || request->length > USER_LIMIT)
		return STATUS_INVALID;
	if ((request->prot | request->max_prot) & ~PROT_ALL || request->flags & ~MAP_FLAGS_KNOWN)
		return STATUS_INVALID;
	if ((request->offset & (PAGE_SIZE - 1)) || request->offset > OBJECT_PAGES_MAX << PAGE_SHIFT)
		return STATUS_INVALID;
	if (request->prot & ~(request->max_prot ? request->max_prot : PROT_ALL))
		return STATUS_DENIED;
	if ((request->flags & MAP_FLAG_GROWS_DOWN) && object)
		return STATUS_INVALID;
	if (request->flags & (MAP_FLAG_FIXED | MAP_FLAG_NOREPLACE))
		return range_valid(request->address, request->length) ? STATUS_OK : STATUS_INVALID;
	return STATUS_OK;
}

/* The hint when it is free, else the highest gap of the window; 0: none. */
static uint64_t choose_place(struct aspace *aspace, const struct map_request *request)
{
	uint64_t hint = page_down(request->address);
	uint64_t low = request->low > DEFAULT_LOW ? request->low : DEFAULT_LOW;
	uint64_t high = least(request->high ? request->high : DEFAULT_HIGH, USER_LIMIT);
	if (hint >= DEFAULT_LOW && range_valid(hint, request->length) &&
	    region_range_free(aspace, hint, hint + request->length))
		return hint;
	low = page_up(low);
	return region_find_gap(aspace, request->length, low, page_down(high));
}

/* Decide where, and make the place free. */
static status_t take_place(struct aspace *aspace, const struct map_request *request, uint64_t *address)
{
	*address = request->address;
	if (request->flags & MAP_FLAG_NOREPLACE) {
		bool is_free = region_range_free(aspace, *address, *address + request->length);
		return is_free ? STATUS_OK : STATUS_EXISTS;
	}
	if (request->flags & MAP_FLAG_FIXED)
		return aspace_unmap(aspace, *address, request->length);
	*address = choose_place(aspace, request);
	return *address ? STATUS_OK : STATUS_NO_MEMORY;
}

static struct region *make_region(struct aspace *aspace, const struct map_request *request,
				  struct memory_object *object)
{
	struct region model;
	memset(&model, 0, sizeof model);
	model.object = object;
	model.offset = object ? request->offset : 0;
	model.tag = request->tag;
	model.grow_limit = request->grow_limit;
	model.prot = (uint8_t)request->prot;
	model.max_prot = (uint8_t)(request->max_prot ? request->max_prot : PROT_ALL);
	model.flags = request->flags & FLAGS_OF_REGION;
	return region_create(aspace, &model);
}

static status_t place_region(struct aspace *aspace, const struct map_request *request, struct region *region,
			     uint64_t *address)
{
	status_code_t status = take_place(aspace, request, address);
	if (!status)
		status = aspace_may_grow(aspace, request->length, request->prot, request->flags);
	if (status)
		return status;
	region->start = *address;
	region->end = *address + request->length;
	region_insert(region);
	region_merge(region);
	return STATUS_OK;
}

static status_t map_object(struct aspace *aspace, const struct map_request *request,
			   struct memory_object *object, uint64_t *address)
{
	struct region *region = make_region(aspace, request, object);
	if (!region)
		return STATUS_NO_MEMORY;
	status_code_t status = place_region(aspace, request, region, address);
	if (status)
		region_free(region);
	return status;
}

status_t aspace_map(struct aspace *aspace, const struct map_request *request, struct memory_object *object,
		    uint64_t *address)
{
	status_code_t status = check_request(request, object);
	if (status)
		return status;
	if (object || !(request->flags & MAP_FLAG_SHARED))
		return map_object(aspace, request, object, address);
	/* Shared anonymous memory is an object that only its mappings hold. */
	object = memory_object_create(aspace->object.account, request->length >> PAGE_SHIFT, 0);
	if (!object)
		return STATUS_NO_MEMORY;
	struct map_request shared = *request;
	shared.offset = 0;
	status = map_object(aspace, &shared, object, address);
	object_put(&object->object);
	return status;
}

status_t aspace_unmap(struct aspace *aspace, uint64_t address, uint64_t length)
{
	struct tlb_batch batch;
	uint64_t end = address + length;
	if (!range_valid(address, length))
		return STATUS_INVALID;
	status_code_t status = regions_cut(aspace, address, end);
	if (status)
		return status;
	tlb_begin(&batch, aspace);
	struct region *region;
	while ((region = region_above(aspace, address)) && region->start < end) {
		address = region->end;
		if (work_spent(WORK_OF_REGION) || !pages_remove_some(&batch, region->start, region->end)) {
			tlb_finish(&batch);
			return aspace_hold(aspace);
		}
		if (region->object)
			tlb_finish(&batch); /* the object's frames may go with this mapping */
		region_destroy(region);
	}
	tlb_finish(&batch);
	return STATUS_OK;
}

/* Change one region that lies inside the range, on from *at. WOULD_BLOCK: enough for now. */
static status_t protect_region(struct region *region, uint32_t prot, struct tlb_batch *batch, uint64_t *at)
{
	const struct aspace *aspace = region->aspace;
	bool more_data = (prot & ~(uint32_t)region->prot & PROT_BIT_WRITE) && region_private(region);
	if (prot & ~(uint32_t)region->max_prot)
		return STATUS_DENIED;
	if (more_data &&
	    (aspace->data << PAGE_SHIFT) + (region->end - region->start) > aspace->limits[LIMIT_DATA])
		return STATUS_NO_MEMORY;
	region_change(region, prot, region->flags);
	bool all = !work_spent(WORK_OF_REGION) && pages_protect_some(batch, region, at);
	return all ? STATUS_OK : STATUS_WOULD_BLOCK;
}

status_t aspace_protect(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t prot,
			uint64_t *progress)
{
	struct tlb_batch batch;
	uint64_t end = address + length, at = address + *progress;
	if (!range_valid(address, length) || prot & ~PROT_ALL)
		return STATUS_INVALID;
	status_code_t status = *progress ? STATUS_OK : regions_cut(aspace, address, end);
	tlb_begin(&batch, aspace);
	while (!status && at < end) {
		struct region *region = region_at(aspace, at);
		status = region ? protect_region(region, prot, &batch, &at) : STATUS_NO_MEMORY;
		if (!status)
			at = region_merge(region)->end;
	}
	tlb_finish(&batch);
	*progress = at - address;
	return status == STATUS_WOULD_BLOCK ? aspace_hold(aspace) : status;
}

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
		struct region *region = region_at(aspace, start);
		if (!region)
			return STATUS_NO_MEMORY;
		if ((set & MAP_FLAG_WIPE_ON_FORK) && (region->object || !region_private(region)))
			return STATUS_INVALID;
		region_change(region, region->prot, (region->flags | set) & ~clear);
		start = region_merge(region)->end;
	}
	return status;
}

/* The lowest bit of *progress says that there was a gap. */
static status_t discard(struct aspace *aspace, uint64_t start, uint64_t end, uint64_t *progress)
{
	struct tlb_batch batch;
	struct region *region;
	uint64_t at = start + page_down(*progress);
	bool gap = *progress & 1, stopped = false, locked = false;
	tlb_begin(&batch, aspace);
	while (!stopped && !locked && (region = region_above(aspace, at)) && region->start < end) {
		gap |= region->start > at;
		at = region->start > at ? region->start : at;
		locked = region->flags & MAP_FLAG_LOCKED;
		stopped = locked || work_spent(WORK_OF_REGION) ||
			  !pages_remove_some(&batch, at, least(region->end, end));
		at = stopped ? at : region->end;
	}
	tlb_finish(&batch);
	*progress = (at - start) | gap;
	if (locked)
		return STATUS_INVALID;
	if (stopped)
		return aspace_hold(aspace);
	return gap || at < end ? STATUS_NO_MEMORY : STATUS_OK;
}

status_t aspace_populate(struct aspace *aspace, uint64_t start, uint64_t end, uint32_t access,
			 uint64_t *progress)
{
	for (start += *progress; start < end; start += PAGE_SIZE) {
		uint32_t reason;
		status_code_t status = aspace_touch(aspace, start, access, 0, &reason);
		if (status)
			return status;
		*progress += PAGE_SIZE;
		if (work_spent(WORK_OF_PAGE))
			return work_stop();
	}
	return STATUS_OK;
}

/* What cannot be had is left to faults. */
static status_t try_to_populate(struct aspace *aspace, uint64_t start, uint64_t end, uint32_t prot,
				uint64_t *progress)
{
	uint32_t access = prot & PROT_BIT_WRITE ? PROT_BIT_WRITE : PROT_BIT_READ;
	status_code_t status = aspace_populate(aspace, start, end, access, progress);
	return status == STATUS_PENDING ? status : STATUS_OK;
}

status_t aspace_fill(struct aspace *aspace, uint64_t address, const struct map_request *request,
		     uint64_t *progress)
{
	struct region *region = region_at(aspace, address);
	if (request->flags & (MAP_FLAG_POPULATE | MAP_FLAG_LOCKED))
		return try_to_populate(aspace, address, address + request->length, request->prot, progress);
	if ((request->flags & MAP_FLAG_PREMAP) && region && region->object)
		aspace_premap(region);
	return STATUS_OK;
}

/* Pages that are not locked yet. */
static uint64_t unlocked_bytes(struct aspace *aspace, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;
	struct region *region = region_above(aspace, start);
	for (; region && region->start < end; region = region_next(region)) {
		uint64_t low = region->start > start ? region->start : start;
		uint64_t high = least(region->end, end);
		bytes += region->flags & MAP_FLAG_LOCKED ? 0 : high - low;
	}
	return bytes;
}

static status_t set_locked(struct aspace *aspace, uint64_t start, uint64_t end)
{
	uint64_t more = unlocked_bytes(aspace, start, end);
	if (more && (aspace->locked << PAGE_SHIFT) + more > aspace->limits[LIMIT_LOCKED])
		return STATUS_LIMIT;
	return change_flags(aspace, start, end, MAP_FLAG_LOCKED, 0);
}

/* The regions that have become locked are as they are now: others' calls may come in between. */
static status_t lock(struct aspace *aspace, uint64_t start, uint64_t end, uint64_t *progress)
{
	status_code_t status = *progress ? STATUS_OK : set_locked(aspace, start, end);
	struct region *region;
	uint64_t at = start + *progress;
	while (!status && at < end && (region = region_above(aspace, at))) {
		uint64_t done = 0, low = region->start > at ? region->start : at;
		uint64_t high = least(region->end, end);
		uint32_t prot = region_private(region) ? region->prot : 0;
		status = try_to_populate(aspace, low, high, prot, &done);
		at = status ? low + done : high;
		*progress = at - start;
	}
	return status;
}

status_t aspace_advise(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t advice,
		       uint64_t *progress)
{
	uint32_t set, clear;
	uint64_t end = address + length;
	if (!range_valid(address, length))
		return STATUS_INVALID;
	if (advice == ADVICE_DISCARD)
		return discard(aspace, address, end, progress);
	if (advice == ADVICE_POPULATE_READ)
		return aspace_populate(aspace, address, end, PROT_BIT_READ, progress);
	if (advice == ADVICE_POPULATE_WRITE)
		return aspace_populate(aspace, address, end, PROT_BIT_WRITE, progress);
	if (advice == ADVICE_LOCK)
		return lock(aspace, address, end, progress);
	return flag_change(advice, &set, &clear) ? change_flags(aspace, address, end, set, clear)
						 : STATUS_INVALID;
}
