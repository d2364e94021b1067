/* SPDX-License-Identifier: MIT */
/*
 * Page faults: from the CPU, and from the kernel's own walks when a page it needs is not there.
 *
 * Order: find the region (grow a stack if that is it), check its rights, look at the entry, then by kind: anonymous,
 * private over an object, shared object. Neighbours are mapped along: resident pages of objects around the fault, fresh
 * pages ahead of a sequential writer of anonymous memory. A fault that finds its page already there is fine.
 */
#include "memory/aspace.h"

#include "abi/guest.h"
#include "structure/bytes.h"
#include "thread/work.h"

#define AROUND_PAGES                                                                                         \
	16u /* aligned group of object pages mapped by one fault; a power of two, within one table */
#define AHEAD_MAX 16u /* anonymous pages given to a sequential writer by one fault */

struct fault {
	struct region *region;
	uint64_t *entry;
	uint64_t address; /* of the page */
	uint32_t access;
	uint32_t flags; /* TOUCH_* */
};

static bool writes(const struct fault *fault)
{
	return fault->access & PROT_BIT_WRITE;
}

/* A readable page is one with any right at all, as the CPU has it. */
static bool region_allows(const struct region *region, uint32_t access, uint32_t flags)
{
	if (flags & TOUCH_FORCE)
		return !(access & PROT_BIT_WRITE) || region_private(region) ||
		       (region->prot & PROT_BIT_WRITE);
	if (!region->prot)
		return false;
	return !(access & ~(uint32_t)region->prot & (PROT_BIT_WRITE | PROT_BIT_EXEC));
}

static bool entry_allows(uint64_t entry, uint32_t access, uint32_t flags)
{
	if (!entry)
		return false;
	if (flags & TOUCH_FORCE)
		return !(access & PROT_BIT_WRITE) || (entry & PTE_WRITE) ||
		       ((entry & PTE_PRIVATE) && !frame_shared(pte_frame(entry)));
	if (!(entry & PTE_USER) || ((access & PROT_BIT_WRITE) && !(entry & PTE_WRITE)))
		return false;
	return !(access & PROT_BIT_EXEC) || !(entry & PTE_NO_EXEC);
}

void *aspace_byte(const struct aspace *aspace, uint64_t address, uint32_t access, uint32_t flags)
{
	if (address >= USER_LIMIT)
		return NULL;
	const uint64_t *entry = table_find(aspace, address);
	if (!entry || (*entry & PTE_DEVICE) || !entry_allows(*entry, access, flags))
		return NULL;
	return direct_map((paddr_t){ (*entry & PTE_ADDRESS) | (address & (PAGE_SIZE - 1)) });
}

/* Put a private frame in place of what the entry holds; NULL: no memory. */
static status_t replace_private(struct fault *fault, struct frame *frame)
{
	struct tlb_batch batch;
	struct region *region = fault->region;
	if (!frame)
		return STATUS_NO_MEMORY;
	tlb_begin(&batch, region->aspace);
	page_detach(&batch, fault->entry, fault->address);
	page_install_private(region, fault->entry, frame, true);
	tlb_finish(&batch);
	return STATUS_OK;
}

static status_t copy_private(struct fault *fault, uint64_t source)
{
	const void *page = direct_map((paddr_t){ source });
	return replace_private(fault, frame_allocate_copy(fault->region->aspace->object.account, page));
}

/* A sequential writer of anonymous memory finds the next pages there already. */
static void allocate_ahead(struct fault *fault)
{
	struct region *region = fault->region;
	uint64_t next = fault->address + PAGE_SIZE;
	uint64_t *entry = fault->entry + 1;
	unsigned count = 0;
	if (fault->address == region->next_fault)
		count = region->ahead ? region->ahead * 2u : 2;
	region->ahead = (uint16_t)(count < AHEAD_MAX ? count : AHEAD_MAX);
	for (count = region->ahead; count && next < region->end && table_index(next, 0); count--) {
		struct frame *frame = *entry ? NULL : frame_allocate_zeroed(region->aspace->object.account);
		if (!frame)
			break;
		page_install_private(region, entry++, frame, true);
		next += PAGE_SIZE;
	}
	region->next_fault = next;
}

/* The last holder of a copied page writes to it in place. */
static status_t own_private(struct fault *fault)
{
	uint64_t entry = *fault->entry;
	if (frame_shared(pte_frame(entry)))
		return copy_private(fault, entry & PTE_ADDRESS);
	if (fault->region->prot & PROT_BIT_WRITE)
		pte_set(fault->entry, entry | PTE_WRITE | PTE_DIRTY);
	return STATUS_OK;
}

static status_t fault_anonymous(struct fault *fault)
{
	if (*fault->entry & PTE_PRIVATE)
		return own_private(fault);
	if (!writes(fault)) {
		page_install_object(fault->region, fault->entry, frame_address(zero_frame).value, 0);
		return STATUS_OK;
	}
	bool first = !*fault->entry;
	status_code_t status = replace_private(fault,
					       frame_allocate_zeroed(fault->region->aspace->object.account));
	if (!status && first)
		allocate_ahead(fault);
	return status;
}

/* Map an object's page, whose slot is in the state it is in now. */
static void map_slot(struct region *region, uint64_t *entry, uint64_t slot)
{
	const struct memory_object *object = region->object;
	uint64_t bits = object->type == MEMORY_PHYSICAL ? PTE_DEVICE : 0;
	if (object->type == MEMORY_PHYSICAL && object->uncached)
		bits |= PTE_UNCACHED;
	if (!region_private(region) && (region->prot & PROT_BIT_WRITE) && object_slot_writable(object, slot))
		bits |= PTE_WRITE | PTE_DIRTY;
	page_install_object(region, entry, slot & PTE_ADDRESS, bits);
}

/* Map the resident pages of the fault's aligned group whose entries are empty. */
static void map_around(struct fault *fault)
{
	struct region *region = fault->region;
	uint64_t start = fault->address & ~(uint64_t)(AROUND_PAGES * PAGE_SIZE - 1);
	uint64_t end = least(start + (uint64_t)AROUND_PAGES * PAGE_SIZE, region->end);
	if (start < region->start)
		start = region->start;
	uint64_t *entry = fault->entry - ((fault->address - start) >> PAGE_SHIFT);
	if (region->object->type == MEMORY_PHYSICAL)
		return;
	for (uint64_t address = start; address < end; address += PAGE_SIZE, entry++) {
		uint64_t page = region_object_page(region, address);
		uint64_t slot = *entry || page >= region->object->pages ? 0
									: object_slot(region->object, page);
		if (slot)
			map_slot(region, entry, slot);
	}
}

/* Point the entry at an object's page, in place of an older mapping of the object. Making the page writable may have
   removed that, and the table with it. */
static status_t map_object_page(struct fault *fault, uint64_t slot)
{
	struct tlb_batch batch;
	struct aspace *aspace = fault->region->aspace;
	fault->entry = table_make(aspace, fault->address);
	if (!fault->entry)
		return STATUS_NO_MEMORY;
	tlb_begin(&batch, aspace);
	page_detach(&batch, fault->entry, fault->address);
	map_slot(fault->region, fault->entry, slot);
	tlb_finish(&batch);
	map_around(fault);
	return STATUS_OK;
}

void aspace_premap(struct region *region)
{
	uint64_t page = region->offset >> PAGE_SHIFT, first = page, slot;
	uint64_t end = least(first + region_pages(region), region->object->pages);
	if (region->object->type == MEMORY_PHYSICAL)
		return;
	for (; (slot = object_next_slot(region->object, &page, end)); page++) {
		uint64_t *entry = table_make(region->aspace, region->start + ((page - first) << PAGE_SHIFT));
		if (!entry || work_spent(1))
			return;
		if (!*entry)
			map_slot(region, entry, slot);
	}
}

static status_t fault_object(struct fault *fault)
{
	struct region *region = fault->region;
	bool private = region_private(region);
	uint32_t how = (fault->flags & TOUCH_NOWAIT ? PAGE_NOWAIT : 0) |
		       (writes(fault) && !private ? PAGE_FOR_WRITE : 0);
	uint64_t slot;
	if (*fault->entry & PTE_PRIVATE)
		return own_private(fault);
	status_code_t status = object_page(region->object, region_object_page(region, fault->address), how,
					   &slot);
	if (status)
		return status;
	if (!private || !writes(fault))
		return map_object_page(fault, slot);
	if (region->object->type == MEMORY_PHYSICAL)
		return STATUS_BAD_ADDRESS;
	return copy_private(fault, slot & PTE_ADDRESS);
}

/* Extend the stack above an address down to it, if there is one that may. */
static struct region *grow_stack(struct aspace *aspace, uint64_t address)
{
	struct region *region = region_above(aspace, address);
	if (!region || !(region->flags & MAP_FLAG_GROWS_DOWN) || address < region->grow_limit)
		return NULL;
	if (region->start - address > region->gap)
		return NULL;
	status_code_t status = aspace_may_grow(aspace, region->start - address, region->prot, region->flags);
	if (status && status != STATUS_LIMIT)
		return NULL;
	region_resize(region, address, region->end);
	return region;
}

static uint32_t reason_of(status_code_t status)
{
	switch (status) {
	case STATUS_OUT_OF_RANGE: return FAULT_BEYOND_END;
	case STATUS_PAGER_ERROR: return FAULT_PAGER_ERROR;
	case STATUS_NO_MEMORY: return FAULT_NO_MEMORY;
	case STATUS_BAD_ADDRESS: return FAULT_ACCESS;
	default: return FAULT_NONE;
	}
}

static status_t resolve(struct fault *fault)
{
	struct aspace *aspace = fault->region->aspace;
	fault->entry = table_make(aspace, fault->address);
	if (!fault->entry)
		return STATUS_NO_MEMORY;
	if (entry_allows(*fault->entry, fault->access, fault->flags))
		return STATUS_OK;
	return fault->region->object ? fault_object(fault) : fault_anonymous(fault);
}

status_t aspace_touch(struct aspace *aspace, uint64_t address, uint32_t access, uint32_t flags,
		      uint32_t *reason)
{
	uint64_t page = page_down(address);
	*reason = FAULT_NONE;
	status_code_t status = aspace_enter(aspace, !(flags & TOUCH_NOWAIT));
	if (status)
		return status;
	struct region *region = address < USER_LIMIT ? region_at(aspace, page) : NULL;
	if (!region && address < USER_LIMIT)
		region = grow_stack(aspace, page);
	*reason = region ? FAULT_ACCESS : FAULT_NO_REGION;
	if (!region || !region_allows(region, access, flags))
		return STATUS_BAD_ADDRESS;
	struct fault fault = { .region = region, .address = page, .access = access, .flags = flags };
	status = resolve(&fault);
	if (status == STATUS_PENDING)
		aspace->major_faults++;
	else
		aspace->minor_faults++;
	*reason = reason_of(status);
	return status;
}
