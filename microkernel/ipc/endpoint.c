/* SPDX-License-Identifier: MIT */
/*
 * Endpoint queues and the three message operations.
 *
 * What moves a message is in transfer.c. A call whose transfer fails ends with that error, whether it was queued or
 * met a waiting receiver; the receiver goes on waiting.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"
#include "ipc/notification.h"
#include "ipc/transfer.h"
#include "thread/thread.h"

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
	return list_empty(queue) ? NULL : list_entry(queue->next, struct thread, wait_link);
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
	object_free(object, sizeof(struct endpoint));
}

static void pair_up(struct thread *caller, struct thread *server)
{
	caller->server = server;
	server->serving = caller;
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

void endpoint_leave(struct thread *thread)
{
	struct thread *caller = thread->serving;
	if (caller)
		thread_wake(caller, STATUS_RESTART, 0);
	if (thread->server)
		thread->server->serving = NULL;
	thread->server = NULL;
}
