/* SPDX-License-Identifier: MIT */
/*
 * A guest thread with a table of descriptors and a buffer, and routed calls made for it: for tests of routes.
 */
#ifndef LICHEN_TEST_ROUTE_FIXTURE_H
#define LICHEN_TEST_ROUTE_FIXTURE_H

#include "object/domain.h"
#include "route/descriptor.h"
#include "route/route.h"
#include "test/fixture.h"
#include "test/memory_fixture.h"

#define ROUTE_FIXTURE_BITS 0x10ull
#define ROUTE_FIXTURE_BUFFER 0x700000ull /* in the guest */
#define ROUTE_FIXTURE_PAGES 16u
#define ROUTE_FIXTURE_FORWARDED INT64_MIN
/* Blocks of the domain's memory: a page that no thread of the tests uses. */
#define ROUTE_FIXTURE_BLOCKS (FIXTURE_DATA + 8 * PAGE_SIZE)

struct route_fixture {
	struct domain *domain;
	struct thread *thread;
	struct notification *notification;
	struct descriptors *table; /* named by the thread's record; borrowed from its handle */
	bool at_once;              /* the last call went straight back to the guest */
};

struct route_fixture route_fixture_make(void);
void route_fixture_end(struct route_fixture *fixture);
/* The call descriptor_set, made by the thread. */
int64_t route_fixture_set(struct route_fixture *fixture, uint32_t number, const struct descriptor_row *row);
/* A routed call of this operation, whose parameters are its arguments; the guest's result or FORWARDED. */
int64_t route_fixture_call4(struct route_fixture *fixture, enum route_operation operation,
			    const uint64_t arguments[4]);

static inline int64_t route_fixture_call(struct route_fixture *fixture, enum route_operation operation,
					 uint64_t first, uint64_t second, uint64_t third)
{
	return route_fixture_call4(fixture, operation, (const uint64_t[4]){ first, second, third });
}

#endif
