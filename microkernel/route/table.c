/* SPDX-License-Identifier: MIT */
/*
 * A domain's table of routes: rows in the order in which they were added, chained by call number. Rows are checked when
 * they are added, so that answering a call need not.
 */
#include "call/call.h"
#include "memory/memory.h"
#include "object/object.h"
#include "route/route.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define OUTCOME_BITS ((1u << ROUTE_OUTCOMES) - 1)

/* Row 0 is not used: 0 ends a chain. */
struct route_table {
	uint8_t first[ROUTE_NUMBERS];
	uint8_t next[ROUTE_ROWS_MAX];
	uint32_t count;
	struct route_row rows[ROUTE_ROWS_MAX];
};
_Static_assert(ROUTE_ROWS_MAX <= UINT8_MAX + 1, "a row's index is a byte");

static bool value_valid(const struct route *row)
{
	unsigned from = row->parameters[0];
	return from >= ROUTE_CONSTANT0 && row->constants[from - ROUTE_CONSTANT0] < ROUTE_WORDS;
}

static bool row_valid(const struct route *row)
{
	for (unsigned i = 0; i < ROUTE_PARAMETERS; i++)
		if (row->parameters[i] >= ROUTE_ARGUMENTS + ROUTE_CONSTANTS)
			return false;
	for (unsigned i = 0; i < ROUTE_TESTS; i++)
		if (row->tests[i].argument >= ROUTE_ARGUMENTS)
			return false;
	return row->number < ROUTE_NUMBERS && row->operation < ROUTE_OPERATION_COUNT &&
	       route_operations[row->operation].run && !(row->listed & ~OUTCOME_BITS) &&
	       !(route_operations[row->operation].must_list & ~row->listed) &&
	       (row->operation != ROUTE_VALUE || value_valid(row));
}

/* Where the arguments of a SYSCALL are. */
static const uint8_t argument_at[ROUTE_ARGUMENTS] = {
	offsetof(struct trap_frame, rdi), offsetof(struct trap_frame, rsi), offsetof(struct trap_frame, rdx),
	offsetof(struct trap_frame, r10), offsetof(struct trap_frame, r8),  offsetof(struct trap_frame, r9),
};
_Static_assert(offsetof(struct route_row, route.constants[ROUTE_CONSTANTS]) <= UINT8_MAX,
	       "constants are found by a byte");

#define IN_ORDER_MAX 4u /* as many as are copied without asking */

static void row_prepare(struct route_row *row, const struct route *route)
{
	row->route = *route;
	uint8_t parameters = route_operations[route->operation].parameters;
	row->tests = row->constant = 0;
	row->parameters = parameters ? parameters : ROUTE_PARAMETERS;
	row->in_order = row->parameters <= IN_ORDER_MAX;
	for (unsigned i = 0; i < ROUTE_PARAMETERS; i++) {
		unsigned from = route->parameters[i];
		bool constant = from >= ROUTE_CONSTANT0;
		size_t at = constant ? offsetof(struct route_row, route.constants) +
					       (from - ROUTE_CONSTANT0) * 8
				     : argument_at[from];
		row->parameter_at[i] = (uint8_t)at;
		row->constant |= (uint8_t)(constant << i);
		row->in_order = row->in_order && (from == i || i >= row->parameters);
	}
	for (unsigned i = 0; i < ROUTE_TESTS; i++) {
		row->argument_at[i] = argument_at[route->tests[i].argument];
		row->tests = route->tests[i].mask || route->tests[i].value ? (uint8_t)(i + 1) : row->tests;
	}
}

/* A number whose first row always answers with a word of the record needs no more than that word. */
static void note_word(struct domain *domain, const struct route_row *row)
{
	bool sure = row->route.operation == ROUTE_VALUE && !row->tests &&
		    row->route.listed & 1u << ROUTE_DONE;
	if (sure)
		domain->route_words[row->route.number] =
			(uint8_t)(row->route.constants[row->route.parameters[0] - ROUTE_CONSTANT0] + 1);
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
	row_prepare(&table->rows[index], row);
	if (!*link)
		note_word(domain, &table->rows[index]);
	while (*link)
		link = &table->next[*link];
	*link = index;
	return STATUS_OK;
}

void route_table_destroy(struct domain *domain)
{
	if (!domain->routes)
		return;
	memset(domain->route_words, 0, sizeof domain->route_words);
	kernel_free(domain->routes, sizeof *domain->routes, domain->account);
	domain->routes = NULL;
}

static bool tests_pass(const struct route_row *row, const struct trap_frame *frame)
{
	for (unsigned i = 0; i < row->tests; i++) {
		const struct route_test *test = &row->route.tests[i];
		uint64_t word = *(const uint64_t *)((const char *)frame + row->argument_at[i]);
		if ((word & test->mask) != test->value)
			return false;
	}
	return true;
}

const struct route_row *route_find(const struct thread *thread)
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

struct call_result kcall_route_add(struct thread *self, struct route *row)
{
	return call_error(route_table_add(self->domain, row));
}
