/* SPDX-License-Identifier: MIT */
/*
 * The copy engine: the only code in the kernel that turns a foreign address into bytes.
 *
 * For each piece both sides are looked up without faults; what is missing is resolved and both are looked up again, since
 * resolving one side may take the other's page away (the same object copied on write). Piece ends are page ends.
 */
#include "memory/aspace.h"

#include "abi/calls.h"
#include "structure/bytes.h"
#include "thread/thread.h"
#include "thread/work.h"

#define RESOLVE_TRIES 8u

static bool is_kernel(const struct copy_side *side)
{
	return !side->aspace && !side->object;
}

/* The byte at `at` when it can be touched as it is, else NULL. */
static void *peek(const struct copy_side *side, uint64_t at, bool write)
{
	uint64_t address = side->address + at;
	if (is_kernel(side))
		return (void *)(uintptr_t)address;
	if (side->aspace)
		return aspace_byte(side->aspace, address, write ? PROT_BIT_WRITE : PROT_BIT_READ,
				   side->flags);
	char *page = object_page_peek(side->object, address >> PAGE_SHIFT, write);
	return page ? page + (address & (PAGE_SIZE - 1)) : NULL;
}

/* What a space's failure looks like to somebody who copies: no more than a bad address, unless waiting helps. */
static status_t space_error(status_code_t status)
{
	bool known = !status || status == STATUS_PENDING || status == STATUS_WOULD_BLOCK ||
		     status == STATUS_NO_MEMORY;
	return known ? status : STATUS_BAD_ADDRESS;
}

static status_t touch(const struct copy_side *side, uint64_t address, bool write)
{
	uint64_t slot;
	uint32_t reason;
	if (side->aspace)
		return space_error(aspace_touch(side->aspace, address, write ? PROT_BIT_WRITE : PROT_BIT_READ,
						side->flags, &reason));
	if (side->object->type == MEMORY_PHYSICAL)
		return STATUS_NOT_SUPPORTED;
	uint32_t how = (side->flags & TOUCH_NOWAIT ? PAGE_NOWAIT : 0) | (write ? PAGE_FOR_WRITE : 0);
	return object_page(side->object, address >> PAGE_SHIFT, how, &slot);
}

static status_t resolve(const struct copy_side *side, uint64_t at, bool write)
{
	if (side->flags & TOUCH_NOFAULT)
		return STATUS_WOULD_BLOCK;
	status_code_t status = touch(side, side->address + at, write);
	bool waits = status == STATUS_NO_MEMORY && !(side->flags & TOUCH_NOWAIT);
	return waits ? thread_wait_memory() : status;
}

static uint64_t left_in_page(const struct copy_side *side, uint64_t at)
{
	return is_kernel(side) ? UINT64_MAX : PAGE_SIZE - ((side->address + at) & (PAGE_SIZE - 1));
}

/* Bytes that can be copied in one go. */
struct piece {
	void *write;
	const void *read;
	uint64_t bytes;
};

/* The piece at `at`, of at most `bytes`, both sides faulted in as needed. */
static status_t find_piece(const struct copy_side *to, const struct copy_side *from, uint64_t at,
			   uint64_t bytes, struct piece *piece)
{
	piece->bytes = least(bytes, least(left_in_page(to, at), left_in_page(from, at)));
	for (unsigned i = 0; i < RESOLVE_TRIES; i++) {
		piece->read = peek(from, at, false);
		piece->write = piece->read ? peek(to, at, true) : NULL;
		if (piece->write)
			return STATUS_OK;
		status_code_t status = piece->read ? resolve(to, at, true) : resolve(from, at, false);
		if (status)
			return status;
	}
	return STATUS_BAD_ADDRESS; /* a mapping of device memory is never there for a copy */
}

status_t copy_run(const struct copy_side *to, const struct copy_side *from, uint64_t bytes, uint64_t *done)
{
	while (*done < bytes) {
		struct piece piece;
		status_code_t status = find_piece(to, from, *done, bytes - *done, &piece);
		if (status)
			return status;
		memmove(piece.write, piece.read, piece.bytes);
		*done += piece.bytes;
		/* Blocks of arguments are copied whole. */
		if (work_spent((unsigned)(piece.bytes / WORK_OF_PAGE)) && *done < bytes && !is_kernel(to) &&
		    !is_kernel(from))
			return work_stop();
	}
	return STATUS_OK;
}

status_t copy_in(struct aspace *aspace, void *destination, uaddr_t source, size_t bytes)
{
	struct copy_side from = copy_side_space(aspace, source.value), to = copy_side_kernel(destination);
	uint64_t done = 0;
	return copy_run(&to, &from, bytes, &done);
}

status_t copy_out(struct aspace *aspace, uaddr_t destination, const void *source, size_t bytes)
{
	struct copy_side to = copy_side_space(aspace, destination.value), from = copy_side_kernel(source);
	uint64_t done = 0;
	return copy_run(&to, &from, bytes, &done);
}

/* Bytes before a NUL, at most `max`. */
static uint64_t string_length(const char *text, uint64_t max)
{
	uint64_t length = 0;
	while (length < max && text[length])
		length++;
	return length;
}

status_t copy_string(const struct copy_side *to, const struct copy_side *from, uint64_t max, uint64_t *length)
{
	struct piece piece;
	for (uint64_t done = 0; done < max; done += piece.bytes) {
		status_code_t status = find_piece(to, from, done, max - done, &piece);
		if (status)
			return status;
		uint64_t text = string_length(piece.read, piece.bytes);
		memmove(piece.write, piece.read, least(text + 1, piece.bytes));
		*length = done + text;
		if (text < piece.bytes)
			return STATUS_OK;
	}
	return STATUS_TOO_BIG;
}

/* What lies on one page of each side, when both are there. */
static bool piece_present(const struct thread *self, uint64_t guest, uint64_t own, bool to_guest,
			  struct piece *piece)
{
	char *theirs = page_byte(self->guest_root, guest, to_guest ? PTE_WRITE : 0);
	char *ours = theirs ? page_byte(self->native_root, own, to_guest ? 0 : PTE_WRITE) : NULL;
	piece->write = to_guest ? theirs : ours;
	piece->read = to_guest ? ours : theirs;
	piece->bytes = least(PAGE_SIZE - (guest & (PAGE_SIZE - 1)), PAGE_SIZE - (own & (PAGE_SIZE - 1)));
	return ours;
}

/* Bytes up to the NUL and with it; 0: there is none in `bytes`. */
static uint64_t string_move(char *to, const char *from, uint64_t bytes)
{
	typedef uint64_t __attribute__((may_alias, aligned(1))) word_t;
	const uint64_t ones = UINT64_MAX / 0xff;
	uint64_t done = 0, word;
	for (; done + sizeof word <= bytes; done += sizeof word) {
		word = *(const word_t *)(from + done);
		if ((word - ones) & ~word & ones << 7)
			break;
		*(word_t *)(to + done) = word;
	}
	for (; done < bytes; done++) {
		to[done] = from[done];
		if (!to[done])
			return done + 1;
	}
	return 0;
}

static bool string_at_once(struct thread *self)
{
	struct trap_frame *frame = &self->frame;
	struct piece piece;
	if (!piece_present(self, frame->rdi, frame->rsi, false, &piece))
		return false;
	uint64_t bytes = string_move(piece.write, piece.read, least(piece.bytes, frame->rdx));
	if (!bytes)
		return false;
	frame->rax = STATUS_OK;
	frame->rdx = bytes - 1;
	return true;
}

bool copy_at_once(struct thread *self)
{
	struct trap_frame *frame = &self->frame;
	struct piece piece;
	if (!self->guest_root)
		return false;
	if (frame->rax == CALL_guest_copy_string)
		return string_at_once(self);
	if (frame->rax != CALL_guest_copy_piece || frame->rdi || frame->r8 & ~(uint64_t)COPY_TO_GUEST ||
	    frame->r10 > PAGE_SIZE)
		return false;
	for (uint64_t done = 0; done < frame->r10; done += piece.bytes) {
		if (!piece_present(self, frame->rsi + done, frame->rdx + done, frame->r8, &piece))
			return false;
		piece.bytes = least(piece.bytes, frame->r10 - done);
		memcpy(piece.write, piece.read, piece.bytes);
	}
	frame->rax = STATUS_OK;
	frame->rdx = frame->r10;
	return true;
}

status_t copy_compare_exchange(struct aspace *aspace, uint64_t address, uint32_t expected, uint32_t desired,
			       uint32_t *old)
{
	struct copy_side word = copy_side_space(aspace, address);
	if (address & (sizeof *old - 1))
		return STATUS_INVALID;
	uint32_t *place = peek(&word, 0, true);
	status_code_t status = place ? STATUS_OK : resolve(&word, 0, true);
	if (status)
		return status;
	if (!place)
		place = peek(&word, 0, true);
	if (!place)
		return STATUS_BAD_ADDRESS;
	__atomic_compare_exchange_n(place, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	*old = expected;
	return STATUS_OK;
}
