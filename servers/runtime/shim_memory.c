/* SPDX-License-Identifier: MIT */
/*
 * shim_memory: mmap and its family for the libc. Small anonymous read-write mappings come out of one reserved range
 * (page_pool), whose pages the kernel gives on first touch; all else, guard pages of stacks among it, goes to the kernel.
 *
 * Memory given by mmap reads as zeros: what was used before is cleared on reuse, or handed back to the kernel when it
 * was large.
 */
#include "runtime/shim.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "runtime/kernel.h"
#include "runtime/page_pool.h"

#define POOL_PIECE_PAGES 256u /* larger mappings are the kernel's */
#define POOL_RETURN_PAGES 16u /* freed pieces from here on give their frames back */
#define POOL_BYTES ((size_t)PAGE_POOL_PAGES * PAGE_SIZE)

static struct page_pool pool;
static uintptr_t pool_base; /* 0: not reserved yet; 1: cannot be had */
static uint32_t pool_lock;

static void lock_pool(void)
{
	while (__atomic_exchange_n(&pool_lock, 1, __ATOMIC_ACQUIRE) != 0)
		(void)k_thread_yield();
}

static void unlock_pool(void)
{
	__atomic_store_n(&pool_lock, 0, __ATOMIC_RELEASE);
}

static uint32_t prot_bits(long prot)
{
	return ((prot & PROT_READ) ? PROT_BIT_READ : 0) | ((prot & PROT_WRITE) ? PROT_BIT_WRITE : 0) |
	       ((prot & PROT_EXEC) ? PROT_BIT_EXEC : 0);
}

static long map_anonymous(uintptr_t address, size_t length, long prot, long flags)
{
	struct map_request request = {
		.address = address,
		.length = length,
		.prot = prot_bits(prot),
		.flags = (flags & MAP_FIXED) ? MAP_FLAG_FIXED : 0,
	};
	struct call_result result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));

	return result.status < 0 ? shim_error(result.status) : (long)result.value;
}

static int pool_has(uintptr_t address)
{
	return pool_base > 1 && address >= pool_base && address < pool_base + POOL_BYTES;
}

static void pool_reserve(void)
{
	long address = map_anonymous(0, POOL_BYTES, PROT_READ | PROT_WRITE, 0);

	pool_base = address < 0 ? 1 : (uintptr_t)address;
}

static void clear_dirty(uint32_t first, uint32_t count)
{
	for (uint32_t page = first; page < first + count; page++) {
		if (page_pool_is_dirty(&pool, page))
			memset((void *)(pool_base + (uintptr_t)page * PAGE_SIZE), 0, PAGE_SIZE);
	}
	page_pool_cleared(&pool, first, count);
}

/* Address of zeroed pages of the pool, or 0. */
static uintptr_t pool_map(uint32_t pages)
{
	uint32_t first = PAGE_POOL_NONE;

	lock_pool();
	if (pool_base == 0)
		pool_reserve();
	if (pool_base != 1)
		first = page_pool_take(&pool, pages);
	if (first != PAGE_POOL_NONE)
		clear_dirty(first, pages);
	unlock_pool();
	return first == PAGE_POOL_NONE ? 0 : pool_base + (uintptr_t)first * PAGE_SIZE;
}

static long pool_unmap(uintptr_t address, size_t pages)
{
	uint32_t first = (uint32_t)((address - pool_base) / PAGE_SIZE);
	struct call_result result = { .status = STATUS_INVALID };

	if (pages > PAGE_POOL_PAGES - first)
		return -EINVAL;
	lock_pool();
	if (pages >= POOL_RETURN_PAGES)
		result = k_aspace_advise(HANDLE_SELF_ASPACE, address, pages * PAGE_SIZE, ADVICE_DISCARD);
	page_pool_give(&pool, first, (uint32_t)pages);
	if (result.status >= 0)
		page_pool_cleared(&pool, first, (uint32_t)pages);
	unlock_pool();
	return 0;
}

long shim_mmap(const long *arguments)
{
	size_t length = (size_t)arguments[1], pages;
	long prot = arguments[2], flags = arguments[3];

	if (!(flags & MAP_ANONYMOUS))
		return -ENODEV;
	if (length == 0 || length > SIZE_MAX - PAGE_SIZE)
		return -EINVAL;
	pages = (length + PAGE_SIZE - 1) / PAGE_SIZE;
	if (!(flags & MAP_FIXED) && prot == (PROT_READ | PROT_WRITE) && pages <= POOL_PIECE_PAGES) {
		uintptr_t address = pool_map((uint32_t)pages);
		if (address != 0)
			return (long)address;
	}
	return map_anonymous((uintptr_t)arguments[0], pages * PAGE_SIZE, prot, flags);
}

long shim_munmap(uintptr_t address, size_t length)
{
	size_t pages = (length + PAGE_SIZE - 1) / PAGE_SIZE;

	if (address % PAGE_SIZE != 0 || length == 0 || length > SIZE_MAX - PAGE_SIZE)
		return -EINVAL;
	if (pool_has(address))
		return pool_unmap(address, pages);
	return shim_error(k_aspace_unmap(HANDLE_SELF_ASPACE, address, pages * PAGE_SIZE).status);
}

long shim_mprotect(uintptr_t address, size_t length, long prot)
{
	size_t pages = (length + PAGE_SIZE - 1) / PAGE_SIZE;

	if (pool_has(address)) {
		lock_pool();
		page_pool_retire(&pool, (uint32_t)((address - pool_base) / PAGE_SIZE), (uint32_t)pages);
		unlock_pool();
	}
	return shim_error(
		k_aspace_protect(HANDLE_SELF_ASPACE, address, pages * PAGE_SIZE, prot_bits(prot)).status);
}

/* Only DONTNEED has an effect that a program can see; the other advices are hints and may be ignored. */
long shim_madvise(uintptr_t address, size_t length, long advice)
{
	if (advice != MADV_DONTNEED)
		return 0;
	return shim_error(k_aspace_advise(HANDLE_SELF_ASPACE, address, length, ADVICE_DISCARD).status);
}
