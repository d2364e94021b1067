/* SPDX-License-Identifier: MIT */
/*
 * Message transfer: check both sides, then move.
 *
 * The handle values are read from the sender's page once, into handles[]; the domain they come from may write that
 * page at any time. Moving into the receiver's table happens before the sender's slots close, so an endpoint whose
 * only receive right travels does not end.
 */
#include "ipc/transfer.h"
#include "object/domain.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define TAG_MEANING_BITS (0x71fffffffull | MESSAGE_INTERRUPTIBLE)

static status_t handles_check(struct domain *domain, const handle_t *handles, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		status_code_t status;
		if (!handle_lookup(domain, handles[i], KIND_NONE, RIGHT_TRANSFER, &status))
			return status;
		for (unsigned j = 0; j < i; j++)
			if (handles[j].value == handles[i].value)
				return STATUS_INVALID;
	}
	return STATUS_OK;
}

static status_t message_decode(struct thread *sender, uint64_t tag, handle_t handles[MESSAGE_HANDLES])
{
	unsigned count = MESSAGE_HANDLE_COUNT(tag);
	if ((tag & ~TAG_MEANING_BITS) || MESSAGE_BYTES(tag) > MESSAGE_DATA_MAX || count > MESSAGE_HANDLES)
		return STATUS_INVALID;
	if (!count)
		return MESSAGE_BYTES(tag) && !sender->message_page ? STATUS_INVALID : STATUS_OK;
	if (!sender->message_page)
		return STATUS_INVALID;
	const volatile handle_t *page = sender->message_page->handles;
	for (unsigned i = 0; i < count; i++)
		handles[i].value = page[i].value;
	return handles_check(sender->domain, handles, count);
}

status_t message_check(struct thread *sender, uint64_t tag)
{
	handle_t handles[MESSAGE_HANDLES];
	return message_decode(sender, tag, handles);
}

/* Room was reserved, so inserting cannot fail. */
static void handles_move(struct thread *sender, struct thread *receiver, const handle_t *handles,
			 unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct handle_slot slot = *handle_slot_of(sender->domain, handles[i]);
		handle_t moved = HANDLE_NONE;
		if (!handle_insert(receiver->domain, slot.object, slot.rights, slot.badge, ORIGIN_RECEIVED,
				   &moved))
			(void)!handle_close(sender->domain, handles[i]);
		receiver->message_page->handles[i] = moved;
	}
}

static void words_move(const struct trap_frame *from, struct trap_frame *to)
{
	to->rdx = from->rdx;
	to->r10 = from->r10;
	to->r8 = from->r8;
	to->r9 = from->r9;
	to->rbx = from->rbx;
	to->r12 = from->r12;
	to->r13 = from->r13;
	to->r14 = from->r14;
}

status_t message_transfer(struct thread *sender, struct thread *receiver, uint64_t tag, uint64_t badge)
{
	handle_t handles[MESSAGE_HANDLES];
	unsigned bytes = MESSAGE_BYTES(tag), count = MESSAGE_HANDLE_COUNT(tag);
	status_code_t status = message_decode(sender, tag, handles);
	if (status)
		return status;
	if ((bytes || count) && !receiver->message_page)
		return STATUS_NOT_SUPPORTED;
	if (count && handle_reserve(receiver->domain, count))
		return STATUS_LIMIT;
	if (bytes)
		memcpy(receiver->message_page->data, sender->message_page->data, bytes);
	if (count)
		handles_move(sender, receiver, handles, count);
	words_move(&sender->frame, &receiver->frame);
	receiver->frame.rdi = badge;
	receiver->frame.rsi = tag & ~MESSAGE_INTERRUPTIBLE;
	receiver->frame.rax = STATUS_OK;
	return STATUS_OK;
}

void message_notified(struct thread *receiver, uint64_t bits)
{
	receiver->frame.rax = STATUS_OK;
	receiver->frame.rdi = 0;
	receiver->frame.rsi = MESSAGE_NOTIFIED;
	receiver->frame.rdx = bits;
}
