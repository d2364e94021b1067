/* SPDX-License-Identifier: MIT */
/*
 * Sets of what may be ready: the personality's findings, handed out again while nothing made them untrue (abi/route.h).
 *
 * Nothing is changed. The answers are taken together before the version is looked at again, and only then given.
 */
#include "memory/aspace.h"
#include "route/transfer.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define ROOM_MAX 65536u /* for answers; more is forwarded */

static bool entry_holds(const struct thread *thread, const struct route_set_entry *entry)
{
	const uint64_t *word = route_block(thread, entry->word, sizeof *word);
	return word && __atomic_load_n(word, __ATOMIC_ACQUIRE) == entry->value;
}

/* The answers of all entries, one behind the other; false: not all are true. */
static bool gather(const struct thread *thread, const struct route_set *set, uint32_t count, uint32_t bytes,
		   char *answers)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!entry_holds(thread, &set->entries[i]))
			return false;
		memcpy(answers + i * bytes, set->entries[i].answer, bytes);
	}
	return true;
}

static const struct route_set *set_find(const struct route_call *call)
{
	const struct descriptor *descriptor = descriptor_find(call->thread, call->parameters[0]);
	if (!descriptor || descriptor->row.kind != DESCRIPTOR_SET)
		return NULL;
	return route_block(call->thread, descriptor->row.block, sizeof(struct route_set));
}

int route_ready(struct route_call *call)
{
	const struct route_set *set = set_find(call);
	uint64_t address = call->parameters[1];
	uint32_t room = (uint32_t)call->parameters[2];
	char answers[ROUTE_SET_ENTRIES * ROUTE_SET_ANSWER];
	if (!set || !room || room > ROOM_MAX)
		return ROUTE_FORWARD;
	uint32_t version = __atomic_load_n(&set->version, __ATOMIC_ACQUIRE);
	uint32_t count = set->count, bytes = set->answer_bytes;
	if (!version || count > ROUTE_SET_ENTRIES || bytes > ROUTE_SET_ANSWER || count > room)
		return ROUTE_FORWARD;
	if ((!count && call->parameters[3]) || address >= USER_LIMIT || room * bytes > USER_LIMIT - address)
		return ROUTE_FORWARD;
	if (!gather(call->thread, set, count, bytes, answers) ||
	    __atomic_load_n(&set->version, __ATOMIC_ACQUIRE) != version)
		return ROUTE_FORWARD;
	call->value = count;
	return !count || transfer_answer(call, address, answers, count * bytes) ? ROUTE_DONE : ROUTE_FORWARD;
}
