/* SPDX-License-Identifier: MIT */
/*
 * Operations that answer a word: who the thread is, or a constant. The entry code answers most calls of the first kind
 * itself (domain->route_words); here is what it does when a number has several rows.
 */
#include "route/route.h"

#include "thread/thread.h"

int route_value(struct route_call *call)
{
	call->value = call->thread->record->route_words[call->parameters[0]];
	return ROUTE_DONE;
}

int route_answer(struct route_call *call)
{
	(void)call;
	return ROUTE_DONE;
}
