/* SPDX-License-Identifier: MIT */
/*
 * Eviction: clean pages of paged objects go when somebody finds no frame, before anybody waits for memory.
 *
 * A pager supplies a clean page again when it is asked; nothing else is ever taken: no page that is dirty, being written,
 * pinned, shared with another object or mapped by a locked region, and no page of an object without a pager. What goes must
 * help: its frame is charged to the account that refused, or to one below it.
 *
 * A hand goes round: over the pages of the first object of the list, which then becomes the last. It stops after so many pages;
 * who called tries again, and is told when the hand has been everywhere in vain.
 */
#include "memory/object.h"

#include "memory/aspace.h"

#define EVICT_PAGES 64u /* that one call takes */
#define EVICT_LOOKS 1024u

static struct list_node paged = { &paged, &paged };
static uint64_t objects, passed; /* in the list; that the hand has left since it last found something */

void evict_add(struct memory_object *object)
{
	list_append(&paged, &object->paged);
	objects++;
}

void evict_remove(struct memory_object *object)
{
	list_remove(&object->paged);
	objects--;
}

static bool locked(const struct memory_object *object, uint64_t page)
{
	const struct region *region;
	list_for_each(region, &object->regions, object_link)
		if ((region->flags & MAP_FLAG_LOCKED) &&
		    page - (region->offset >> PAGE_SHIFT) < region_pages(region))
			return true;
	return false;
}

static bool evictable(const struct memory_object *object, uint64_t page, uint64_t slot)
{
	const struct frame *frame = slot_frame(slot);
	bool clean = slot_state(slot) == PAGE_CLEAN_WRITABLE || slot_state(slot) == PAGE_CLEAN_UNRESERVED;
	return clean && frame->references == 1 && account_would_help(frame->account) && !locked(object, page);
}

/* One step of the hand; answers how many pages went. */
static unsigned evict_step(struct memory_object *object)
{
	uint64_t slot = object_next_slot(object, &object->evict_page, object->pages);
	if (!slot) {
		object->evict_page = 0;
		list_remove(&object->paged);
		list_append(&paged, &object->paged);
		passed++;
		return 0;
	}
	uint64_t page = object->evict_page++;
	if (!evictable(object, page, slot))
		return 0;
	object_slot_replace(object, page, 0);
	return 1;
}

bool memory_evict(void)
{
	unsigned gone = 0;
	for (unsigned looks = 0; looks < EVICT_LOOKS && gone < EVICT_PAGES && passed <= objects && objects;
	     looks++)
		gone += evict_step(list_first(&paged, struct memory_object, paged));
	bool again = gone || (objects && passed <= objects);
	if (gone || !again)
		passed = 0;
	return again;
}
