/* SPDX-License-Identifier: MIT */
/*
 * Fixture of the tests of routes: route_fixture.h. Row n of the domain's table routes number n to operation n.
 */
#include "test/route_fixture.h"

#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"

#define ROW_PLACE (FIXTURE_DATA + 7 * PAGE_SIZE)

static bool add_rows(struct domain *domain)
{
	for (uint8_t operation = ROUTE_ANSWER; operation < ROUTE_OPERATION_COUNT; operation++) {
		struct route row = { .number = operation,
				     .operation = operation,
				     .listed = 1u << ROUTE_DONE | 1u << ROUTE_TIMED_OUT,
				     .parameters = { 0, 1, 2, 3, 4, 5 } };
		if (operation == ROUTE_VALUE)
			row.parameters[0] = ROUTE_CONSTANT0;
		if (route_table_add(domain, &row))
			return false;
	}
	return true;
}

struct route_fixture route_fixture_make(void)
{
	struct route_fixture f = { .domain = fixture_domain() };
	f.thread = fixture_thread(f.domain, 0, true);
	f.notification = notification_create(&root_account);
	struct descriptors *table = descriptors_create(f.domain, &root_account, f.notification,
						       ROUTE_FIXTURE_BITS);
	f.thread->record->route_files = (uint32_t)fixture_give(f.domain, table, RIGHT_ALL, 0);
	object_put(&table->object);
	bool mapped = !map_at(f.thread->guest_aspace, ROUTE_FIXTURE_BUFFER, ROUTE_FIXTURE_PAGES, NULL, 0);
	if (mapped && add_rows(f.domain))
		f.table = table;
	return f;
}

void route_fixture_end(struct route_fixture *f)
{
	object_put(&f->notification->object);
	fixture_end(f->domain);
}

int64_t route_fixture_set(struct route_fixture *f, uint32_t number, const struct descriptor_row *row)
{
	struct fixture_call call = { CALL_descriptor_set,
				     { f->thread->record->route_files, number, ROW_PLACE } };
	status_code_t status = copy_out(f->domain->aspace, (uaddr_t){ ROW_PLACE }, row, sizeof *row);
	return status ? status : fixture_call(f->thread, call);
}

int64_t route_fixture_call4(struct route_fixture *f, enum route_operation operation,
			    const uint64_t arguments[4])
{
	struct trap_frame *frame = &f->thread->frame;
	fixture_run(f->thread);
	f->thread->mode = MODE_GUEST;
	frame->rax = (uint64_t)operation;
	frame->rflags = 0;
	frame->rdi = arguments[0];
	frame->rsi = arguments[1];
	frame->rdx = arguments[2];
	frame->r10 = arguments[3];
	cpu_self()->attention = false;
	enum route_end end = route_call(f->thread);
	f->thread->mode = MODE_NATIVE;
	f->at_once = end == ROUTE_AT_ONCE;
	return end == ROUTE_FORWARDED ? ROUTE_FIXTURE_FORWARDED : (int64_t)frame->rax;
}
