/* SPDX-License-Identifier: MIT */
/*
 * Address spaces as a whole: making, destroying, loading a program, pinning pages, naming words; what one looks like; and
 * fork: a copy of one whose private pages are shared until one side writes.
 *
 * fork copies regions; object pages are left out, since they refault. A private page is referenced by both tables,
 * read-only in both; a pinned one (a device or the kernel may write it) is copied at once. Runs to completion: what it does
 * is bounded by the pages that the parent wrote itself. The parent is flushed before the child exists for anybody.
 */
#include "memory/aspace.h"
#include "structure/bytes.h"

#define REGIONS_DEFAULT 65530u

struct aspace *aspace_create(struct account *account)
{
	struct aspace *aspace = object_allocate(KIND_ASPACE, sizeof *aspace, account);
	if (!aspace)
		return NULL;
	struct frame *root = table_create(account);
	if (!root) {
		object_free(&aspace->object);
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
	object_free(&aspace->object);
}

/* Mapped writable until the contents are there. */
status_t aspace_load(struct aspace *aspace, uint64_t address, uint64_t bytes, const void *contents,
		     uint64_t content_bytes, uint32_t prot)
{
	struct map_request request = { .address = address,
				       .length = page_up(bytes),
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

static void word_name(struct aspace *aspace, uint64_t address, bool shared, uint64_t key[2])
{
	const struct region *region = shared ? region_at(aspace, address) : NULL;
	bool by_object = region && region->object && !region_private(region);
	key[0] = by_object ? region->object->object.id : aspace->object.id;
	key[1] = by_object ? region->offset + (address - region->start)
			   : address | shared; /* two queues, as WAIT_SHARED says */
}

status_t aspace_word(struct aspace *aspace, uint64_t address, bool shared, uint64_t key[2], uint32_t *value)
{
	if (address & (sizeof *value - 1))
		return STATUS_INVALID;
	status_code_t status = copy_in(aspace, value, (uaddr_t){ address }, sizeof *value);
	if (!status)
		word_name(aspace, address, shared, key);
	return status;
}

bool aspace_word_peek(struct aspace *aspace, uint64_t address, bool shared, uint64_t key[2], uint32_t *value)
{
	const uint32_t *word = address & (sizeof *value - 1) ? NULL
							     : aspace_byte(aspace, address, PROT_BIT_READ, 0);
	if (!word)
		return false;
	*value = __atomic_load_n(word, __ATOMIC_RELAXED);
	word_name(aspace, address, shared, key);
	return true;
}

static void count_pages(const struct region *region, struct region_info *info)
{
	const uint64_t *entry;
	uint64_t address = region->start;
	for (; (entry = table_next(region->aspace, &address, region->end)); address += PAGE_SIZE) {
		info->resident_pages += (*entry & PTE_ADDRESS) != frame_address(zero_frame).value;
		info->private_pages += (*entry & PTE_PRIVATE) != 0;
	}
}

status_t aspace_query(struct aspace *aspace, uint64_t address, struct region_info *info)
{
	const struct region *region = region_above(aspace, address);
	if (!region)
		return STATUS_NOT_FOUND;
	memset(info, 0, sizeof *info);
	info->start = region->start;
	info->end = region->end;
	info->offset = region->offset;
	info->tag = region->tag;
	info->object_id = region->object ? region->object->object.id : 0;
	info->prot = region->prot;
	info->flags = region->flags;
	count_pages(region, info);
	return STATUS_OK;
}

void aspace_fill_info(const struct aspace *aspace, struct aspace_info *info)
{
	memset(info, 0, sizeof *info);
	info->mapped_bytes = aspace->mapped << PAGE_SHIFT;
	info->resident_pages = aspace->resident;
	info->private_pages = aspace->private;
	info->data_bytes = aspace->data << PAGE_SHIFT;
	info->locked_bytes = aspace->locked << PAGE_SHIFT;
	info->peak_mapped_bytes = aspace->peak_mapped << PAGE_SHIFT;
	info->peak_resident_pages = aspace->peak_resident;
	info->table_pages = aspace->tables;
	info->regions = aspace->region_count;
	info->minor_faults = aspace->minor_faults;
	info->major_faults = aspace->major_faults;
}

status_t aspace_set_limit(struct aspace *aspace, uint32_t which, uint64_t value)
{
	if (which >= LIMIT_COUNT)
		return STATUS_INVALID;
	aspace->limits[which] = value;
	return STATUS_OK;
}

status_t aspace_resident(struct aspace *aspace, uint64_t address, uint64_t pages, uint8_t *bytes)
{
	for (uint64_t i = 0; i < pages; i++, address += PAGE_SIZE) {
		const struct region *region = region_at(aspace, address);
		if (!region)
			return STATUS_NO_MEMORY;
		const uint64_t *entry = table_find(aspace, address);
		bytes[i] = entry && *entry;
		if (!bytes[i] && region->object && region->object->type != MEMORY_PHYSICAL)
			bytes[i] = object_slot(region->object, region_object_page(region, address)) != 0;
	}
	return STATUS_OK;
}

/* A frame that the child may refer to: the parent's, or a copy of a pinned one. NULL: no memory. */
static struct frame *child_frame(struct aspace *child, struct frame *frame)
{
	if (!frame->pins) {
		frame_get(frame);
		return frame;
	}
	return frame_allocate_copy(child->object.account, frame_data(frame));
}

static status_t fork_page(struct tlb_batch *parent, struct region *region, uint64_t *entry, uint64_t address)
{
	uint64_t *copy = table_make(region->aspace, address);
	struct frame *own = pte_frame(*entry);
	struct frame *frame = copy ? child_frame(region->aspace, own) : NULL;
	if (!frame)
		return STATUS_NO_MEMORY;
	if (frame == own && (*entry & PTE_WRITE)) {
		pte_set(entry, *entry & ~(PTE_WRITE | PTE_DIRTY));
		tlb_add(parent, address);
	}
	page_install_private(region, copy, frame, frame != own);
	return STATUS_OK;
}

static status_t fork_pages(struct tlb_batch *parent, struct region *region)
{
	uint64_t *entry;
	uint64_t address = region->start;
	for (; (entry = table_next(parent->aspace, &address, region->end)); address += PAGE_SIZE) {
		if (!(*entry & PTE_PRIVATE))
			continue;
		status_code_t status = fork_page(parent, region, entry, address);
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* Memory locks are not inherited. */
static status_t fork_region(struct tlb_batch *parent, struct aspace *child, const struct region *region)
{
	if (region->flags & MAP_FLAG_NO_FORK)
		return STATUS_OK;
	struct region *copy = region_create(child, region);
	if (!copy)
		return STATUS_NO_MEMORY;
	copy->flags &= ~MAP_FLAG_LOCKED;
	region_insert(copy);
	if (!region_private(region) || (region->flags & MAP_FLAG_WIPE_ON_FORK))
		return STATUS_OK;
	return fork_pages(parent, copy);
}

status_t aspace_fork(struct aspace *parent, struct account *account, struct aspace **child)
{
	struct tlb_batch batch;
	struct aspace *copy = aspace_create(account);
	status_code_t status = STATUS_OK;
	if (!copy)
		return STATUS_NO_MEMORY;
	memcpy(copy->limits, parent->limits, sizeof copy->limits);
	tlb_begin(&batch, parent);
	struct region *region = region_of(tree_first(&parent->regions));
	for (; region && !status; region = region_next(region))
		status = fork_region(&batch, copy, region);
	tlb_finish(&batch);
	if (status)
		object_put(&copy->object);
	else
		*child = copy;
	return status;
}
