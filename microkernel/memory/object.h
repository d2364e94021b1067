/* SPDX-License-Identifier: MIT */
/*
 * Memory objects.
 *
 * An index holds one slot for each page: the frame's address and the page's state, 0 when there is none. The object holds
 * one reference on each frame. A frame with a second holder is shared copy-on-write with another object: whoever writes
 * copies first, and the object's mappings of the old frame go.
 * An anonymous object's missing pages are zeros. A paged object's are asked of the pager: requests are in `requests`, the
 * threads that wait for any page in `waiters` (wait_key[0] is the page). A contiguous object has all its pages from the
 * start and keeps them: its frames are never shared or moved. A physical object names memory that has no descriptors.
 */
#ifndef LICHEN_MEMORY_OBJECT_H
#define LICHEN_MEMORY_OBJECT_H

#include "abi/handles.h"
#include "memory/memory.h"
#include "memory/frame.h"
#include "object/object.h"
#include "structure/list.h"

struct notification;
struct index_node;

enum memory_type { MEMORY_ANONYMOUS, MEMORY_PAGED, MEMORY_CONTIGUOUS, MEMORY_PHYSICAL };

struct memory_object {
	struct object object;
	enum memory_type type;
	uint64_t pages;
	struct index_node *index; /* NULL: no page */
	unsigned index_levels;
	struct list_node regions; /* that map it, by object_link */
	uint64_t resident,
		dirty;     /* pages; dirty: also those being written back that were not dirtied again */
	uint64_t physical; /* base of a physical object */
	bool uncached;
	/* Paged objects */
	struct notification *notification; /* referenced */
	uint64_t bits, cookie;
	struct list_node requests; /* struct page_ask */
	struct list_node waiters;  /* threads, by wait_link */
	struct list_node asking;   /* in the list of objects with requests */
	struct list_node paged;    /* in the list of paged objects (evict.c) ... */
	uint64_t evict_page;       /* ... and where its hand is in this one */
};

/* One request to the pager, until it is answered. */
struct page_ask {
	struct list_node link;
	uint64_t page;
	uint32_t count;
	uint16_t kind; /* enum page_request_kind */
	bool shown;
};

#define OBJECT_PAGES_MAX (1ull << 40)
#define SLOT_STATE 0x7ull
#define SLOT_ADDRESS 0x000ffffffffff000ull

static inline unsigned slot_state(uint64_t slot)
{
	return (unsigned)(slot & SLOT_STATE);
}

static inline struct frame *slot_frame(uint64_t slot)
{
	return frame_at(slot & SLOT_ADDRESS);
}

/* Its pages are where they are for good: it cannot shrink, lose pages or share frames. */
static inline bool memory_object_fixed(const struct memory_object *object)
{
	return object->type == MEMORY_CONTIGUOUS || object->type == MEMORY_PHYSICAL;
}

/* object.c */
struct memory_object *memory_object_create(struct account *account, uint64_t pages, uint32_t flags);
struct memory_object *memory_object_create_paged(struct account *account, uint64_t pages,
						 struct notification *notification, uint64_t bits,
						 uint64_t cookie);
struct memory_object *memory_object_create_physical(struct account *account, uint64_t base, uint64_t pages,
						    bool uncached);
status_t memory_object_resize(struct memory_object *object, uint64_t pages);
status_t memory_object_discard(struct memory_object *object, uint64_t page, uint64_t count);
void memory_object_info(const struct memory_object *object, struct object_info *info);

/* object_index.c: slots */
uint64_t object_slot(const struct memory_object *object, uint64_t page);
/* Set a slot whose node exists (it is not 0, or index_reserve made room). Counts resident and dirty pages. */
void object_slot_set(struct memory_object *object, uint64_t page, uint64_t slot);
/* Make room for a page's slot; false: no memory. */
bool object_index_reserve(struct memory_object *object, uint64_t page);
/* The next slot in use at or above *page and below end; *page moves to it. 0: none. */
uint64_t object_next_slot(const struct memory_object *object, uint64_t *page, uint64_t end);
/* Free nodes; all slots are 0. */
void object_index_destroy(struct memory_object *object);

/* Pages in use. */
#define PAGE_FOR_WRITE 0x1u
#define PAGE_NOWAIT 0x2u /* WOULD_BLOCK instead of waiting */
/* Make a page present (writable) and answer its slot (of a physical object: its address). OUT_OF_RANGE, NO_MEMORY,
   PAGER_ERROR, PENDING: the current thread waits, DENIED: cannot be written. */
status_t object_page(struct memory_object *object, uint64_t page, uint32_t how, uint64_t *slot);
/* The page as it is, without faults: NULL when it is not there (or not writable as it is). A missing page of an anonymous
   object reads as the zero page. */
void *object_page_peek(const struct memory_object *object, uint64_t page, bool write);
/* May a mapping of this slot be writable now? */
bool object_slot_writable(const struct memory_object *object, uint64_t slot);
/* Remove all mappings of a page, but not the private copies that regions made of it. */
void object_unmap(struct memory_object *object, uint64_t page);
/* Make all mappings of pages read-only. */
void object_protect(struct memory_object *object, uint64_t page, uint64_t count);
/* Put a slot, with its frame's reference, in place of a page's, whose mappings and frame go; 0: none. Room for it is there. */
void object_slot_replace(struct memory_object *object, uint64_t page, uint64_t slot);

/* pager.c */
/* Queue a request (unless one is) and, without PAGE_NOWAIT, the current thread. PENDING, WOULD_BLOCK, PAGER_ERROR when the
   pager just refused this thread, NO_MEMORY. */
status_t pager_ask(struct memory_object *object, uint64_t page, enum page_request_kind kind, uint32_t how);
/* Pages of a range came, went or (`failed`) could not be supplied: requests that meet it end, their waiters go on. */
void pager_answer(struct memory_object *object, uint64_t page, uint64_t count, bool failed);
/* Fill at most `max` requests of objects that signal the notification. */
uint32_t pager_requests(struct notification *notification, struct page_request *requests, uint32_t max);
/* Show all of its requests again. */
void pager_restart(struct notification *notification);
status_t pager_collect_dirty(struct memory_object *object, uint64_t *page, uint64_t *count);
status_t pager_clean(struct memory_object *object, uint64_t page, uint64_t count);

/* The page may not become dirty now: as pager_ask. */
status_t pager_throttle(struct memory_object *object, uint32_t how);
/* INVALID: nothing could ever be written, or the limits are the wrong way round. */
status_t pager_limit(struct notification *pager, uint64_t soft, uint64_t hard, uint64_t bits);
/* Dirty pages became more (1) or fewer (-1). */
void pager_dirtied(struct memory_object *object, int64_t change);

/* evict.c: every paged object. */
void evict_add(struct memory_object *object);
void evict_remove(struct memory_object *object);

/* *done is how many pages are finished, also on entry. */
struct page_range {
	uint64_t page, source_page, count;
};
status_t object_share(struct memory_object *object, struct memory_object *source,
		      const struct page_range *range, uint64_t *done);
status_t object_supply(struct memory_object *object, struct memory_object *source,
		       const struct page_range *range, uint32_t flags, uint64_t *done);

#endif
