/* SPDX-License-Identifier: MIT */
/*
 * Messages: their transfer from thread to thread, endpoint queues, and notifications.
 *
 * A transfer checks both sides, then moves. The handle values are read from the sender's page once, into handles[]; the
 * domain they come from may write that page at any time. Moving into the receiver's table happens before the sender's
 * slots close, so an endpoint whose only receive right travels does not end.
 *
 * A call whose transfer fails ends with that error, whether it was queued or met a waiting receiver; the receiver goes
 * on waiting.
 */
#include "arch/x86_64/cpu.h"
#include "debug/event.h"
#include "ipc/endpoint.h"
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

/* May this thread send a message with this tag? INVALID, BAD_HANDLE, DENIED. */
static status_t message_check(struct thread *sender, uint64_t tag)
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

/* Move a message; the sender's part was checked, but other threads of its domain may have changed page and table since.
   LIMIT: no room in the receiver's table; NOT_SUPPORTED: the receiver has no message page. Status, badge and tag are put
   into the receiver's frame as ipc_receive or ipc_call answer them. */
static status_t message_transfer(struct thread *sender, struct thread *receiver, uint64_t tag, uint64_t badge)
{
	handle_t handles[MESSAGE_HANDLES];
	unsigned bytes = MESSAGE_BYTES(tag), count = MESSAGE_HANDLE_COUNT(tag);
	status_code_t status = message_decode(sender, tag, handles);
	if (status)
		return status;
	if ((bytes || count) && !receiver->message_page)
		return STATUS_NOT_SUPPORTED;
	if (count && handle_reserve(receiver->domain, count))
		return domain_lives(receiver->domain) ? STATUS_LIMIT : STATUS_RESTART;
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

/* The frame of a receiver when a notification ended its wait. */
static void message_notified(struct thread *receiver, uint64_t bits)
{
	receiver->frame.rax = STATUS_OK;
	receiver->frame.rdi = 0;
	receiver->frame.rsi = MESSAGE_NOTIFIED;
	receiver->frame.rdx = bits;
}

struct notification *notification_create(struct account *account)
{
	struct notification *notification = object_allocate(KIND_NOTIFICATION, sizeof(*notification),
							    account);
	if (!notification)
		return NULL;
	list_init(&notification->waiters);
	list_init(&notification->throttled);
	notification->dirty_soft = notification->dirty_hard = UINT64_MAX;
	return notification;
}

/* Handles can all be closed while another thread of their domain still waits. */
void notification_destroy(struct object *object)
{
	struct notification *notification = (struct notification *)object;
	struct thread *waiter;
	while ((waiter = list_first(&notification->waiters, struct thread, notify_link)))
		thread_wake(waiter, STATUS_CANCELLED, 0);
	object_free(object);
}

void notification_signal(struct notification *notification, uint64_t bits)
{
	struct thread *waiter = list_first(&notification->waiters, struct thread, notify_link);
	notification->bits |= bits;
	if (!notification->bits || !waiter)
		return;
	message_notified(waiter, notification->bits);
	notification->bits = 0;
	thread_wake_answered(waiter);
}

struct endpoint *endpoint_create(struct account *account)
{
	struct endpoint *endpoint = object_allocate(KIND_ENDPOINT, sizeof(*endpoint), account);
	if (!endpoint)
		return NULL;
	list_init(&endpoint->callers);
	list_init(&endpoint->receivers);
	return endpoint;
}

static struct thread *first_waiting(struct list_node *queue)
{
	return list_first(queue, struct thread, wait_link);
}

void endpoint_close(struct endpoint *endpoint)
{
	struct thread *thread;
	while ((thread = first_waiting(&endpoint->callers)))
		thread_wake(thread, STATUS_RESTART, 0);
	while ((thread = first_waiting(&endpoint->receivers)))
		thread_wake(thread, STATUS_CANCELLED, 0);
}

void endpoint_destroy(struct object *object)
{
	endpoint_close((struct endpoint *)object);
	object_free(object);
}

static void pair_up(struct thread *caller, struct thread *server)
{
	caller->server = server;
	server->serving = caller;
	server->cause = caller->cause;
	server->domain->status.messages++;
}

status_t endpoint_call(struct thread *caller, struct endpoint *endpoint, uint64_t tag, uint64_t badge)
{
	if (!endpoint->receive_rights)
		return STATUS_RESTART;
	caller->interruptible = (tag & MESSAGE_INTERRUPTIBLE) != 0;
	caller->killable = true;
	struct thread *server = thread_wait_ended(caller) ? NULL : first_waiting(&endpoint->receivers);
	status_code_t status = server ? message_transfer(caller, server, tag, badge)
				      : message_check(caller, tag);
	if (status)
		return status;
	event_record(EVENT_CALL, endpoint->object.id, tag);
	if (server) {
		thread_wake_answered(server);
		pair_up(caller, server);
		thread_block(caller, WAIT_REPLY, DEADLINE_NEVER, false);
		return STATUS_PENDING;
	}
	caller->message_tag = tag;
	caller->message_badge = badge;
	list_append(&endpoint->callers, &caller->wait_link);
	thread_block(caller, WAIT_CALL_QUEUED, DEADLINE_NEVER, false);
	return STATUS_PENDING;
}

status_t endpoint_reply(struct thread *server, uint64_t tag)
{
	status_code_t status = message_check(server, tag);
	if (status)
		return status;
	struct thread *caller = server->serving;
	if (!caller)
		return STATUS_CANCELLED;
	status = message_transfer(server, caller, tag, 0);
	event_record(EVENT_REPLY, caller->object.id, tag);
	server->cause = 0;
	if (status)
		thread_wake(caller, status, 0);
	else
		thread_wake_answered(caller);
	return status;
}

/* Take the first queued call that can be delivered; those that cannot end with their error. */
static bool take_queued_call(struct thread *server, struct endpoint *endpoint)
{
	struct thread *caller;
	while ((caller = first_waiting(&endpoint->callers))) {
		status_code_t status = message_transfer(caller, server, caller->message_tag,
							caller->message_badge);
		if (status) {
			thread_wake(caller, status, 0);
			continue;
		}
		list_remove(&caller->wait_link);
		caller->wait = WAIT_REPLY;
		pair_up(caller, server);
		return true;
	}
	return false;
}

status_t endpoint_receive(struct thread *server, struct endpoint *endpoint, struct notification *notification,
			  uint64_t deadline_ns)
{
	if (server->serving)
		thread_wake(server->serving, STATUS_CANCELLED, 0);
	if (notification && notification->bits) {
		message_notified(server, notification->bits);
		notification->bits = 0;
		return STATUS_PENDING;
	}
	if (endpoint && take_queued_call(server, endpoint))
		return STATUS_PENDING;
	if (deadline_ns != DEADLINE_NEVER && deadline_ns <= clock_now_ns())
		return STATUS_TIMED_OUT;
	if (endpoint)
		list_append(&endpoint->receivers, &server->wait_link);
	if (notification)
		list_append(&notification->waiters, &server->notify_link);
	server->interruptible = server->killable = true;
	thread_block(server, WAIT_RECEIVE, deadline_ns, false);
	return STATUS_PENDING;
}
