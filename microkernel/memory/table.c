/* SPDX-License-Identifier: MIT */
/*
 * Page tables of address spaces: walks in software, the entries of regions, and the batches that make changes safe.
 *
 * Tables are touched through the direct map. The frame of a table counts its entries in use; the kernel half of the top
 * level is not counted. An entry of a region that allows no access keeps its page but lacks USER. The shared zero page is
 * not counted among resident pages.
 */
#include "arch/x86_64/cpu.h"
#include "debug/log.h"
#include "memory/aspace.h"
#include "thread/work.h"

struct frame *zero_frame;

void table_init(void)
{
	zero_frame = frame_allocate_zeroed(NULL);
	kernel_assert(zero_frame);
}

static uint64_t *table_at(uint64_t entry)
{
	return direct_map((paddr_t){ entry & PTE_ADDRESS });
}

static struct frame *frame_of_table(const uint64_t *entry)
{
	return frame_at((uintptr_t)entry - DIRECT_MAP_BASE);
}

struct frame *table_create(struct account *account)
{
	struct frame *frame = frame_allocate_zeroed(account);
	if (frame)
		paging_share_kernel(frame_data(frame));
	return frame;
}

void pte_set(uint64_t *entry, uint64_t value)
{
	struct frame *table = frame_of_table(entry);
	table->used = (uint16_t)(table->used + (value != 0) - (*entry != 0));
	*entry = value;
}

/* The leaf entry of an address; when a table is missing NULL, and *skip is the first address another table could have. */
static inline uint64_t *find_or_skip(uint64_t root, uint64_t address, uint64_t *skip)
{
	uint64_t entry = root;
	for (unsigned level = TABLE_LEVELS - 1; level > 0; level--) {
		uint64_t span = 1ull << (12 + 9 * level);
		entry = table_at(entry)[table_index(address, level)];
		*skip = (address | (span - 1)) + 1;
		if (!entry)
			return NULL;
	}
	return &table_at(entry)[table_index(address, 0)];
}

#define LEAF_SHIFT (PAGE_SHIFT + 9)
#define LEAF_RANGE_BITS 26u /* of the number of a range of 2 MB */
#define LEAF_TABLES 16u     /* a power of two */

/* Where tables of the lowest level were last found, of whatever space: what looks a page up may touch this, the table and the
   page, and no more. Forgotten with the tables. */
static struct leaf_table {
	uint64_t key; /* the frame of the top table and the range; 0: none */
	uint64_t *entries;
} leaf_tables[LEAF_TABLES] HOT_DATA;

static uint64_t leaf_key(uint64_t root, uint64_t address)
{
	return root >> PAGE_SHIFT << LEAF_RANGE_BITS | address >> LEAF_SHIFT;
}

static struct leaf_table *leaf_place(uint64_t key)
{
	return &leaf_tables[(key ^ key >> LEAF_RANGE_BITS) % LEAF_TABLES];
}

/* NULL: not remembered. */
static uint64_t *leaf_entry(uint64_t key, uint64_t address)
{
	const struct leaf_table *leaf = leaf_place(key);
	return leaf->key == key ? &leaf->entries[table_index(address, 0)] : NULL;
}

static uint64_t *leaf_remember(uint64_t key, uint64_t address, uint64_t *entry)
{
	if (entry)
		*leaf_place(key) = (struct leaf_table){ key, entry - table_index(address, 0) };
	return entry;
}

static void leaf_forget(uint64_t key)
{
	if (leaf_place(key)->key == key)
		leaf_place(key)->key = 0;
}

static void leaf_forget_space(uint64_t root)
{
	for (unsigned i = 0; i < LEAF_TABLES; i++)
		if (leaf_tables[i].key >> LEAF_RANGE_BITS == root >> PAGE_SHIFT)
			leaf_tables[i].key = 0;
}

static uint64_t *entry_find(uint64_t root, uint64_t address)
{
	uint64_t key = leaf_key(root, address), skip, *entry = leaf_entry(key, address);
	return entry ? entry : leaf_remember(key, address, find_or_skip(root, address, &skip));
}

uint64_t *table_find(const struct aspace *aspace, uint64_t address)
{
	return entry_find(aspace->root, address);
}

void *page_byte(uint64_t root, uint64_t address, uint64_t bits)
{
	const uint64_t *entry = address < USER_LIMIT ? entry_find(root, address) : NULL;
	bits |= PTE_PRESENT | PTE_USER;
	if (!entry || (*entry & (bits | PTE_DEVICE)) != bits)
		return NULL;
	return direct_map((paddr_t){ (*entry & PTE_ADDRESS) | (address & (PAGE_SIZE - 1)) });
}

static bool table_add(struct aspace *aspace, uint64_t *entry)
{
	struct frame *frame = frame_allocate_zeroed(aspace->object.account);
	if (!frame)
		return false;
	aspace->tables++;
	pte_set(entry, frame_address(frame).value | PTE_TABLE);
	return true;
}

uint64_t *table_make(struct aspace *aspace, uint64_t address)
{
	uint64_t key = leaf_key(aspace->root, address);
	uint64_t entry = aspace->root, *found = leaf_entry(key, address);
	if (found)
		return found;
	for (unsigned level = TABLE_LEVELS - 1; level > 0; level--) {
		uint64_t *slot = &table_at(entry)[table_index(address, level)];
		if (!*slot && !table_add(aspace, slot))
			return NULL;
		entry = *slot;
	}
	return leaf_remember(key, address, &table_at(entry)[table_index(address, 0)]);
}

uint64_t *table_next(const struct aspace *aspace, uint64_t *address, uint64_t end)
{
	while (*address < end) {
		uint64_t table_end;
		uint64_t *entry = find_or_skip(aspace->root, *address, &table_end);
		if (!entry) {
			*address = table_end;
			continue;
		}
		for (; *address < end && *address < table_end; *address += PAGE_SIZE, entry++)
			if (*entry)
				return entry;
	}
	return NULL;
}

void table_release(struct tlb_batch *batch, uint64_t address)
{
	uint64_t *path[TABLE_LEVELS];
	uint64_t entry = batch->aspace->root;
	unsigned level = TABLE_LEVELS;
	while (level-- > 1) {
		path[level] = &table_at(entry)[table_index(address, level)];
		entry = *path[level];
		if (!entry)
			break;
	}
	for (level = entry ? 1 : level + 1; level < TABLE_LEVELS; level++) {
		struct frame *table = pte_frame(*path[level]);
		if (table->used)
			return;
		batch->aspace->tables--;
		leaf_forget(leaf_key(batch->aspace->root, address));
		pte_set(path[level], 0);
		tlb_add(batch, address);
		tlb_drop(batch, table);
	}
}

/* Free the tables below one entry of the top level; all mappings are gone. */
static void destroy_below(uint64_t entry)
{
	uint64_t *table = table_at(entry);
	for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
		const uint64_t *lower = table[i] ? table_at(table[i]) : NULL;
		for (unsigned j = 0; lower && j < TABLE_ENTRIES; j++)
			if (lower[j])
				frame_put(pte_frame(lower[j]));
		if (lower)
			frame_put(pte_frame(table[i]));
	}
	frame_put(pte_frame(entry));
}

void table_destroy(struct aspace *aspace)
{
	uint64_t *root = table_at(aspace->root);
	if (cpu_self()->loaded_root == aspace->root) {
		cpu_self()->loaded_root = 0;
		cpu_load_page_table((paddr_t){ paging_kernel_root });
	}
	for (unsigned i = 0; i < TABLE_USER_ENTRIES; i++)
		if (root[i])
			destroy_below(root[i]);
	leaf_forget_space(aspace->root);
	pte_frame(aspace->root)->used = 0;
	frame_put(pte_frame(aspace->root));
}

void tlb_begin(struct tlb_batch *batch, struct aspace *aspace)
{
	batch->aspace = aspace;
	batch->dead = 0;
	batch->count = 0;
}

void tlb_add(struct tlb_batch *batch, uint64_t address)
{
	if (batch->count < TLB_BATCH_PAGES)
		batch->pages[batch->count] = address;
	batch->count++;
}

void tlb_drop(struct tlb_batch *batch, struct frame *frame)
{
	if (!frame_drop(frame))
		return;
	frame->next_dead = batch->dead;
	batch->dead = (uint32_t)frame_number(frame);
}

/* One CPU runs: only the space it has loaded can be in a TLB. */
static void flush(const struct tlb_batch *batch)
{
	if (!batch->count || cpu_self()->loaded_root != batch->aspace->root)
		return;
	if (batch->count > TLB_BATCH_PAGES) {
		cpu_flush_all();
		return;
	}
	for (uint32_t i = 0; i < batch->count; i++)
		cpu_flush_page(batch->pages[i]);
}

void tlb_finish(struct tlb_batch *batch)
{
	flush(batch);
	while (batch->dead) {
		struct frame *frame = &frames[batch->dead];
		batch->dead = frame->next_dead;
		frame_free(frame);
	}
	batch->count = 0;
}

uint64_t page_entry_bits(const struct region *region)
{
	uint64_t bits = PTE_PRESENT | PTE_ACCESSED;
	if (region->prot)
		bits |= PTE_USER;
	if (!(region->prot & PROT_BIT_EXEC))
		bits |= paging_no_exec;
	return bits;
}

/* Add an entry's page to the counters, or with `one` ~0 take it off. */
static void count_entry(struct aspace *aspace, uint64_t entry, uint64_t one)
{
	if ((entry & PTE_ADDRESS) == frame_address(zero_frame).value)
		return;
	aspace->resident += one;
	if (entry & PTE_PRIVATE)
		aspace->private += one;
	if (aspace->resident > aspace->peak_resident)
		aspace->peak_resident = aspace->resident;
}

void page_install_private(struct region *region, uint64_t *entry, struct frame *frame, bool writable)
{
	uint64_t write = writable && (region->prot & PROT_BIT_WRITE) ? PTE_WRITE | PTE_DIRTY : 0;
	page_install_object(region, entry, frame_address(frame).value, PTE_PRIVATE | write);
}

void page_install_object(struct region *region, uint64_t *entry, uint64_t physical, uint64_t bits)
{
	uint64_t value = physical | page_entry_bits(region) | bits;
	pte_set(entry, value);
	count_entry(region->aspace, value, 1);
}

void page_detach(struct tlb_batch *batch, uint64_t *entry, uint64_t address)
{
	uint64_t old = *entry;
	if (!old)
		return;
	count_entry(batch->aspace, old, ~0ull);
	pte_set(entry, 0);
	tlb_add(batch, address);
	if (old & PTE_PRIVATE)
		tlb_drop(batch, pte_frame(old));
}

void page_remove(struct tlb_batch *batch, uint64_t *entry, uint64_t address)
{
	page_detach(batch, entry, address);
	if (!frame_of_table(entry)->used)
		table_release(batch, address);
}

bool pages_remove_some(struct tlb_batch *batch, uint64_t start, uint64_t end)
{
	uint64_t *entry;
	for (; (entry = table_next(batch->aspace, &start, end)); start += PAGE_SIZE) {
		if (work_spent(1))
			return false;
		page_remove(batch, entry, start);
	}
	return true;
}

/* A private page without other holders may be written at once; an object's page must be asked for again. */
static uint64_t write_bit(const struct region *region, uint64_t entry)
{
	if (!(region->prot & PROT_BIT_WRITE))
		return 0;
	if (entry & PTE_PRIVATE)
		return frame_shared(pte_frame(entry)) ? 0 : PTE_WRITE | PTE_DIRTY;
	return region_private(region) ? 0 : entry & PTE_WRITE;
}

bool pages_protect_some(struct tlb_batch *batch, const struct region *region, uint64_t *at)
{
	const uint64_t rights = PTE_PRESENT | PTE_ACCESSED | PTE_USER | PTE_WRITE | PTE_NO_EXEC;
	uint64_t *entry;
	for (; (entry = table_next(batch->aspace, at, region->end)); *at += PAGE_SIZE) {
		if (work_spent(1))
			return false;
		uint64_t value = (*entry & ~rights) | page_entry_bits(region) | write_bit(region, *entry);
		if (value == *entry)
			continue;
		pte_set(entry, value);
		tlb_add(batch, *at);
	}
	return true;
}
