/* SPDX-License-Identifier: MIT */
/*
 * server: see server.h.
 *
 * Each turn answers the request in hand and waits for the next event in one kernel call. When that call fails with
 * the answer still unsent (a handle in the reply was bad), a bare status goes out instead, so that no caller hangs;
 * the kernel ignores that second answer when the first one had gone.
 */
#include "runtime/server.h"

#include <string.h>
#include "runtime/client.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

static status_t check_handle(handle_t handle, const struct server_handle *wanted)
{
	struct handle_info info;
	struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, handle.value & HANDLE_INDEX_MASK,
						  own_address(&info));

	if (result.status < 0 || info.handle != handle.value || info.kind != wanted->kind)
		return STATUS_BAD_HANDLE;
	return (info.rights & wanted->rights) == wanted->rights ? STATUS_OK : STATUS_DENIED;
}

status_t server_check_handles(const struct server_call *call, const struct server_handle *table)
{
	for (uint32_t i = 0; i < call->handle_count; i++) {
		status_code_t status = check_handle(call->handles[i], &table[i]);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

void server_settle_handles(struct server_call *call, status_code_t status)
{
	if (codec_has_answer(status))
		return;
	for (uint32_t i = 0; i < call->handle_count; i++)
		(void)k_handle_close(call->handles[i]);
	call->handle_count = 0;
}

void server_answer(struct server_call *call, status_code_t status)
{
	call->message = (struct message){ .words = { (uint64_t)(int64_t)status } };
}

/* Keeps the handles that came: the page is used again for the reply. */
static void take_handles(struct server_call *call)
{
	call->handle_count = MESSAGE_HANDLE_COUNT(call->message.tag);
	if (call->page == NULL || call->handle_count > MESSAGE_HANDLES)
		call->handle_count = 0;
	if (call->handle_count != 0)
		memcpy(call->handles, call->page->handles, call->handle_count * sizeof call->handles[0]);
}

static status_t receive(struct server_loop *loop, struct server_call *call)
{
	return ipc_receive(loop->endpoint, loop->notification, loop->deadline_ns, &call->message);
}

static bool is_event(status_code_t status)
{
	return status == STATUS_OK || status == STATUS_TIMED_OUT || status == STATUS_INTERRUPTED;
}

static status_t reply_and_receive(struct server_loop *loop, struct server_call *call)
{
	status_code_t status = ipc_reply_receive(loop->endpoint, loop->notification, loop->deadline_ns,
						 &call->message);

	if (is_event(status))
		return status;
	log_warning("a reply could not be sent: %s", status_name(status));
	server_answer(call, STATUS_CORRUPT);
	return ipc_reply_receive(loop->endpoint, loop->notification, loop->deadline_ns, &call->message);
}

/* True when a request was served, so that there is an answer to send. */
static bool handle_event(struct server_loop *loop, struct server_call *call, status_code_t status)
{
	if (status == STATUS_TIMED_OUT) {
		loop->deadline_ns = DEADLINE_NEVER;
		if (loop->expired != NULL)
			loop->expired(loop->context);
		return false;
	}
	if (status == STATUS_INTERRUPTED)
		return false;
	if (call->message.tag & MESSAGE_NOTIFIED) {
		if (loop->notified != NULL)
			loop->notified(loop->context, call->message.words[0]);
		return false;
	}
	take_handles(call);
	loop->serve(loop->context, call);
	return true;
}

status_t server_run(struct server_loop *loop)
{
	_Alignas(16) uint8_t scratch[MESSAGE_DATA_MAX];
	struct server_call call = { .page = thread_message_page(), .scratch = scratch };
	status_code_t status = receive(loop, &call);

	while (is_event(status)) {
		if (handle_event(loop, &call, status))
			status = reply_and_receive(loop, &call);
		else
			status = receive(loop, &call);
	}
	return status;
}
