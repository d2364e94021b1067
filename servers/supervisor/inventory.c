/* SPDX-License-Identifier: MIT */
/*
 * inventory: see inventory.h. The supervisor counts as a program before all others: the first in the list.
 */
#include "inventory.h"

#include <string.h>
#include "runtime/kernel.h"
#include "runtime/server.h"
#include "supervisor_protocol.h"

struct supervisor_context {
	const struct programs *programs;
};

_Static_assert(MANIFEST_PROGRAMS < SUPERVISOR_PROGRAMS_MAX, "one list holds all programs and the supervisor");
_Static_assert(MANIFEST_NAME == SUPERVISOR_NAME_BYTES, "names go out whole");

/* The number of the object behind a handle of our own; 0: there is none. */
static uint64_t object_of(handle_t handle)
{
	struct handle_info info;
	struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, handle.value & HANDLE_INDEX_MASK,
						  own_address(&info));

	return handle.value != 0 && result.status >= 0 ? info.object_id : 0;
}

static struct account_info account_of(handle_t account)
{
	struct account_info info = { 0 };

	if (account.value != 0)
		(void)k_account_info(account, own_address(&info));
	return info;
}

/* What the kernel counts for a program that runs. */
static void fill_usage(struct supervisor_program *out, handle_t domain, handle_t account)
{
	struct domain_status status = { 0 };
	struct account_info info = account_of(account);

	(void)k_domain_status(domain, own_address(&status));
	out->messages = status.messages;
	out->time_ns = status.time_ns;
	out->frames = info.frames;
	out->frames_limit = info.limits.frames;
}

static void fill_program(struct supervisor_program *out, const char *name, const struct program *program)
{
	*out = (struct supervisor_program){ .domain = object_of(program->domain),
					    .started = program->started_ns };
	strcpy(out->name, name);
	if (program->ended)
		out->state = SUPERVISOR_STATE_ENDED;
	else
		out->state = out->domain != 0 ? SUPERVISOR_STATE_RUNNING : SUPERVISOR_STATE_ABSENT;
	if (out->state == SUPERVISOR_STATE_RUNNING)
		fill_usage(out, program->domain, program->account);
}

/* What the programs' accounts have of the root's frames: no less than was guaranteed to them. */
static uint64_t frames_of_programs(const struct programs *programs)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < programs->count; i++) {
		struct account_info info = account_of(programs->list[i].account);

		sum += info.frames > info.limits.guaranteed ? info.frames : info.limits.guaranteed;
	}
	return sum;
}

status_t supervisor_on_list_programs(struct supervisor_context *context, uint64_t badge,
				     struct supervisor_list_programs_reply *reply)
{
	const struct programs *programs = context->programs;
	const struct program self = { .domain = HANDLE_SELF_DOMAIN, .account = HANDLE_ROOT_ACCOUNT };

	(void)badge;
	fill_program(&reply->programs[reply->programs_count++], MANIFEST_SUPERVISOR, &self);
	reply->programs[0].frames -= frames_of_programs(programs);
	for (uint32_t i = 0; i < programs->count; i++) {
		const struct program *program = &programs->list[i];

		fill_program(&reply->programs[reply->programs_count++], program->manifest->name, program);
	}
	return STATUS_OK;
}

/* Our handle of a running program's domain. */
static handle_t find_domain(const struct programs *programs, uint64_t object)
{
	if (object == 0)
		return HANDLE_NONE;
	if (object == object_of(HANDLE_SELF_DOMAIN))
		return HANDLE_SELF_DOMAIN;
	for (uint32_t i = 0; i < programs->count; i++) {
		if (object_of(programs->list[i].domain) == object)
			return programs->list[i].domain;
	}
	return HANDLE_NONE;
}

status_t supervisor_on_list_handles(struct supervisor_context *context, uint64_t badge,
				    const struct supervisor_list_handles_request *request,
				    struct supervisor_list_handles_reply *reply)
{
	handle_t domain = find_domain(context->programs, request->domain);
	uint32_t index = request->index;

	(void)badge;
	if (domain.value == 0)
		return STATUS_NOT_FOUND;
	while (reply->handles_count < SUPERVISOR_HANDLES_MAX) {
		struct handle_info info;
		struct call_result result = k_handle_info(domain, index, own_address(&info));

		if (result.status == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (result.status < 0)
			return call_status(result);
		index = (uint32_t)result.value;
		reply->handles[reply->handles_count++] = (struct supervisor_entry){
			.kind = info.kind,
			.rights = info.rights,
			.origin = info.origin,
			.handle = info.handle,
			.badge = info.badge,
			.object = info.object_id,
			.first = info.detail[0],
			.second = info.detail[1],
		};
	}
	reply->next = index;
	return STATUS_OK;
}

void inventory_serve(const struct programs *programs, struct server_call *call)
{
	struct supervisor_context context = { .programs = programs };

	supervisor_dispatch(&context, call);
}
