/* SPDX-License-Identifier: MIT */
/*
 * The calls of a report. A call that has not ended is the one in which the thread stopped.
 */
#include "report/history.h"

#include "calls/calls.h"
#include "calls/trace.h"
#include "process/thread.h"

static void report_call(struct report *report, const struct trace_call *call)
{
	struct trace_told told = trace_tell(call);
	char text[REPORT_TEXT_MAX + 1];
	(void)call_format(text, sizeof(text), told.number, told.arguments, told.result);
	line_begin(report, "call");
	line_time(report, "time", told.time_ns);
	line_field(report, "routed", told.routed < TRACE_ROUTED_MAX ? "%u" : "%u+", told.routed);
	line_text(report, "text", text);
	line_end(report);
}

void report_history(struct report *report, const struct thread *self)
{
	const struct trace_ring *ring = &self->trace;
	uint32_t count = ring->next < TRACE_CALLS ? ring->next : TRACE_CALLS;
	for (uint32_t i = ring->next - count; i != ring->next; i++)
		report_call(report, &ring->calls[i % TRACE_CALLS]);
	line_begin(report, "tail");
	line_field(report, "routed", "%u", (uint32_t)self->guest.routed_calls - ring->routed);
	line_end(report);
}
