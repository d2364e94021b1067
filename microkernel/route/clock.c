/* SPDX-License-Identifier: MIT */
/*
 * Operations about time: reading clocks, and letting others run.
 */
#include "route/route.h"

#include "abi/memory.h"
#include "arch/x86_64/cpu.h"
#include "thread/thread.h"

#define NS_PER_SECOND 1000000000ull

/* P0 clock, P1 and P2 the sets of clocks that are monotonic and wall time: its time. False: in neither. */
static bool clock_of(const struct route_call *call, uint64_t *ns)
{
	uint32_t clock = (uint32_t)call->parameters[0];
	if (clock >= 64)
		return false;
	if (call->parameters[1] >> clock & 1)
		*ns = clock_now_ns();
	else if (call->parameters[2] >> clock & 1)
		*ns = clock_now_ns() + (uint64_t)clock_realtime_offset();
	else
		return false;
	return (int64_t)*ns >= 0;
}

int route_clock(struct route_call *call)
{
	uint64_t *words = route_guest_bytes(call->thread, call->parameters[3], 2 * sizeof *words,
					    PROT_BIT_WRITE);
	uint64_t ns;
	if (!words || !call->parameters[3] || !call->parameters[4] || !clock_of(call, &ns))
		return ROUTE_FORWARD;
	words[0] = ns / NS_PER_SECOND;
	words[1] = ns % NS_PER_SECOND / call->parameters[4];
	return ROUTE_DONE;
}

int route_clock_seconds(struct route_call *call)
{
	uint64_t ns;
	if (!clock_of(call, &ns))
		return ROUTE_FORWARD;
	call->value = ns / NS_PER_SECOND;
	return ROUTE_DONE;
}

int route_yield(struct route_call *call)
{
	schedule_yield(call->thread);
	return ROUTE_DONE;
}
