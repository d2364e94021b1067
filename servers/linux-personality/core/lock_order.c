/* SPDX-License-Identifier: MIT */
/*
 * What is said about a broken lock order. The first reports are enough: each place that breaks it would repeat.
 */
#include "core/lock_order.h"

#include "runtime/log.h"

#define REPORTS_MAX 32u

void lock_order_report(const char *what, uint32_t rank, uint32_t held, uint64_t caller)
{
	static uint32_t reports;
	if (__atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED) < REPORTS_MAX)
		log_error("lock order: %s (rank %u) with ranks 0x%x held, at 0x%lx", what, rank, held,
			  caller);
}
