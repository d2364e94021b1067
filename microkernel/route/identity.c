/* SPDX-License-Identifier: MIT */
/*
 * Operations that answer a word: who the thread is, or a constant.
 */
#include "route/route.h"

#include "thread/thread.h"

int route_value(struct route_call *call)
{
	uint64_t word = call->parameters[0];
	const struct guest_record *record = call->thread->record;
	if (word < ROUTE_THREAD_WORDS) {
		call->value = record->route_words[word];
		return ROUTE_DONE;
	}
	const struct route_group *group = route_block(call->thread, record->route_group, sizeof *group);
	if (!group || word >= ROUTE_WORDS)
		return ROUTE_FORWARD;
	call->value = group->words[word - ROUTE_THREAD_WORDS];
	return ROUTE_DONE;
}

int route_answer(struct route_call *call)
{
	(void)call;
	return ROUTE_DONE;
}
