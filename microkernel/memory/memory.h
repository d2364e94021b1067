/* SPDX-License-Identifier: MIT */
/*
 * What the rest of the kernel may ask of the memory system.
 *
 * The kernel never dereferences a user address: it walks the address space's tables in software, resolves a missing
 * page as a fault would be, and touches the frame through the direct map. So there are no fix-ups and no kernel page
 * faults. Operations that may have to wait answer STATUS_PENDING after they queued the current thread
 * (thread_block with restart); the caller then returns at once and the call is dispatched again later, its progress
 * kept in thread->progress.
 *
 * Invariants: (1) unmap, then flush, then free. (2) a frame mapped by user space or pinned is never freed.
 * (3) private pages never alias an object's pages writable. (4) region rights are checked before copy-on-write.
 */
#ifndef LICHEN_MEMORY_MEMORY_H
#define LICHEN_MEMORY_MEMORY_H

#include <stdbool.h>
#include "abi/memory.h"
#include "abi/status.h"
#include "abi/types.h"
#include "arch/x86_64/layout.h"

struct account;
struct aspace;
struct domain;
struct memory_object;
struct thread;
struct frame; /* descriptor of one physical page: reference count, pins, owner */

static inline uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* To a page boundary, down or up; and how many pages bytes take. */
static inline uint64_t page_down(uint64_t address)
{
	return address & ~(uint64_t)(PAGE_SIZE - 1);
}

static inline uint64_t page_up(uint64_t address)
{
	return page_down(address + PAGE_SIZE - 1);
}

static inline uint64_t pages_for(uint64_t bytes)
{
	return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static inline void *direct_map(paddr_t address)
{
	return (void *)(uintptr_t)(address.value + DIRECT_MAP_BASE);
}

/*
 * Start-up. Ranges come from boot_info; the kernel image, the boot module and the first megabyte are reserved. Needs boot
 * tables that map at least the first 1 GB of physical memory at DIRECT_MAP_BASE and the kernel at KERNEL_BASE; leaves
 * tables of its own loaded: all of the first 4 GB (what is not RAM uncached) and all RAM above at DIRECT_MAP_BASE, the
 * kernel's text, read-only data and data at KERNEL_BASE with their rights. (memory/start.c, arch/x86_64/paging.c)
 */
struct boot_info;
struct boot_module {
	paddr_t base;
	uint64_t bytes;
};
void memory_init(const struct boot_info *info, struct boot_module module);
/* Take the page at a kernel address out of the kernel's tables: guard pages under stacks. (arch/x86_64/paging.c) */
void paging_unmap_kernel_page(const void *page);

/* Frames. A frame is charged to the account it was allocated for until its last reference goes; NULL: the kernel's own. */
struct frame *frame_allocate(struct account *account); /* content undefined; NULL when refused */
struct frame *frame_allocate_zeroed(struct account *account);
struct frame *frame_allocate_copy(struct account *account, const void *page);
/* `count` frames in a row, content undefined, each with one reference. */
struct frame *frame_allocate_run(uint64_t count, struct account *account);
void frame_get(struct frame *frame);
void frame_put(struct frame *frame); /* uncharges when the last reference goes */
paddr_t frame_address(const struct frame *frame);
void *frame_data(const struct frame *frame);

struct frame_counts {
	uint64_t total, free, kernel; /* kernel: heap, tables and all else that no account pays */
};
struct frame_counts frame_counts(void);

/* Take clean pages away that their pagers can supply again, for the account that was just refused. False: there are none;
   nobody may hold page-table entries or slots across it. (memory/evict.c) */
bool memory_evict(void);

/* Kernel heap: slabs by size class, pages for large ones. Sizes that are a multiple of 64 give 64-byte aligned memory, sizes
   above 1984 whole pages. The account that it serves is charged for the bytes; NULL: the kernel. (memory/slab.c) */
void *kernel_allocate(size_t bytes, struct account *account); /* zeroed; NULL when there is none */
void kernel_free(void *memory, size_t bytes, struct account *account);

/* Address spaces of domains and guests; `struct aspace` starts with its struct object. */
struct aspace *aspace_create(struct account *account); /* kernel half shared; one reference */
/* Map fresh zeroed pages and copy `bytes` in: used to load the supervisor. */
status_t aspace_load(struct aspace *aspace, uint64_t address, uint64_t bytes, const void *contents,
		     uint64_t content_bytes, uint32_t prot);

/* Copies between the kernel and an address space, any length, faults resolved; for small argument blocks the whole copy
   happens or nothing is reported done. */
status_t copy_in(struct aspace *aspace, void *destination, uaddr_t source, size_t bytes);
status_t copy_out(struct aspace *aspace, uaddr_t destination, const void *source, size_t bytes);

/* Pin the page at an address of a domain's space (faulted in writable) and give its kernel address; it must be an anonymous
   private page or a page of an anonymous object. The frame is referenced and pinned until frame_unpin. */
status_t aspace_pin(struct aspace *aspace, uaddr_t address, struct frame **frame, void **kernel_address);
void frame_unpin(struct frame *frame);

/* The queue name of a word for word_wait (wait.h): space and address, or object id and offset when `shared` and the region
   maps an object shared; reads the word, faulting it in. */
status_t aspace_word(struct aspace *aspace, uint64_t address, bool shared, uint64_t key[2], uint32_t *value);
/* The same without resolving anything; false when the word cannot be read as it is. */
bool aspace_word_peek(struct aspace *aspace, uint64_t address, bool shared, uint64_t key[2], uint32_t *value);

/* Destroy functions of the kinds table. */
struct object;
void aspace_destroy(struct object *object);
void memory_object_destroy(struct object *object);

/* Objects over memory that is there already: the boot module, boot_info, the clock page. */
struct memory_object *memory_object_over(paddr_t base, uint64_t pages, struct account *account);

#endif
