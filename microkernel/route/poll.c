/* SPDX-License-Identifier: MIT */
/*
 * Polls that need not wait: what descriptors are ready for, as their blocks say (abi/route.h).
 *
 * The array is made present first. Then each entry is told what is true of it; a call that turns out to be the personality's
 * behind the first entries is forwarded all the same, since that tells every entry anew.
 */
#include "memory/aspace.h"
#include "route/transfer.h"
#include "thread/thread.h"

#define ENTRIES_MAX 256u
#define READABLE 0x1
#define WRITABLE 0x2
#define NOT_KNOWN (-1)

static int counter_ready(const struct thread *thread, const struct descriptor_row *row)
{
	const struct route_counter *block = route_block(thread, row->block, sizeof *block);
	if (!block)
		return NOT_KNOWN;
	uint64_t count = __atomic_load_n(&block->count, __ATOMIC_ACQUIRE);
	return (count ? READABLE : 0) | (count < block->max ? WRITABLE : 0);
}

static int stream_ready(const struct thread *thread, const struct descriptor_row *row)
{
	const struct route_stream *block = route_block(thread, row->block, sizeof *block);
	bool reads = row->flags & DESCRIPTOR_READ, writes = row->flags & DESCRIPTOR_WRITE;
	if (!block || (reads && !block->writers) || (writes && !block->readers))
		return NOT_KNOWN;
	uint32_t used = block->head - block->tail;
	return (reads && used ? READABLE : 0) | (writes && used < block->size ? WRITABLE : 0);
}

static int ready_of(const struct thread *thread, const struct descriptor_row *row)
{
	switch (row->kind) {
	case DESCRIPTOR_COUNTER: return counter_ready(thread, row);
	case DESCRIPTOR_STREAM: return stream_ready(thread, row);
	case DESCRIPTOR_SET: return NOT_KNOWN;
	default: return READABLE | WRITABLE;
	}
}

/* False: not the kernel's to answer. */
static bool entry_poll(const struct route_call *call, struct route_poll *entry)
{
	int32_t number = entry->descriptor;
	uint16_t found = 0;
	if (number >= 0) {
		const struct descriptor *descriptor = descriptor_find(call->thread, (uint32_t)number);
		int ready = descriptor ? ready_of(call->thread, &descriptor->row) : NOT_KNOWN;
		if (ready < 0)
			return false;
		uint64_t bits = call->parameters[descriptor->row.kind == DESCRIPTOR_COUNTER ? 2 : 3];
		found = (uint16_t)((ready & READABLE ? bits : 0) | (ready & WRITABLE ? bits >> 16 : 0));
		found &= entry->wanted;
	}
	entry->found = found;
	return true;
}

static bool array_present(struct route_call *call, uint64_t address, uint64_t bytes)
{
	struct transfer transfer = { .call = call, .count = 1 };
	transfer.pieces[0] = (struct route_buffer){ address, bytes };
	return !(address % sizeof(uint32_t)) && address < USER_LIMIT && bytes <= USER_LIMIT - address &&
	       transfer_present(&transfer, bytes);
}

int route_poll(struct route_call *call)
{
	const struct thread *thread = call->thread;
	const struct route_group *group = route_block(thread, thread->record->route_group, sizeof *group);
	uint32_t count = (uint32_t)call->parameters[1];
	uint64_t at = call->parameters[0], found = 0;
	struct route_poll *entry = NULL;
	if (!group || count > ENTRIES_MAX || count > group->poll_limit ||
	    !array_present(call, at, count * sizeof *entry))
		return ROUTE_FORWARD;
	for (uint32_t i = 0; i < count; i++, at += sizeof *entry, entry++) {
		if (!i || (at & (PAGE_SIZE - 1)) < sizeof *entry)
			entry = route_guest_bytes(thread, at, sizeof *entry, PROT_BIT_WRITE);
		if ((at & (PAGE_SIZE - 1)) > PAGE_SIZE - sizeof *entry || !entry || !entry_poll(call, entry))
			return ROUTE_FORWARD;
		found += entry->found != 0;
	}
	call->value = found;
	return found || !call->parameters[4] ? ROUTE_DONE : ROUTE_FORWARD;
}
