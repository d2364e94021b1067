/* SPDX-License-Identifier: MIT */
/*
 * Address spaces as a whole: making, destroying, loading a program, pinning pages, naming words; what one looks like; and
 * fork: a copy of one whose private pages are shared until one side writes.
 *
 * fork copies regions; object pages are left out, since they refault. A private page is referenced by both tables,
 * read-only in both; a pinned one (a device or the kernel may write it) is copied at once. It goes on bit by bit, the parent
 * held, and waits where it finds no memory; what was done is flushed at each stop, before the child exists for anybody.
 */
#include "memory/aspace.h"
#include "structure/bytes.h"
#include "thread/work.h"

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
	list_init(&aspace->waiters);
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
		bool empty = !work_spent(WORK_OF_REGION) &&
			     pages_remove_some(&batch, region->start, region->end);
		tlb_finish(&batch);
		if (!empty) {
			object_requeue(object);
			return;
		}
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
	uint64_t progress = 0;
	status_code_t status = aspace_map(aspace, &request, NULL, &place);
	if (status)
		return status;
	status = copy_out(aspace, (uaddr_t){ address }, contents, content_bytes);
	return status ? status : aspace_protect(aspace, address, request.length, prot, &progress);
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

/* On from *progress bytes; false: there is more. */
static bool count_pages(const struct region *region, uint64_t *progress, uint64_t *counted)
{
	const uint64_t *entry;
	uint64_t address = region->start + *progress;
	for (; (entry = table_next(region->aspace, &address, region->end)); address += PAGE_SIZE) {
		*progress = address - region->start;
		if (work_spent(1))
			return false;
		*counted += (uint64_t)((*entry & PTE_ADDRESS) != frame_address(zero_frame).value) << 32;
		*counted += (*entry & PTE_PRIVATE) != 0;
	}
	return true;
}

status_t aspace_query(struct aspace *aspace, uint64_t address, struct region_info *info, uint64_t *progress,
		      uint64_t *counted)
{
	const struct region *region = region_above(aspace, address);
	if (!region)
		return STATUS_NOT_FOUND;
	if (!count_pages(region, progress, counted))
		return work_stop();
	info->start = region->start;
	info->end = region->end;
	info->offset = region->offset;
	info->tag = region->tag;
	info->object_id = region->object ? region->object->object.id : 0;
	info->prot = region->prot;
	info->flags = region->flags;
	info->resident_pages = *counted >> 32;
	info->private_pages = (uint32_t)*counted;
	*progress = *counted = 0;
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

status_t aspace_enter(struct aspace *aspace, bool wait)
{
	struct thread *thread = cpu_self()->current;
	if (!aspace->holder || aspace->holder == thread)
		return STATUS_OK;
	if (!wait || !thread)
		return STATUS_WOULD_BLOCK;
	list_append(&aspace->waiters, &thread->wait_link);
	thread_block(thread, WAIT_SPACE, DEADLINE_NEVER, true);
	return STATUS_PENDING;
}

/* The current thread, if there is one, holds it until its call is done. */
static void aspace_keep(struct aspace *aspace)
{
	struct thread *thread = cpu_self()->current;
	if (!thread || thread->held)
		return;
	aspace->holder = thread;
	thread->held = aspace;
	object_get(&aspace->object);
}

status_t aspace_hold(struct aspace *aspace)
{
	aspace_keep(aspace);
	return work_stop();
}

void aspace_release(struct thread *thread)
{
	struct aspace *aspace = thread->held;
	aspace->holder = NULL;
	thread->held = NULL;
	if (thread->fork)
		object_put(&thread->fork->object);
	thread->fork = NULL;
	while (!list_empty(&aspace->waiters))
		thread_wake_restart(list_first(&aspace->waiters, struct thread, wait_link));
	object_put(&aspace->object);
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

/* On from *at. WOULD_BLOCK: enough for now. */
static status_t fork_pages(struct tlb_batch *parent, struct region *region, uint64_t *at)
{
	uint64_t *entry;
	for (; (entry = table_next(parent->aspace, at, region->end)); *at += PAGE_SIZE) {
		bool private = *entry & PTE_PRIVATE;
		if (work_spent(private && pte_frame(*entry)->pins ? WORK_OF_PAGE : 1))
			return STATUS_WOULD_BLOCK;
		status_code_t status = private ? fork_page(parent, region, entry, *at) : STATUS_OK;
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* The copy of a region, which may be there already. Memory locks are not inherited. NULL: no memory. */
static struct region *child_region(struct aspace *child, const struct region *region)
{
	struct region *copy = region_at(child, region->start);
	if (copy)
		return copy;
	copy = region_create(child, region);
	if (!copy)
		return NULL;
	copy->flags &= ~MAP_FLAG_LOCKED;
	region_insert(copy);
	return copy;
}

static status_t fork_region(struct tlb_batch *parent, struct aspace *child, const struct region *region,
			    uint64_t *at)
{
	if (region->flags & MAP_FLAG_NO_FORK)
		return STATUS_OK;
	if (work_spent(WORK_OF_REGION))
		return STATUS_WOULD_BLOCK;
	struct region *copy = child_region(child, region);
	if (!copy)
		return STATUS_NO_MEMORY;
	if (!region_private(region) || (region->flags & MAP_FLAG_WIPE_ON_FORK))
		return STATUS_OK;
	return fork_pages(parent, copy, at);
}

static status_t fork_regions(struct aspace *parent, struct aspace *child, uint64_t *at)
{
	struct tlb_batch batch;
	status_code_t status = STATUS_OK;
	struct region *region;
	tlb_begin(&batch, parent);
	while (!status && (region = region_above(parent, *at))) {
		*at = region->start > *at ? region->start : *at;
		status = fork_region(&batch, child, region, at);
		*at = status ? *at : region->end;
	}
	tlb_finish(&batch);
	return status;
}

/* The copy to fill in *child; NO_MEMORY. */
static status_t fork_begin(const struct aspace *parent, struct account *account, struct aspace **child)
{
	if (*child)
		return STATUS_OK;
	*child = aspace_create(account);
	if (!*child)
		return STATUS_NO_MEMORY;
	memcpy((*child)->limits, parent->limits, sizeof parent->limits);
	return STATUS_OK;
}

status_t aspace_fork(struct aspace *parent, struct account *account, struct aspace **child,
		     uint64_t *progress)
{
	status_code_t status = fork_begin(parent, account, child);
	if (!status)
		status = fork_regions(parent, *child, progress);
	if (status == STATUS_WOULD_BLOCK)
		return aspace_hold(parent);
	if (status == STATUS_NO_MEMORY && thread_may_wait_memory()) {
		aspace_keep(parent);
		return thread_wait_memory();
	}
	if (status && *child) {
		object_put(&(*child)->object);
		*child = NULL;
	}
	return status;
}
