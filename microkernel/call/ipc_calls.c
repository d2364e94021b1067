/* SPDX-License-Identifier: MIT */
/*
 * The four message calls: registers in, endpoint operations (ipc/endpoint.h) out.
 */
#include "call/lookup.h"
#include "ipc/endpoint.h"
#include "ipc/notification.h"

struct call_result kcall_ipc_call(struct thread *self, handle_t endpoint, uint64_t tag)
{
	status_code_t status;
	struct endpoint *target = LOOKUP(endpoint, self, endpoint, KIND_ENDPOINT, RIGHT_WRITE, &status);
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
	if (endpoint.value) {
		set->endpoint = LOOKUP(endpoint, self, endpoint, KIND_ENDPOINT, RIGHT_READ, &status);
		if (status)
			return status;
	}
	if (notification.value)
		set->notification = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_READ,
					   &status);
	return status;
}

static struct call_result receive(struct thread *self, const struct wait_set *set)
{
	return call_error(endpoint_receive(self, set->endpoint, set->notification, self->frame.rbp));
}

struct call_result kcall_ipc_receive(struct thread *self, handle_t endpoint, uint64_t tag)
{
	(void)tag; /* of the message that comes */
	struct wait_set set;
	status_code_t status = wait_set_find(self, endpoint, &set);
	return status ? call_error(status) : receive(self, &set);
}

struct call_result kcall_ipc_reply(struct thread *self, handle_t endpoint, uint64_t tag)
{
	(void)endpoint; /* the reply right is the thread's own */
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
	/* A handle that moved with the reply may have been one of these. */
	status = wait_set_find(self, endpoint, &set);
	return status ? call_error(status) : receive(self, &set);
}
