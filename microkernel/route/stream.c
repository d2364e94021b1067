/* SPDX-License-Identifier: MIT */
/*
 * Streams: pipes whose ring of pages both the kernel and the personality read and write (abi/route.h).
 *
 * A read takes what is there; a write goes in whole or, where the ring is full, waits; one that would go in by parts is
 * forwarded, and so is one that needs a page which is not there. Everything is copied before any index moves, so that a call
 * can be forwarded up to the end. Who waits is woken one at a time; whoever leaves something behind wakes the next.
 */
#include "arch/x86_64/cpu.h"
#include "memory/aspace.h"
#include "object/domain.h"
#include "route/transfer.h"
#include "thread/thread.h"

#define MOVE_MAX (64u * ROUTE_STREAM_PAGE) /* bytes moved at once */
#define SLOTS_MAX 65536u

struct stream {
	struct transfer *transfer;
	struct route_stream *block;
	uint64_t moved;
};

static struct aspace *space_of(const struct stream *stream)
{
	return stream->transfer->call->thread->domain->aspace;
}

static uint32_t used(const struct route_stream *block)
{
	return block->head - block->tail;
}

static struct route_slot *slot_at(const struct stream *stream, uint32_t position)
{
	uint64_t index = position & (stream->block->size - 1);
	uint64_t address = stream->block->slots + index * sizeof(struct route_slot);
	if (address % sizeof(struct route_slot))
		return NULL;
	return aspace_byte(space_of(stream), address, PROT_BIT_WRITE, 0);
}

/* The page at an address of the personality's. */
static char *page_at(const struct stream *stream, uint64_t address)
{
	if (!address || address % ROUTE_STREAM_PAGE)
		return NULL;
	return aspace_byte(space_of(stream), address, PROT_BIT_WRITE, 0);
}

/* The slot's page, if the slot is as it should be. */
static char *data_of(const struct stream *stream, const struct route_slot *slot)
{
	if (!slot || slot->offset + slot->length > ROUTE_STREAM_PAGE)
		return NULL;
	return page_at(stream, slot->page);
}

/* Move the guest's next bytes. */
static bool move(struct stream *stream, char *memory, uint64_t bytes)
{
	const struct transfer *transfer = stream->transfer;
	uint64_t skip = stream->moved;
	for (unsigned i = 0; i < transfer->count && bytes; i++) {
		const struct route_buffer *piece = &transfer->pieces[i];
		uint64_t before = least(skip, piece->bytes), done = 0;
		uint64_t part = least(bytes, piece->bytes - before);
		struct copy_side guest = copy_side_space(transfer->call->thread->guest_aspace,
							 piece->address + before);
		struct copy_side own = copy_side_kernel(memory);
		guest.flags = TOUCH_NOFAULT;
		skip -= before;
		if (transfer->write ? copy_run(&own, &guest, part, &done)
				    : copy_run(&guest, &own, part, &done))
			return false;
		memory += part;
		bytes -= part;
		stream->moved += part;
	}
	return !bytes;
}

static int wait_for(const struct stream *stream, uint32_t side)
{
	uint64_t offset = side == ROUTE_STREAM_READERS ? offsetof(struct route_stream, head)
						       : offsetof(struct route_stream, tail);
	return transfer_wait(stream->transfer, &stream->block->parked, side, offset);
}

static void wake_both(const struct stream *stream)
{
	struct route_stream *block = stream->block;
	if (used(block))
		transfer_wake(stream->transfer, &block->parked, ROUTE_STREAM_READERS,
			      offsetof(struct route_stream, head), 1);
	if (used(block) < block->size)
		transfer_wake(stream->transfer, &block->parked, ROUTE_STREAM_WRITERS,
			      offsetof(struct route_stream, tail), 1);
}

/* Bytes that a read would take, 0 when it is not the kernel's to answer. */
static uint64_t readable_bytes(const struct stream *stream)
{
	const struct route_stream *block = stream->block;
	uint64_t wanted = least(stream->transfer->bytes, MOVE_MAX + 1), bytes = 0;
	for (uint32_t at = block->tail; at != block->head && bytes < wanted; at++) {
		const struct route_slot *slot = slot_at(stream, at);
		if (!data_of(stream, slot) || slot->flags & ROUTE_SLOT_CLOSED)
			return 0;
		bytes += slot->length;
	}
	bytes = least(bytes, wanted);
	return bytes <= MOVE_MAX ? bytes : 0;
}

static bool copy_out_of(struct stream *stream, uint64_t bytes)
{
	for (uint32_t at = stream->block->tail; stream->moved < bytes; at++) {
		const struct route_slot *slot = slot_at(stream, at);
		char *data = data_of(stream, slot);
		if (!data || !move(stream, data + slot->offset, least(slot->length, bytes - stream->moved)))
			return false;
	}
	return true;
}

/* The oldest bytes are gone; an emptied slot's page is kept, first of all as the spare one. */
static void consume(struct stream *stream, uint64_t bytes)
{
	struct route_stream *block = stream->block;
	while (bytes) {
		struct route_slot *slot = slot_at(stream, block->tail);
		uint16_t part = (uint16_t)least(slot->length, bytes);
		bytes -= part;
		slot->offset = (uint16_t)(slot->offset + part);
		slot->length = (uint16_t)(slot->length - part);
		if (slot->length)
			break;
		if (!block->spare) {
			block->spare = slot->page;
			slot->page = 0;
		}
		__atomic_store_n(&block->tail, block->tail + 1, __ATOMIC_RELEASE);
	}
}

static int stream_read(struct stream *stream)
{
	struct route_stream *block = stream->block;
	if (!used(block) && !block->writers)
		return ROUTE_END;
	if (!used(block))
		return wait_for(stream, ROUTE_STREAM_READERS);
	uint64_t bytes = readable_bytes(stream);
	if (!bytes || !transfer_present(stream->transfer, bytes) || !copy_out_of(stream, bytes))
		return ROUTE_FORWARD;
	consume(stream, bytes);
	return ROUTE_DONE;
}

/* How a write goes in: so many bytes behind the newest data, the rest into fresh slots. */
struct plan {
	struct route_slot *last;
	uint64_t merged;
	uint64_t slots;
};

/* Only what is beyond whole pages is merged, and only when it fits whole: then writes up to a page stay in one piece. */
static struct plan plan_write(const struct stream *stream)
{
	uint64_t bytes = stream->transfer->bytes, part = bytes % ROUTE_STREAM_PAGE;
	struct plan plan = { .last = used(stream->block) ? slot_at(stream, stream->block->head - 1) : NULL };
	const struct route_slot *last = plan.last;
	if (data_of(stream, last) && !(last->flags & ROUTE_SLOT_CLOSED) &&
	    part <= ROUTE_STREAM_PAGE - last->offset - last->length)
		plan.merged = part;
	plan.slots = (bytes - plan.merged + ROUTE_STREAM_PAGE - 1) / ROUTE_STREAM_PAGE;
	return plan;
}

/* Give the fresh slots pages and fill them; the ring does not change yet. */
static bool fill_slots(struct stream *stream, const struct plan *plan)
{
	struct route_stream *block = stream->block;
	for (uint32_t i = 0; i < plan->slots; i++) {
		struct route_slot *slot = slot_at(stream, block->head + i);
		uint64_t part = least(stream->transfer->bytes - stream->moved, ROUTE_STREAM_PAGE);
		if (!slot)
			return false;
		if (!slot->page) {
			slot->page = block->spare;
			block->spare = 0;
		}
		char *page = page_at(stream, slot->page);
		if (!page || !move(stream, page, part))
			return false;
		slot->offset = 0;
		slot->length = (uint16_t)part;
		slot->flags = 0;
	}
	return true;
}

static int stream_write(struct stream *stream)
{
	struct route_stream *block = stream->block;
	struct transfer *transfer = stream->transfer;
	struct plan plan = plan_write(stream);
	uint32_t room = block->size - used(block);
	if (!block->readers || transfer->bytes > MOVE_MAX)
		return ROUTE_FORWARD;
	if (!room && !plan.merged)
		return wait_for(stream, ROUTE_STREAM_WRITERS);
	if (plan.slots > room || !transfer_present(transfer, transfer->bytes))
		return ROUTE_FORWARD;
	if (plan.merged &&
	    !move(stream, data_of(stream, plan.last) + plan.last->offset + plan.last->length, plan.merged))
		return ROUTE_FORWARD;
	if (!fill_slots(stream, &plan))
		return ROUTE_FORWARD;
	if (plan.merged)
		plan.last->length = (uint16_t)(plan.last->length + plan.merged);
	__atomic_store_n(&block->head, block->head + (uint32_t)plan.slots, __ATOMIC_RELEASE);
	return ROUTE_DONE;
}

static bool usable(const struct route_stream *block)
{
	return block->size && block->size <= SLOTS_MAX && !(block->size & (block->size - 1)) &&
	       used(block) <= block->size && !block->watch[0].first && !block->watch[1].first;
}

int transfer_stream(struct transfer *transfer)
{
	const struct thread *thread = transfer->call->thread;
	const struct descriptor_row *row = &transfer->descriptor->row;
	struct stream stream = { .transfer = transfer };
	struct route_stream *block = route_block(thread, row->block, sizeof *block);
	transfer->file_flags = transfer_file_flags(transfer);
	if (!block || transfer->at_offset || !transfer->bytes || transfer->file_flags & ROUTE_FILE_FORWARD ||
	    !route_take(&block->busy))
		return ROUTE_FORWARD;
	stream.block = block;
	int outcome = ROUTE_FORWARD;
	if (usable(block))
		outcome = transfer->write ? stream_write(&stream) : stream_read(&stream);
	route_release(thread, row->block, &block->busy);
	if (outcome != ROUTE_DONE)
		return outcome;
	transfer->call->value = stream.moved;
	wake_both(&stream);
	return ROUTE_DONE;
}
