/* SPDX-License-Identifier: MIT */
/*
 * Software walks of an address space's page tables, and the batch that makes changes safe: unmap, flush, free.
 *
 * Entries are changed only by pte_set, which counts the entries in use in the table's frame; a table without any is given
 * back by table_release. Table pages are charged to the address space's account.
 */
#ifndef LICHEN_MEMORY_TABLE_H
#define LICHEN_MEMORY_TABLE_H

#include "arch/x86_64/paging.h"
#include "memory/frame.h"

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

#endif
