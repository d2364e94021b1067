/* SPDX-License-Identifier: MIT */
/*
 * Counters: a number that reads take from and writes add to (abi/route.h).
 *
 * The guest's word must be there: what would need a fault is forwarded. Who waits for the other side is woken as the
 * personality wakes: one reader at a time, who wakes the next where something is left, and all writers, since any may fit.
 */
#include "memory/aspace.h"
#include "route/transfer.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define WRITERS_WORD (offsetof(struct route_counter, count) + sizeof(uint32_t))

static int counter_read(const struct transfer *transfer, struct route_counter *block, void *guest)
{
	uint64_t value = block->flags & ROUTE_COUNTER_ONE ? 1 : block->count;
	if (!block->count)
		return transfer_wait(transfer, &block->parked, ROUTE_STREAM_READERS,
				     offsetof(struct route_counter, count));
	memcpy(guest, &value, sizeof value);
	__atomic_store_n(&block->count, block->count - value, __ATOMIC_RELEASE);
	return ROUTE_DONE;
}

static int counter_write(const struct transfer *transfer, struct route_counter *block, const void *guest)
{
	uint64_t value;
	memcpy(&value, guest, sizeof value);
	if (value > block->max)
		return ROUTE_FORWARD;
	if (block->count > block->max - value)
		return transfer_wait(transfer, &block->parked, ROUTE_STREAM_WRITERS, WRITERS_WORD);
	__atomic_store_n(&block->count, block->count + value, __ATOMIC_RELEASE);
	return ROUTE_DONE;
}

static void wake_others(const struct transfer *transfer, struct route_counter *block)
{
	if (block->count)
		transfer_wake(transfer, &block->parked, ROUTE_STREAM_READERS,
			      offsetof(struct route_counter, count), 1);
	if (!transfer->write)
		transfer_wake(transfer, &block->parked, ROUTE_STREAM_WRITERS, WRITERS_WORD, UINT32_MAX);
}

int transfer_counter(struct transfer *transfer)
{
	const struct thread *thread = transfer->call->thread;
	uint64_t address = transfer->descriptor->row.block;
	struct route_counter *block = route_block(thread, address, sizeof *block);
	void *guest = NULL;
	if (transfer->count && transfer->pieces[0].bytes >= sizeof(uint64_t))
		guest = route_guest_bytes(thread, transfer->pieces[0].address, sizeof(uint64_t),
					  transfer->write ? PROT_BIT_READ : PROT_BIT_WRITE);
	transfer->file_flags = transfer_file_flags(transfer);
	if (!guest || !block || transfer->at_offset || transfer->file_flags & ROUTE_FILE_FORWARD ||
	    !route_take(&block->busy))
		return ROUTE_FORWARD;
	int outcome = ROUTE_FORWARD;
	if (!block->watch[0].first && !block->watch[1].first)
		outcome = transfer->write ? counter_write(transfer, block, guest)
					  : counter_read(transfer, block, guest);
	route_release(thread, address, &block->busy);
	if (outcome != ROUTE_DONE)
		return outcome;
	transfer->call->value = sizeof(uint64_t);
	wake_others(transfer, block);
	return ROUTE_DONE;
}
