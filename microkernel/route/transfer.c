/* SPDX-License-Identifier: MIT */
/*
 * From calls to transfers, and those kinds of descriptors whose bytes come from nowhere: null and zero.
 */
#include "route/transfer.h"

#include "memory/aspace.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define CLEAR_MAX (64u * PAGE_SIZE) /* of zeros moved at once */

/* Make the guest's pages of a range present, as far as that needs no waiting, and see that they are. */
static bool range_writable(struct aspace *space, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end; at = page_down(at) + PAGE_SIZE) {
		uint32_t reason;
		if (aspace_byte(space, at, PROT_BIT_WRITE, 0))
			continue;
		status_code_t status = aspace_touch(space, at, PROT_BIT_WRITE, TOUCH_NOWAIT, &reason);
		if (status || !aspace_byte(space, at, PROT_BIT_WRITE, 0))
			return false;
	}
	return true;
}

static void range_clear(const struct aspace *space, uint64_t at, uint64_t end)
{
	while (at < end) {
		uint64_t bytes = least(end - at, PAGE_SIZE - (at & (PAGE_SIZE - 1)));
		memset(aspace_byte(space, at, PROT_BIT_WRITE, 0), 0, bytes);
		at += bytes;
	}
}

static int transfer_null(struct transfer *transfer)
{
	transfer->call->value = transfer->write ? transfer->bytes : 0;
	return ROUTE_DONE;
}

static int transfer_zero(struct transfer *transfer)
{
	struct aspace *space = transfer->call->thread->guest_aspace;
	if (transfer->write)
		return transfer_null(transfer);
	if (transfer->bytes > CLEAR_MAX)
		return ROUTE_FORWARD;
	for (unsigned i = 0; i < transfer->count; i++) {
		const struct transfer_piece *piece = &transfer->pieces[i];
		if (!range_writable(space, piece->address, piece->address + piece->bytes))
			return ROUTE_FORWARD;
	}
	for (unsigned i = 0; i < transfer->count; i++) {
		const struct transfer_piece *piece = &transfer->pieces[i];
		range_clear(space, piece->address, piece->address + piece->bytes);
	}
	transfer->call->value = transfer->bytes;
	return ROUTE_DONE;
}

static int (*const transfer_kinds[DESCRIPTOR_KIND_COUNT])(struct transfer *) = {
	[DESCRIPTOR_NULL] = transfer_null,
	[DESCRIPTOR_ZERO] = transfer_zero,
};

static int transfer_run(struct transfer *transfer)
{
	struct descriptor *descriptor = descriptor_find(transfer->call->thread,
							transfer->call->parameters[0]);
	uint32_t right = transfer->write ? DESCRIPTOR_WRITE : DESCRIPTOR_READ;
	if (!descriptor || !(descriptor->row.flags & right) || !transfer_kinds[descriptor->row.kind])
		return ROUTE_FORWARD;
	transfer->descriptor = descriptor;
	return transfer_kinds[descriptor->row.kind](transfer);
}

/* One buffer: P1, P2. */
static int transfer_buffer(struct route_call *call, bool write, bool at_offset)
{
	uint64_t address = call->parameters[1], bytes = call->parameters[2];
	struct transfer transfer = {
		.call = call,
		.write = write,
		.at_offset = at_offset,
		.offset = call->parameters[3],
		.bytes = bytes,
		.count = 1,
	};
	if (bytes > TRANSFER_BYTES_MAX || address >= USER_LIMIT || bytes > USER_LIMIT - address)
		return ROUTE_FORWARD;
	transfer.pieces[0] = (struct transfer_piece){ address, bytes };
	return transfer_run(&transfer);
}

int route_read(struct route_call *call)
{
	return transfer_buffer(call, false, false);
}

int route_write(struct route_call *call)
{
	return transfer_buffer(call, true, false);
}

int route_read_at(struct route_call *call)
{
	return transfer_buffer(call, false, true);
}

int route_write_at(struct route_call *call)
{
	return transfer_buffer(call, true, true);
}
