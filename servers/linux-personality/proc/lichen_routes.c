/* SPDX-License-Identifier: MIT */
/*
 * /proc/lichen/routes: which operations of the kernel answer which calls. /proc/lichen/calls: how many calls it answered and how many
 * were forwarded, of all processes since the start and of each that is there. Ended threads count; a thread's forwarded calls
 * are counted in 32 bits.
 */
#include <string.h>
#include "calls/calls.h"
#include "proc/global_nodes.h"
#include "proc/process_nodes.h"
#include "process/usage.h"
#include "route/routes.h"

#define NAME_WIDTH 16
#define ROWS_WIDTH 6
#define ID_WIDTH 8
#define COUNT_WIDTH 11

static const char *const operation_names[ROUTE_OPERATION_COUNT] = {
	[ROUTE_VALUE] = "value",
	[ROUTE_ANSWER] = "answer",
	[ROUTE_READ] = "read",
	[ROUTE_WRITE] = "write",
	[ROUTE_READ_AT] = "read-at",
	[ROUTE_WRITE_AT] = "write-at",
	[ROUTE_READ_VECTOR] = "read-vector",
	[ROUTE_WRITE_VECTOR] = "write-vector",
	[ROUTE_READ_VECTOR_AT] = "read-vector-at",
	[ROUTE_WRITE_VECTOR_AT] = "write-vector-at",
	[ROUTE_SEEK] = "seek",
	[ROUTE_IMAGE] = "image",
	[ROUTE_READY] = "ready",
	[ROUTE_POLL] = "poll",
	[ROUTE_WAIT] = "wait",
	[ROUTE_WAKE] = "wake",
	[ROUTE_SLEEP] = "sleep",
	[ROUTE_CLOCK] = "clock",
	[ROUTE_CLOCK_SECONDS] = "clock-seconds",
	[ROUTE_YIELD] = "yield",
	[ROUTE_MASK] = "mask",
	[ROUTE_ACTION] = "action",
	[ROUTE_MAP] = "map",
	[ROUTE_UNMAP] = "unmap",
	[ROUTE_PROTECT] = "protect",
	[ROUTE_BREAK] = "break",
};

/* The rows of both tables, one after the other; NULL behind the last. */
static const struct route *row_at(size_t index)
{
	if (index < route_row_count)
		return &route_rows[index];
	index -= route_row_count;
	return index < route_wait_row_count ? &route_wait_rows[index] : NULL;
}

static size_t count_rows(unsigned operation)
{
	size_t count = 0;
	const struct route *row;
	for (size_t i = 0; (row = row_at(i)); i++)
		count += row->operation == operation;
	return count;
}

/* The calls that rows of the operation answer, each once: rows of a number lie side by side. */
static void show_calls_of(struct text *out, unsigned operation)
{
	uint32_t last = UINT32_MAX;
	const struct route *row;
	for (size_t i = 0; (row = row_at(i)); i++) {
		if (row->operation != operation || row->number == last)
			continue;
		text_string(out, last == UINT32_MAX ? "" : " ");
		text_string(out, call_rows[row->number].name);
		last = row->number;
	}
}

int show_routes(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "operation       state rows  calls\n");
	for (unsigned operation = 0; operation < ROUTE_OPERATION_COUNT; operation++) {
		size_t rows = count_rows(operation);
		if (!rows)
			continue;
		text_string_left(out, operation_names[operation], NAME_WIDTH);
		text_string(out, routes_enabled() ? "on    " : "off   ");
		text_unsigned_left(out, rows, ROWS_WIDTH);
		show_calls_of(out, operation);
		text_char(out, '\n');
	}
	return 0;
}

static void show_counts(struct text *out, const struct process_times *times, const char *name)
{
	text_unsigned_left(out, times->routed_calls, COUNT_WIDTH);
	text_char(out, ' ');
	text_unsigned_left(out, times->forwarded_calls, COUNT_WIDTH);
	text_char(out, ' ');
	text_escaped(out, name, strlen(name), "\n\r\t\033\\");
	text_char(out, '\n');
}

static void show_process(struct text *out, const struct subject *subject)
{
	struct process_times times = process_times_of(subject->process);
	char name[16];
	subject_name(subject, name);
	text_unsigned_left(out, (uint64_t)subject->tid, ID_WIDTH);
	show_counts(out, &times, name);
}

int show_calls(struct request *request, struct text *out)
{
	struct process_times sum = usage_of_all();
	int64_t pid = 0;
	(void)request;
	text_string(out, "process routed      forwarded   name\nall     ");
	show_counts(out, &sum, "-");
	while ((pid = proc_root_table.numbers->next(NULL, pid + 1)) > 0) {
		struct subject subject;
		if (!subject_find((int32_t)pid, false, &subject))
			continue;
		show_process(out, &subject);
		subject_put(&subject);
	}
	return 0;
}
