/* SPDX-License-Identifier: MIT */
/*
 * Address spaces for the tests of the memory system: mapping in one line, and words read and written as user code would,
 * through faults.
 */
#ifndef LICHEN_TEST_MEMORY_FIXTURE_H
#define LICHEN_TEST_MEMORY_FIXTURE_H

#include "memory/aspace.h"
#include "memory/object.h"
#include "object/object.h"

#define RW (PROT_BIT_READ | PROT_BIT_WRITE)
#define PAGES(n) ((uint64_t)(n) << PAGE_SHIFT)

/* Map at a fixed address; `object` may be NULL. */
static inline status_code_t map_at(struct aspace *space, uint64_t address, uint64_t pages,
				   struct memory_object *object, uint32_t flags)
{
	struct map_request request = {
		.address = address, .length = PAGES(pages), .prot = RW, .flags = flags | MAP_FLAG_FIXED
	};
	uint64_t place, progress = 0;
	status_code_t status = aspace_map(space, &request, object, &place);
	return status ? status : aspace_fill(space, place, &request, &progress);
}

static inline status_code_t store(struct aspace *space, uint64_t address, uint64_t value)
{
	return copy_out(space, (uaddr_t){ address }, &value, sizeof value);
}

static inline status_code_t fork_whole(struct aspace *parent, struct account *account, struct aspace **child)
{
	uint64_t progress = 0;
	*child = NULL;
	return aspace_fork(parent, account, child, &progress);
}

static inline status_code_t remap_whole(struct aspace *space, const struct remap_request *request,
					uint64_t *place)
{
	uint64_t progress = 0;
	*place = 0;
	return aspace_remap(space, request, place, &progress);
}

static inline status_code_t protect_whole(struct aspace *space, uint64_t address, uint64_t bytes,
					  uint32_t prot)
{
	uint64_t progress = 0;
	return aspace_protect(space, address, bytes, prot, &progress);
}

/* The word at an address; ~0 when it cannot be read. */
static inline uint64_t load(struct aspace *space, uint64_t address)
{
	uint64_t value;
	return copy_in(space, &value, (uaddr_t){ address }, sizeof value) ? ~0ull : value;
}

static inline struct region_info query(struct aspace *space, uint64_t address)
{
	struct region_info info = { 0 };
	uint64_t progress = 0, counted = 0;
	status_code_t status = aspace_query(space, address, &info, &progress, &counted);
	return status ? (struct region_info){ 0 } : info;
}

static inline status_code_t object_store(struct memory_object *object, uint64_t offset, uint64_t value)
{
	struct copy_side to = copy_side_object(object, offset), from = copy_side_kernel(&value);
	uint64_t done = 0;
	return copy_run(&to, &from, sizeof value, &done);
}

static inline uint64_t object_load(struct memory_object *object, uint64_t offset)
{
	uint64_t value = 0, done = 0;
	struct copy_side to = copy_side_kernel(&value), from = copy_side_object(object, offset);
	return copy_run(&to, &from, sizeof value, &done) ? ~0ull : value;
}

#endif
