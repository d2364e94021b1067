/* SPDX-License-Identifier: MIT */
/*
 * From calls to transfers, and those kinds of descriptors whose bytes come from nowhere: null and zero.
 */
#include "route/transfer.h"

#include "memory/aspace.h"
#include "object/domain.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define CLEAR_MAX (64u * PAGE_SIZE) /* of zeros moved at once */

static bool range_present(struct aspace *space, uint64_t start, uint64_t end, uint32_t access)
{
	for (uint64_t at = start; at < end; at = page_down(at) + PAGE_SIZE) {
		uint32_t reason;
		if (aspace_byte(space, at, access, 0))
			continue;
		status_code_t status = aspace_touch(space, at, access, TOUCH_NOWAIT, &reason);
		if (status || !aspace_byte(space, at, access, 0))
			return false;
	}
	return true;
}

bool transfer_present(const struct transfer *transfer, uint64_t bytes)
{
	struct aspace *space = transfer->call->thread->guest_aspace;
	uint32_t access = transfer->write ? PROT_BIT_READ : PROT_BIT_WRITE;
	for (unsigned i = 0; i < transfer->count && bytes; i++) {
		const struct route_buffer *piece = &transfer->pieces[i];
		uint64_t part = least(piece->bytes, bytes);
		if (!range_present(space, piece->address, piece->address + part, access))
			return false;
		bytes -= part;
	}
	return true;
}

bool transfer_answer(struct route_call *call, uint64_t address, const void *bytes, uint64_t count)
{
	struct transfer transfer = { .call = call, .count = 1 };
	struct copy_side to = copy_side_space(call->thread->guest_aspace, address);
	struct copy_side from = copy_side_kernel(bytes);
	uint64_t done = 0;
	transfer.pieces[0] = (struct route_buffer){ address, count };
	to.flags = TOUCH_NOFAULT;
	if (address >= USER_LIMIT || count > USER_LIMIT - address || !transfer_present(&transfer, count))
		return false;
	status_code_t status = copy_run(&to, &from, count, &done);
	return !status;
}

uint32_t transfer_file_flags(const struct transfer *transfer)
{
	const struct route_file *file = route_block(transfer->call->thread, transfer->descriptor->row.file,
						    sizeof *file);
	return file ? __atomic_load_n(&file->flags, __ATOMIC_ACQUIRE) : ROUTE_FILE_FORWARD;
}

static void name_word(const struct transfer *transfer, uint64_t offset, uint64_t key[2])
{
	key[0] = transfer->call->thread->domain->aspace->object.id;
	key[1] = transfer->descriptor->row.block + offset;
}

int transfer_wait(const struct transfer *transfer, uint32_t *parked, uint32_t side, uint64_t offset)
{
	uint64_t key[2];
	if (transfer->file_flags & ROUTE_FILE_NONBLOCK)
		return ROUTE_WOULD_BLOCK;
	*parked |= side;
	name_word(transfer, offset, key);
	return route_park_inside(transfer->call, transfer->descriptor, key);
}

void transfer_wake(const struct transfer *transfer, uint32_t *parked, uint32_t side, uint64_t offset,
		   uint32_t count)
{
	uint64_t key[2];
	if (!(*parked & side))
		return;
	name_word(transfer, offset, key);
	if (word_wake(key, count, WAIT_ANY) < count)
		*parked &= ~side;
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
	if (transfer->bytes > CLEAR_MAX || !transfer_present(transfer, transfer->bytes))
		return ROUTE_FORWARD;
	for (unsigned i = 0; i < transfer->count; i++) {
		const struct route_buffer *piece = &transfer->pieces[i];
		range_clear(space, piece->address, piece->address + piece->bytes);
	}
	transfer->call->value = transfer->bytes;
	return ROUTE_DONE;
}

static int (*const transfer_kinds[DESCRIPTOR_KIND_COUNT])(struct transfer *) = {
	[DESCRIPTOR_FILE] = transfer_file,       [DESCRIPTOR_STREAM] = transfer_stream,
	[DESCRIPTOR_COUNTER] = transfer_counter, [DESCRIPTOR_NULL] = transfer_null,
	[DESCRIPTOR_ZERO] = transfer_zero,
};

static int transfer_run(struct transfer *transfer)
{
	struct descriptor *descriptor = transfer->call->thread
						->parked_in; /* tried again: the number may be another's */
	if (!descriptor)
		descriptor = descriptor_find(transfer->call->thread, transfer->call->parameters[0]);
	uint32_t right = transfer->write ? DESCRIPTOR_WRITE : DESCRIPTOR_READ;
	if (!descriptor || !(descriptor->row.flags & right) || !transfer_kinds[descriptor->row.kind])
		return ROUTE_FORWARD;
	transfer->descriptor = descriptor;
	return transfer_kinds[descriptor->row.kind](transfer);
}

static bool buffer_valid(const struct route_buffer *buffer)
{
	return buffer->bytes <= TRANSFER_BYTES_MAX && buffer->address < USER_LIMIT &&
	       buffer->bytes <= USER_LIMIT - buffer->address;
}

/* One buffer: P1, P2. */
static int transfer_buffer(struct route_call *call, bool write, bool at_offset)
{
	struct transfer transfer = { .call = call, .write = write, .at_offset = at_offset };
	transfer.pieces[0] = (struct route_buffer){ call->parameters[1], call->parameters[2] };
	transfer.offset = call->parameters[3];
	transfer.bytes = call->parameters[2];
	transfer.count = 1;
	return buffer_valid(&transfer.pieces[0]) ? transfer_run(&transfer) : ROUTE_FORWARD;
}

/* Buffers named by an array of the guest's: P1, P2. */
static int transfer_vector(struct route_call *call, bool write, bool at_offset)
{
	struct transfer transfer = { .call = call, .write = write, .at_offset = at_offset };
	struct copy_side from = copy_side_space(call->thread->guest_aspace, call->parameters[1]);
	struct copy_side to = copy_side_kernel(transfer.pieces);
	uint64_t count = call->parameters[2], done = 0;
	transfer.offset = call->parameters[3];
	from.flags = TOUCH_NOFAULT;
	if (count > TRANSFER_PIECES)
		return ROUTE_FORWARD;
	status_code_t status = copy_run(&to, &from, count * sizeof transfer.pieces[0], &done);
	if (status)
		return ROUTE_FORWARD;
	for (; transfer.count < count; transfer.count++) {
		const struct route_buffer *piece = &transfer.pieces[transfer.count];
		transfer.bytes += piece->bytes;
		if (!buffer_valid(piece) || transfer.bytes > TRANSFER_BYTES_MAX)
			return ROUTE_FORWARD;
	}
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

int route_read_vector(struct route_call *call)
{
	return transfer_vector(call, false, false);
}

int route_write_vector(struct route_call *call)
{
	return transfer_vector(call, true, false);
}

int route_read_vector_at(struct route_call *call)
{
	return transfer_vector(call, false, true);
}

int route_write_vector_at(struct route_call *call)
{
	return transfer_vector(call, true, true);
}
