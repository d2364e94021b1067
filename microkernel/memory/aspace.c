/* SPDX-License-Identifier: MIT */
/*
 * Address spaces as a whole: making, destroying, loading a program, pinning pages, naming words.
 */
#include "memory/aspace.h"

#include "memory/copy.h"
#include "memory/object.h"
#include "structure/bytes.h"

#define REGIONS_DEFAULT 65530u

struct aspace *aspace_create(struct account *account)
{
	struct aspace *aspace = object_allocate(KIND_ASPACE, sizeof *aspace, account);
	if (!aspace)
		return NULL;
	struct frame *root = table_create(account);
	if (!root) {
		object_free(&aspace->object, sizeof *aspace);
		return NULL;
	}
	aspace->root = frame_address(root).value;
	regions_init(aspace);
	for (unsigned i = 0; i < LIMIT_COUNT; i++)
		aspace->limits[i] = UINT64_MAX;
	aspace->limits[LIMIT_REGIONS] = REGIONS_DEFAULT;
	return aspace;
}

void aspace_destroy(struct object *object)
{
	struct aspace *aspace = (struct aspace *)(void *)object;
	struct region *region;
	while ((region = region_of(aspace->regions.root))) {
		struct tlb_batch batch;
		tlb_begin(&batch, aspace);
		pages_remove(&batch, region->start, region->end);
		tlb_finish(&batch);
		region_destroy(region);
	}
	table_destroy(aspace);
	object_free(&aspace->object, sizeof *aspace);
}

paddr_t aspace_root(const struct aspace *aspace)
{
	return (paddr_t){ aspace->root };
}

/* Mapped writable until the contents are there. */
status_t aspace_load(struct aspace *aspace, uint64_t address, uint64_t bytes, const void *contents,
		     uint64_t content_bytes, uint32_t prot)
{
	struct map_request request = { .address = address,
				       .length = (bytes + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1),
				       .prot = PROT_BIT_READ | PROT_BIT_WRITE,
				       .flags = MAP_FLAG_NOREPLACE };
	uint64_t place;
	if (content_bytes > bytes)
		return STATUS_INVALID;
	status_code_t status = aspace_map(aspace, &request, NULL, &place);
	if (status)
		return status;
	status = copy_out(aspace, (uaddr_t){ address }, contents, content_bytes);
	return status ? status : aspace_protect(aspace, address, request.length, prot);
}

/* Pages of files and devices may be taken away or have no frame. */
static bool may_be_pinned(const struct region *region)
{
	if (!region || !(region->prot & PROT_BIT_WRITE))
		return false;
	return !region->object || region->object->type == MEMORY_ANONYMOUS ||
	       region->object->type == MEMORY_CONTIGUOUS;
}

status_t aspace_pin(struct aspace *aspace, uaddr_t address, struct frame **frame, void **kernel_address)
{
	uint32_t reason;
	if (address.value >= USER_LIMIT || !may_be_pinned(region_at(aspace, address.value)))
		return STATUS_BAD_ADDRESS;
	status_code_t status = aspace_touch(aspace, address.value, PROT_BIT_WRITE, 0, &reason);
	if (status)
		return status;
	void *byte = aspace_byte(aspace, address.value, PROT_BIT_WRITE, 0);
	if (!byte)
		return STATUS_BAD_ADDRESS;
	*frame = frame_at((uintptr_t)byte - DIRECT_MAP_BASE);
	*kernel_address = byte;
	frame_pin(*frame);
	return STATUS_OK;
}

status_t aspace_word(struct aspace *aspace, uint64_t address, bool shared, uint64_t key[2], uint32_t *value)
{
	if (address & (sizeof *value - 1))
		return STATUS_INVALID;
	status_code_t status = copy_in(aspace, value, (uaddr_t){ address }, sizeof *value);
	if (status)
		return status;
	const struct region *region = region_at(aspace, address);
	bool by_object = shared && region && region->object && !region_private(region);
	key[0] = by_object ? region->object->object.id : aspace->object.id;
	key[1] = by_object ? region->offset + (address - region->start) : address;
	return STATUS_OK;
}
