/* SPDX-License-Identifier: MIT */
/*
 * Operations on the guest's own address space: anonymous mappings, unmapping, rights, and the break.
 *
 * They are the calls that the personality would make (memory/aspace.h), under the busy word of the space as it makes them.
 * What does not succeed is forwarded: the personality finds the same fault again and has the word for it. A call that
 * failed in the middle has at most cut regions, which changes nothing.
 */
#include "memory/aspace.h"

#include "route/route.h"
#include "structure/bytes.h"
#include "thread/work.h"

/* A route cannot stop halfway: what may take longer is the personality's, whose calls can; and so is what may be too much. */
#define LENGTH_MAX ((uint64_t)WORK_AT_ONCE << PAGE_SHIFT)

/* The space's block, taken; NULL: not there or held. */
static struct route_space *space_take(const struct thread *thread)
{
	struct route_space *space = route_block(thread, thread->record->route_space, sizeof *space);
	bool free = thread->guest_aspace && !thread->guest_aspace->holder;
	return space && free && route_take(&space->busy) ? space : NULL;
}

static int space_release(struct thread *thread, struct route_space *space, status_code_t status)
{
	route_release(thread, thread->record->route_space, &space->busy);
	return status ? ROUTE_FORWARD : ROUTE_DONE;
}

/* Whole pages of a length that is not 0 and fits below the user's limit; else 0. */
static uint64_t whole_pages(uint64_t length)
{
	return length <= USER_LIMIT ? page_up(length) : 0;
}

int route_map(struct route_call *call)
{
	struct thread *thread = call->thread;
	struct map_request request = { .length = whole_pages(call->parameters[1]),
				       .prot = (uint32_t)call->parameters[2] };
	if (!request.length || request.length > LENGTH_MAX || call->parameters[0] || call->parameters[3])
		return ROUTE_FORWARD;
	struct route_space *space = space_take(thread);
	if (!space)
		return ROUTE_FORWARD;
	request.high = space->anonymous_high;
	return space_release(thread, space, aspace_map(thread->guest_aspace, &request, NULL, &call->value));
}

int route_unmap(struct route_call *call)
{
	struct thread *thread = call->thread;
	uint64_t address = call->parameters[0], length = whole_pages(call->parameters[1]);
	if (!range_valid(address, length) || length > LENGTH_MAX)
		return ROUTE_FORWARD;
	struct route_space *space = space_take(thread);
	if (!space)
		return ROUTE_FORWARD;
	return space_release(thread, space, aspace_unmap(thread->guest_aspace, address, length));
}

int route_protect(struct route_call *call)
{
	struct thread *thread = call->thread;
	uint64_t address = call->parameters[0], length = whole_pages(call->parameters[1]);
	if (!range_valid(address, length) || length > LENGTH_MAX)
		return ROUTE_FORWARD;
	struct route_space *space = space_take(thread);
	uint64_t progress = 0;
	if (!space)
		return ROUTE_FORWARD;
	return space_release(thread, space,
			     aspace_protect(thread->guest_aspace, address, length,
					    (uint32_t)call->parameters[2], &progress));
}

/* The break moves to `end`: memory with the tag P1 is added behind the old one, or what lies behind the new one goes. */
static status_t break_move(struct route_call *call, struct route_space *space, uint64_t end)
{
	struct aspace *aspace = call->thread->guest_aspace;
	uint64_t from = page_up(space->break_end), to = page_up(end), address;
	if (from < page_up(space->break_start))
		return STATUS_INVALID;
	if (to < from)
		return from - to > LENGTH_MAX ? STATUS_LIMIT : aspace_unmap(aspace, to, from - to);
	if (to == from)
		return STATUS_OK;
	if (to - from > LENGTH_MAX)
		return STATUS_LIMIT;
	struct map_request request = {
		.address = from,
		.length = to - from,
		.prot = PROT_BIT_READ | PROT_BIT_WRITE,
		.flags = MAP_FLAG_NOREPLACE,
		.tag = call->parameters[1],
	};
	return aspace_map(aspace, &request, NULL, &address);
}

int route_break(struct route_call *call)
{
	struct thread *thread = call->thread;
	uint64_t end = call->parameters[0];
	struct route_space *space = route_block(thread, thread->record->route_space, sizeof *space);
	if (!space)
		return ROUTE_FORWARD;
	if (end < space->break_start) {
		call->value = space->break_end;
		return ROUTE_DONE;
	}
	/* With a limit of data the personality counts. */
	if (end >= USER_LIMIT || thread->guest_aspace->limits[LIMIT_DATA] != UINT64_MAX ||
	    !space_take(thread))
		return ROUTE_FORWARD;
	status_code_t status = break_move(call, space, end);
	if (!status)
		space->break_end = end;
	call->value = end;
	return space_release(thread, space, status);
}
