/* SPDX-License-Identifier: MIT */
/*
 * Address spaces and their regions.
 *
 * Regions are in a tree by address; they never overlap. Pages that belong to the space alone (anonymous, or copied on
 * write) live in its page tables; object pages are only mapped there. Counters are in pages and kept exact by region_insert,
 * region_remove and page_installed, page_removed. The tree also knows the largest gap below the regions of each subtree.
 */
#ifndef LICHEN_MEMORY_ASPACE_H
#define LICHEN_MEMORY_ASPACE_H

#include "abi/handles.h"
#include "memory/memory.h"
#include "memory/table.h"
#include "object/object.h"
#include "structure/list.h"
#include "structure/tree.h"

#define STACK_GUARD_BYTES (256ull * PAGE_SIZE) /* kept free below a region that grows down */
#define DEFAULT_LOW 0x10000ull
#define DEFAULT_HIGH 0x7f0000000000ull

#define FLAGS_OF_REGION                                                                                      \
	(MAP_FLAG_SHARED | MAP_FLAG_GROWS_DOWN | MAP_FLAG_LOCKED | MAP_FLAG_WIPE_ON_FORK | MAP_FLAG_NO_FORK)

struct region {
	struct tree_node node;
	struct aspace *aspace;
	uint64_t start, end;          /* bytes, page aligned */
	struct memory_object *object; /* referenced; NULL: anonymous */
	struct list_node object_link; /* in object->regions */
	uint64_t offset;              /* bytes into the object */
	uint64_t tag;
	uint64_t grow_limit;
	uint64_t gap, largest_gap; /* free bytes below it; largest of its subtree */
	uint64_t next_fault;       /* where a sequential writer would fault next ... */
	uint16_t ahead;            /* ... and how many pages it then gets */
	uint8_t prot, max_prot;
	uint32_t flags; /* FLAGS_OF_REGION */
};

struct aspace {
	struct object object;
	uint64_t root; /* physical address of the top-level table */
	struct tree regions;
	struct region *recent; /* last one found */
	uint64_t region_count;
	uint64_t mapped, data, locked, resident, private; /* pages */
	uint64_t peak_mapped, peak_resident;
	uint64_t minor_faults, major_faults;
	uint64_t limits[LIMIT_COUNT];
};

static inline bool range_valid(uint64_t address, uint64_t length)
{
	return !((address | length) & (PAGE_SIZE - 1)) && length && address < USER_LIMIT &&
	       length <= USER_LIMIT - address;
}

static inline uint64_t region_pages(const struct region *region)
{
	return (region->end - region->start) >> PAGE_SHIFT;
}

/* Index in the object of the page at an address. */
static inline uint64_t region_object_page(const struct region *region, uint64_t address)
{
	return (region->offset + (address - region->start)) >> PAGE_SHIFT;
}

static inline bool region_private(const struct region *region)
{
	return !(region->flags & MAP_FLAG_SHARED);
}

static inline struct region *region_of(struct tree_node *node)
{
	return node ? tree_entry(node, struct region, node) : NULL;
}

static inline struct region *region_next(const struct region *region)
{
	return region_of(tree_next(&region->node));
}

/* region.c: the tree. */
void regions_init(struct aspace *aspace);
/* First region that ends above an address; region_at: that contains it. */
struct region *region_above(struct aspace *aspace, uint64_t address);
struct region *region_at(struct aspace *aspace, uint64_t address);
/* A region like `model` (all but links); the object is referenced. NULL: no memory. */
struct region *region_create(const struct region *model);
void region_insert(struct aspace *aspace, struct region *region);
/* Take out, unlink from its object and free. Its pages are gone already. */
void region_destroy(struct region *region);
/* Move a border; counters follow. The offset follows the start. */
void region_resize(struct region *region, uint64_t start, uint64_t end);
/* Change rights or flags; counters follow. */
void region_change(struct region *region, uint32_t prot, uint32_t flags);
/* Cut in two at an address inside; answers the upper one, NULL: no memory. */
struct region *region_split(struct region *region, uint64_t address);
/* Join with the neighbours where nothing distinguishes them; answers what the region is now. */
struct region *region_merge(struct region *region);
/* Make `start` and `end` borders of regions where they lie inside one. */
status_t regions_cut(struct aspace *aspace, uint64_t start, uint64_t end);
/* Highest free place for `length` bytes in [low, high); 0: none. */
uint64_t region_find_gap(struct aspace *aspace, uint64_t length, uint64_t low, uint64_t high);
/* Is [start, end) free of regions? */
bool region_range_free(struct aspace *aspace, uint64_t start, uint64_t end);

/* Page-table entries of a region. (table.c) */
uint64_t page_entry_bits(const struct region *region);
/* Put a private frame (its reference goes to the entry) or an object's page into an entry that holds none. */
void page_install_private(struct region *region, uint64_t *entry, struct frame *frame, bool writable);
void page_install_object(struct region *region, uint64_t *entry, uint64_t physical, uint64_t bits);
/* Empty one entry that is filled again at once. */
void page_detach(struct tlb_batch *batch, uint64_t *entry, uint64_t address);
/* Empty one entry, or all of a range; tables left empty go too. */
void page_remove(struct tlb_batch *batch, uint64_t *entry, uint64_t address);
void pages_remove(struct tlb_batch *batch, uint64_t start, uint64_t end);
/* Give the entries of a range the rights the region has now. */
void pages_protect(struct tlb_batch *batch, struct region *region);

/* map.c */
status_t aspace_map(struct aspace *aspace, const struct map_request *request, struct memory_object *object,
		    uint64_t *address);
status_t aspace_unmap(struct aspace *aspace, uint64_t address, uint64_t length);
status_t aspace_protect(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t prot);
/* May the space grow by so many bytes with these rights and flags? NO_MEMORY (MAPPED, DATA), LIMIT (LOCKED, REGIONS). */
status_t aspace_may_grow(const struct aspace *aspace, uint64_t bytes, uint32_t prot, uint32_t flags);

/* fault.c: fault flags */
#define TOUCH_NOWAIT 0x1u  /* WOULD_BLOCK instead of waiting for a pager */
#define TOUCH_NOFAULT 0x4u /* of a copy: WOULD_BLOCK instead of resolving anything */
#define TOUCH_FORCE 0x2u   /* as a debugger: rights do not matter, writes go to a private copy */
/* Page fault of user code, or a touch for it. OK: resolved, run the instruction again. PENDING: the thread waits.
   BAD_ADDRESS, PAGER_ERROR, OUT_OF_RANGE, NO_MEMORY: *reason says which exit the guest gets. */
status_t aspace_touch(struct aspace *aspace, uint64_t address, uint32_t access, uint32_t flags,
		      uint32_t *reason);
/* The kernel address of a byte if its page is there with the access wanted, else NULL. */
void *aspace_byte(const struct aspace *aspace, uint64_t address, uint32_t access, uint32_t flags);
/* Map what is resident of a region's object. */
void aspace_premap(struct region *region);
/* Make the pages of a range present as far as that needs no waiting. */
void aspace_populate(struct aspace *aspace, uint64_t start, uint64_t end, uint32_t access);

/* aspace.c, remap.c, map.c */
status_t aspace_fork(struct aspace *parent, struct account *account, struct aspace **child);
struct remap_request;
status_t aspace_remap(struct aspace *aspace, const struct remap_request *request, uint64_t *address);
/* POPULATE may answer PENDING; *progress is how far it came. */
status_t aspace_advise(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t advice,
		       uint64_t *progress);
status_t aspace_query(struct aspace *aspace, uint64_t address, struct region_info *info);
void aspace_fill_info(const struct aspace *aspace, struct aspace_info *info);
status_t aspace_set_limit(struct aspace *aspace, uint32_t which, uint64_t value);
/* Is each page in memory (its own, or in the mapped object)? A byte for each; NO_MEMORY when nothing is mapped there. */
status_t aspace_resident(struct aspace *aspace, uint64_t address, uint64_t pages, uint8_t *bytes);

#endif
