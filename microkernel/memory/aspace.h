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
#include "arch/x86_64/paging.h"
#include "memory/frame.h"
#include "memory/memory.h"
#include "memory/object.h"
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
	struct thread *holder;    /* NULL: none */
	struct list_node waiters; /* threads by wait_link, for the holder's call to end */
	uint64_t root;            /* physical address of the top-level table */
	struct tree regions;
	struct region *recent; /* last one found */
	uint64_t region_count;
	uint64_t mapped, data, locked, resident, private; /* pages */
	uint64_t tables;                                  /* pages of tables below the top one */
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
/* A region of the space like `model` (all but links); the object is referenced. NULL: no memory. */
struct region *region_create(struct aspace *aspace, const struct region *model);
void region_free(struct region *region); /* one that was never inserted */
void region_insert(struct region *region);
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

/*
 * Software walks of page tables, and the batch that makes changes safe: unmap, flush, free. (table.c)
 *
 * Entries are changed only by pte_set, which counts the entries in use in the table's frame; a table without any is given
 * back by table_release. Table pages are charged to the address space's account.
 */
#define TLB_BATCH_PAGES 16u /* more are flushed all at once */

extern struct frame *zero_frame; /* reads of anonymous memory that was never written */

void table_init(void);
/* A new top-level table with the kernel half filled; NULL when refused. */
struct frame *table_create(struct account *account);
/* Free all table pages of a space without mappings. */
void table_destroy(struct aspace *aspace);

/* The leaf entry of an address, NULL when its table is missing. */
uint64_t *table_find(const struct aspace *aspace, uint64_t address);
/* The same, missing tables made; NULL when refused. */
uint64_t *table_make(struct aspace *aspace, uint64_t address);
/* The next entry in use at or above *address and below end; *address moves to its page. */
uint64_t *table_next(const struct aspace *aspace, uint64_t *address, uint64_t end);
void pte_set(uint64_t *entry, uint64_t value);
/* The kernel address of a byte if its page is there for user code of the space with this top-level table, with these further
   bits in its entry, else NULL. */
void *page_byte(uint64_t root, uint64_t address, uint64_t bits);

static inline struct frame *pte_frame(uint64_t entry)
{
	return frame_at(entry & PTE_ADDRESS);
}

/* Changes of one address space that are flushed together; frames dropped wait for the flush. */
struct tlb_batch {
	struct aspace *aspace;
	uint32_t dead; /* frame number of the first frame to free; chained by next_dead */
	uint32_t count;
	uint64_t pages[TLB_BATCH_PAGES];
};

void tlb_begin(struct tlb_batch *batch, struct aspace *aspace);
/* The entry of this page was removed or lost a right. */
void tlb_add(struct tlb_batch *batch, uint64_t address);
/* Drop a reference; the frame is freed after the flush if it was the last. */
void tlb_drop(struct tlb_batch *batch, struct frame *frame);
void tlb_finish(struct tlb_batch *batch);
/* Give back the tables on the way to an address that are empty now. */
void table_release(struct tlb_batch *batch, uint64_t address);

/* Page-table entries of a region. (table.c) */
uint64_t page_entry_bits(const struct region *region);
/* Put a private frame (its reference goes to the entry) or an object's page into an entry that holds none. */
void page_install_private(struct region *region, uint64_t *entry, struct frame *frame, bool writable);
void page_install_object(struct region *region, uint64_t *entry, uint64_t physical, uint64_t bits);
/* Empty one entry that is filled again at once. */
void page_detach(struct tlb_batch *batch, uint64_t *entry, uint64_t address);
/* Empty one entry, or all of a range; tables left empty go too. Ranges as far as may be done at once: false when there is
   more. */
void page_remove(struct tlb_batch *batch, uint64_t *entry, uint64_t address);
bool pages_remove_some(struct tlb_batch *batch, uint64_t start, uint64_t end);
/* Give the entries from *at on the rights the region has now; *at is how far it came. */
bool pages_protect_some(struct tlb_batch *batch, const struct region *region, uint64_t *at);

/*
 * A call that stops halfway holds the space until it is done: other threads' calls that change it, and faults, wait.
 * (aspace.c)
 */
/* PENDING: another thread holds it and the current one waits. Without `wait` WOULD_BLOCK. */
status_t aspace_enter(struct aspace *aspace, bool wait);
/* The current thread's call stops here and goes on later, the space held. PENDING. */
status_t aspace_hold(struct aspace *aspace);
/* The thread's call has ended. */
void aspace_release(struct thread *thread);

/* map.c: `progress` is how far an earlier dispatch came, 0: none; PENDING: there is more (thread/work.h) */
status_t aspace_map(struct aspace *aspace, const struct map_request *request, struct memory_object *object,
		    uint64_t *address);
status_t aspace_unmap(struct aspace *aspace, uint64_t address, uint64_t length);
status_t aspace_protect(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t prot,
			uint64_t *progress);
/* Make pages of a new mapping present as its flags ask. */
status_t aspace_fill(struct aspace *aspace, uint64_t address, const struct map_request *request,
		     uint64_t *progress);
/* Fault the pages of a range in, until one cannot be. */
status_t aspace_populate(struct aspace *aspace, uint64_t start, uint64_t end, uint32_t access,
			 uint64_t *progress);
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
/* Map what is resident of a region's object, as far as may be done at once. */
void aspace_premap(struct region *region);

/* aspace.c, remap.c, map.c */
/* Goes on with the copy that there is in *child, from *progress; PENDING: the space is held meanwhile. */
status_t aspace_fork(struct aspace *parent, struct account *account, struct aspace **child,
		     uint64_t *progress);
struct remap_request;
/* *place: where the mapping is now, also on entry of a call that goes on. */
status_t aspace_remap(struct aspace *aspace, const struct remap_request *request, uint64_t *place,
		      uint64_t *progress);
status_t aspace_advise(struct aspace *aspace, uint64_t address, uint64_t length, uint32_t advice,
		       uint64_t *progress);
/* *counted: pages counted up to *progress, private ones in the low half. */
status_t aspace_query(struct aspace *aspace, uint64_t address, struct region_info *info, uint64_t *progress,
		      uint64_t *counted);
void aspace_fill_info(const struct aspace *aspace, struct aspace_info *info);
status_t aspace_set_limit(struct aspace *aspace, uint32_t which, uint64_t value);
/* Is each page in memory (its own, or in the mapped object)? A byte for each; NO_MEMORY when nothing is mapped there. */
status_t aspace_resident(struct aspace *aspace, uint64_t address, uint64_t pages, uint8_t *bytes);

/*
 * Copies between address spaces, objects and the kernel, a page at a time through the direct map. (copy.c)
 *
 * A copy goes on as far as it can: `done` says how far, and a copy that has to wait (PENDING) is called again with it.
 * Either side's missing pages are resolved as the side's own faults would be.
 */
/* One end of a copy: an address space, an object or, with neither, kernel memory. */
struct copy_side {
	struct aspace *aspace;
	struct memory_object *object;
	uint64_t address; /* in the space, byte offset in the object, or kernel address */
	uint32_t flags;   /* TOUCH_* */
};

static inline struct copy_side copy_side_kernel(const void *memory)
{
	return (struct copy_side){ .address = (uintptr_t)memory };
}

static inline struct copy_side copy_side_space(struct aspace *aspace, uint64_t address)
{
	return (struct copy_side){ .aspace = aspace, .address = address };
}

static inline struct copy_side copy_side_object(struct memory_object *object, uint64_t offset)
{
	return (struct copy_side){ .object = object, .address = offset };
}

/* Copy on from *done up to `bytes`. OK: all; else why it stopped: BAD_ADDRESS, OUT_OF_RANGE (an object's end), NO_MEMORY,
   PAGER_ERROR, WOULD_BLOCK, DENIED, PENDING. */
status_t copy_run(const struct copy_side *to, const struct copy_side *from, uint64_t bytes, uint64_t *done);

/* Copy a string with its NUL; *length is without it. TOO_BIG when there is none in `max` bytes. */
status_t copy_string(const struct copy_side *to, const struct copy_side *from, uint64_t max,
		     uint64_t *length);

/* The copy call of native code in the thread's frame, done and answered when all of its pages are there. False: the frame is
   as it was, and the call goes the usual way from its start. */
bool copy_at_once(struct thread *self);

/* *old is the word before; the exchange is atomic. */
status_t copy_compare_exchange(struct aspace *aspace, uint64_t address, uint32_t expected, uint32_t desired,
			       uint32_t *old);

#endif
