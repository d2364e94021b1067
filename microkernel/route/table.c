/* SPDX-License-Identifier: MIT */
/*
 * A domain's table of routes: rows in the order in which they were added, chained by call number. Rows are checked when
 * they are added, so that answering a call need not.
 */
#include "call/call.h"
#include "memory/memory.h"
#include "object/object.h"
#include "route/route.h"

#define OUTCOME_BITS ((1u << ROUTE_OUTCOMES) - 1)

/* Row 0 is not used: 0 ends a chain. */
struct route_table {
	uint8_t first[ROUTE_NUMBERS];
	uint8_t next[ROUTE_ROWS_MAX];
	uint32_t count;
	struct route rows[ROUTE_ROWS_MAX];
};
_Static_assert(ROUTE_ROWS_MAX <= UINT8_MAX + 1, "a row's index is a byte");

static bool row_valid(const struct route *row)
{
	for (unsigned i = 0; i < ROUTE_PARAMETERS; i++)
		if (row->parameters[i] >= ROUTE_ARGUMENTS + ROUTE_CONSTANTS)
			return false;
	for (unsigned i = 0; i < ROUTE_TESTS; i++)
		if (row->tests[i].argument >= ROUTE_ARGUMENTS)
			return false;
	return row->number < ROUTE_NUMBERS && row->operation < ROUTE_OPERATION_COUNT &&
	       route_operations[row->operation].run && !(row->listed & ~OUTCOME_BITS);
}

static struct route_table *table_of(struct domain *domain)
{
	if (!domain->routes)
		domain->routes = kernel_allocate(sizeof *domain->routes, domain->account);
	return domain->routes;
}

status_t route_table_add(struct domain *domain, const struct route *row)
{
	if (!row_valid(row))
		return STATUS_INVALID;
	struct route_table *table = table_of(domain);
	if (!table)
		return STATUS_NO_MEMORY;
	if (table->count + 1 >= ROUTE_ROWS_MAX)
		return STATUS_LIMIT;
	uint8_t *link = &table->first[row->number], index = (uint8_t)++table->count;
	while (*link)
		link = &table->next[*link];
	table->rows[index] = *row;
	*link = index;
	return STATUS_OK;
}

void route_table_destroy(struct domain *domain)
{
	if (!domain->routes)
		return;
	kernel_free(domain->routes, sizeof *domain->routes, domain->account);
	domain->routes = NULL;
}

static uint64_t argument(const struct trap_frame *frame, unsigned index)
{
	switch (index) {
	case 0: return frame->rdi;
	case 1: return frame->rsi;
	case 2: return frame->rdx;
	case 3: return frame->r10;
	case 4: return frame->r8;
	default: return frame->r9;
	}
}

static bool tests_pass(const struct route *row, const struct trap_frame *frame)
{
	for (unsigned i = 0; i < ROUTE_TESTS; i++) {
		const struct route_test *test = &row->tests[i];
		if ((argument(frame, test->argument) & test->mask) != test->value)
			return false;
	}
	return true;
}

const struct route *route_find(const struct thread *thread)
{
	const struct route_table *table = thread->domain->routes;
	const struct trap_frame *frame = &thread->frame;
	if (!table || frame->rax >= ROUTE_NUMBERS)
		return NULL;
	for (unsigned at = table->first[frame->rax]; at; at = table->next[at])
		if (tests_pass(&table->rows[at], frame))
			return &table->rows[at];
	return NULL;
}

void route_parameters(struct route_call *call)
{
	const struct route *row = call->row;
	for (unsigned i = 0; i < ROUTE_PARAMETERS; i++) {
		unsigned from = row->parameters[i];
		call->parameters[i] = from < ROUTE_ARGUMENTS ? argument(&call->thread->frame, from)
							     : row->constants[from - ROUTE_ARGUMENTS];
	}
}

struct call_result kcall_route_add(struct thread *self, struct route *row)
{
	return call_error(route_table_add(self->domain, row));
}
