/* SPDX-License-Identifier: MIT */
/*
 * clock_page: see clock_page.h. Two threads that map the page at the same time both map it, and one mapping stays
 * unused: harmless, and no lock is needed.
 */
#include "runtime/clock_page.h"

#include <stdbool.h>
#include <stddef.h>
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"

static const volatile struct clock_page *clock_page;
static bool clock_page_tried;

void clock_page_use(handle_t page)
{
	struct map_request request = {
		.length = PAGE_SIZE,
		.object = page,
		.prot = PROT_BIT_READ,
		.flags = MAP_FLAG_SHARED | MAP_FLAG_POPULATE,
	};
	struct call_result result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));

	clock_page_tried = true;
	if (result.status >= 0)
		clock_page = (const volatile struct clock_page *)result.value;
}

static uint64_t read_tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static uint64_t scaled(uint64_t ticks, uint64_t mult, uint32_t shift)
{
	return (uint64_t)((unsigned __int128)ticks * mult >> shift);
}

static uint64_t read_page(const volatile struct clock_page *page)
{
	uint32_t sequence;
	uint64_t now;

	do {
		sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
		now = page->base_ns + scaled(read_tsc() - page->base_tsc, page->mult, page->shift);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while ((sequence & 1) != 0 || sequence != page->sequence);
	return now;
}

uint64_t clock_page_monotonic_ns(void)
{
	if (!clock_page_tried)
		clock_page_use(bootstrap_handle("clock.page"));
	if (clock_page != NULL && clock_page->tsc_usable != 0)
		return read_page(clock_page);
	return k_clock_read().value;
}

int64_t clock_page_realtime_ns(void)
{
	uint64_t now = clock_page_monotonic_ns();

	return (int64_t)now + (clock_page != NULL ? clock_page->realtime_offset_ns : 0);
}
