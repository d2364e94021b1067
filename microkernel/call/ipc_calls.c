/* SPDX-License-Identifier: MIT */
/*
 * The four message calls (registers in, endpoint operations out), and endpoints, notifications and timers.
 */
#include "call/call.h"
#include "ipc/endpoint.h"
#include "ipc/timer.h"

struct call_result kcall_ipc_call(struct thread *self, handle_t endpoint, uint64_t tag)
{
	status_code_t status;
	struct endpoint *target = call_lookup(self, endpoint, KIND_ENDPOINT, RIGHT_WRITE, &status);
	if (!target)
		return call_error(status);
	return call_error(endpoint_call(self, target, tag, handle_slot_of(self->domain, endpoint)->badge));
}

/* What a receiving call waits on. */
struct wait_set {
	struct endpoint *endpoint;
	struct notification *notification;
};

static status_t wait_set_find(struct thread *self, handle_t endpoint, struct wait_set *set)
{
	status_code_t status = STATUS_OK;
	handle_t notification = { (uint32_t)self->frame.r15 };
	*set = (struct wait_set){ 0 };
	if (endpoint.value)
		set->endpoint = call_lookup(self, endpoint, KIND_ENDPOINT, RIGHT_READ, &status);
	if (!status && notification.value)
		set->notification = call_lookup(self, notification, KIND_NOTIFICATION, RIGHT_READ, &status);
	return status;
}

/* The tag is of the message that comes. */
struct call_result kcall_ipc_receive(struct thread *self, handle_t endpoint, uint64_t tag)
{
	struct wait_set set;
	status_code_t status = wait_set_find(self, endpoint, &set);
	if (status)
		return call_error(status);
	return call_error(endpoint_receive(self, set.endpoint, set.notification, self->frame.rbp));
}

/* The reply right is the thread's own, the endpoint does not matter. */
struct call_result kcall_ipc_reply(struct thread *self, handle_t endpoint, uint64_t tag)
{
	return call_error(endpoint_reply(self, tag));
}

/* A reply whose caller is gone, or has no room for it, is done with; a malformed one is the server's to mend. */
struct call_result kcall_ipc_reply_receive(struct thread *self, handle_t endpoint, uint64_t tag)
{
	struct wait_set set;
	status_code_t status = wait_set_find(self, endpoint, &set);
	if (status)
		return call_error(status);
	status = endpoint_reply(self, tag);
	if (status && self->serving)
		return call_error(status);
	if (status && status != STATUS_CANCELLED && status != STATUS_LIMIT && status != STATUS_NOT_SUPPORTED)
		return call_error(status);
	/* Looked up anew: a handle that moved with the reply may have been one of these. */
	return kcall_ipc_receive(self, endpoint, tag);
}

struct call_result kcall_endpoint_create(struct thread *self, struct account *account)
{
	return call_created(self, endpoint_create(account));
}

struct call_result kcall_notification_create(struct thread *self, struct account *account)
{
	return call_created(self, notification_create(account));
}

struct call_result kcall_notification_signal(struct thread *self, handle_t notification, uint64_t bits)
{
	status_code_t status;
	struct notification *target = call_lookup(self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
						  &status);
	if (!target)
		return call_error(status);
	uint64_t badge = handle_slot_of(self->domain, notification)->badge;
	notification_signal(target, badge ? badge : bits);
	return call_ok(0);
}

struct call_result kcall_timer_create(struct thread *self, struct account *account,
				      struct notification *notification, uint64_t bits)
{
	return call_created(self, timer_create(account, notification, bits));
}

struct call_result kcall_timer_set(struct thread *self, struct timer *timer, uint64_t deadline_ns,
				   uint64_t period_ns)
{
	return call_ok(timer_set(timer, deadline_ns, period_ns));
}
