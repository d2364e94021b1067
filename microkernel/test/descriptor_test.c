/* SPDX-License-Identifier: MIT */
/*
 * Tests of descriptor tables, and of the transfers that need no pages.
 */
#include "ipc/endpoint.h"
#include "memory/memory.h"
#include "test/fixture.h"
#include "test/route_fixture.h"
#include "test/test.h"

#define COOKIES (FIXTURE_DATA + 6 * PAGE_SIZE) /* a page that no thread of the tests uses */

static const struct descriptor_row null_row = { .kind = DESCRIPTOR_NULL,
						.flags = DESCRIPTOR_READ | DESCRIPTOR_WRITE,
						.cookie = 7 };

static int64_t fetch(struct thread *thread, uint32_t max, uint64_t *first)
{
	struct fixture_call call = { CALL_descriptors_drained, { COOKIES, max } };
	int64_t status = fixture_call(thread, call);
	if (copy_in(thread->domain->aspace, first, (uaddr_t){ COOKIES }, sizeof *first))
		return STATUS_BAD_ADDRESS;
	return status ? status : (int64_t)thread->frame.rdx;
}

KERNEL_TEST(descriptor_rows_come_and_go)
{
	struct route_fixture f = route_fixture_make();
	uint32_t inside;
	TEST_CHECK(f.table && !descriptor_find(f.thread, 3));
	TEST_CHECK(!descriptor_set(f.table, 3, &null_row, NULL));
	TEST_CHECK(descriptor_set(f.table, 3, &null_row, NULL) == STATUS_EXISTS);
	TEST_CHECK(descriptor_find(f.thread, 3)->row.cookie == 7 && !descriptor_find(f.thread, 2));
	TEST_CHECK(descriptor_find(f.thread, 3 | 1ull << 40) && !descriptor_find(f.thread, UINT32_MAX));
	TEST_CHECK(!descriptor_clear(f.table, 3, &inside) && !inside && !descriptor_find(f.thread, 3));
	TEST_CHECK(descriptor_clear(f.table, 3, &inside) == STATUS_NOT_FOUND);
	TEST_CHECK(descriptor_clear(f.table, UINT32_MAX, &inside) == STATUS_NOT_FOUND);
	f.thread->record->route_files = 0;
	TEST_CHECK(!descriptor_set(f.table, 3, &null_row, NULL) && !descriptor_find(f.thread, 3));
	f.thread->record->route_files = HANDLE_SELF_DOMAIN.value;
	TEST_CHECK(!descriptor_find(f.thread, 3));
	route_fixture_end(&f);
}

KERNEL_TEST(descriptor_rows_are_validated)
{
	struct route_fixture f = route_fixture_make();
	struct descriptor_row row = null_row;
	TEST_CHECK(descriptor_set(f.table, DESCRIPTORS_MAX, &row, NULL) == STATUS_LIMIT);
	row.kind = 0;
	TEST_CHECK(descriptor_set(f.table, 1, &row, NULL) == STATUS_INVALID);
	row.kind = DESCRIPTOR_KIND_COUNT;
	TEST_CHECK(descriptor_set(f.table, 1, &row, NULL) == STATUS_INVALID);
	row.kind = DESCRIPTOR_FILE;
	TEST_CHECK(descriptor_set(f.table, 1, &row, NULL) == STATUS_INVALID);
	row = null_row;
	row.flags = 0;
	TEST_CHECK(descriptor_set(f.table, 1, &row, NULL) == STATUS_INVALID);
	row.flags = 4;
	TEST_CHECK(descriptor_set(f.table, 1, &row, NULL) == STATUS_INVALID);
	route_fixture_end(&f);
}

KERNEL_TEST(descriptor_object_needs_the_rights_of_the_row)
{
	struct route_fixture f = route_fixture_make();
	struct memory_object *object = memory_object_create(&root_account, 1, 0);
	struct descriptor_row row = { .kind = DESCRIPTOR_FILE, .flags = DESCRIPTOR_READ };
	row.object.value = (uint32_t)fixture_give(f.domain, object, RIGHT_READ, 0);
	TEST_CHECK(route_fixture_set(&f, 0, &row) == STATUS_OK);
	row.flags = DESCRIPTOR_READ | DESCRIPTOR_WRITE;
	TEST_CHECK(route_fixture_set(&f, 1, &row) == STATUS_DENIED);
	row.object = HANDLE_SELF_ASPACE;
	TEST_CHECK(route_fixture_set(&f, 1, &row) == STATUS_BAD_HANDLE);
	TEST_CHECK(object->object.references == 3);
	object_put(&object->object);
	route_fixture_end(&f);
}

KERNEL_TEST(descriptor_table_grows_and_is_charged)
{
	struct route_fixture f = route_fixture_make();
	uint64_t pages = root_account.frames, objects = root_account.objects;
	uint32_t inside;
	for (uint32_t number = 0; number < 64; number++)
		TEST_CHECK(!descriptor_set(f.table, number, &null_row, NULL));
	TEST_CHECK(root_account.objects == objects + 64);
	pages = root_account.frames;
	TEST_CHECK(!descriptor_set(f.table, 1000, &null_row, NULL));
	TEST_CHECK(root_account.frames >= pages + 2 && descriptor_find(f.thread, 63));
	TEST_CHECK(!descriptor_set(f.table, DESCRIPTORS_MAX - 1, &null_row, NULL));
	TEST_CHECK(descriptor_find(f.thread, DESCRIPTORS_MAX - 1) && descriptor_find(f.thread, 1000));
	TEST_CHECK(!descriptor_clear(f.table, 1000, &inside) && root_account.objects == objects + 65);
	route_fixture_end(&f);
	TEST_CHECK(root_account.frames < pages);
}

KERNEL_TEST(descriptor_table_respects_its_account)
{
	struct route_fixture f = route_fixture_make();
	struct account_limits limits = { .frames = 3, .objects = 2 };
	status_code_t status;
	struct account *account = account_create(&root_account, &limits, &status);
	struct descriptors *table = descriptors_create(f.domain, account, f.notification, 1);
	TEST_CHECK(table && !descriptor_set(table, 0, &null_row, NULL));
	TEST_CHECK(descriptor_set(table, 1, &null_row, NULL) == STATUS_NO_MEMORY);
	TEST_CHECK(descriptor_set(table, 100000, &null_row, NULL) == STATUS_NO_MEMORY);
	TEST_CHECK(account->frames <= 1 && account->objects == 2);
	object_put(&table->object);
	object_put(&account->object);
	route_fixture_end(&f);
}

KERNEL_TEST(descriptor_with_a_call_inside_drains)
{
	struct route_fixture f = route_fixture_make();
	struct descriptor_row other = null_row;
	uint64_t cookie = 0;
	uint32_t inside;
	other.cookie = 8;
	TEST_CHECK(!descriptor_set(f.table, 5, &null_row, NULL));
	struct descriptor *old = descriptor_find(f.thread, 5);
	descriptor_enter(old);
	descriptor_enter(old);
	TEST_CHECK(!descriptor_clear(f.table, 5, &inside) && inside == 2);
	TEST_CHECK(!descriptor_set(f.table, 5, &other, NULL));
	TEST_CHECK(descriptor_find(f.thread, 5)->row.cookie == 8 && old->row.cookie == 7);
	descriptor_leave(old);
	TEST_CHECK(fetch(f.thread, 4, &cookie) == 0 && !f.notification->bits);
	descriptor_leave(old);
	TEST_CHECK(f.notification->bits == ROUTE_FIXTURE_BITS);
	TEST_CHECK(fetch(f.thread, 0, &cookie) == 0);
	TEST_CHECK(fixture_call(f.thread, (struct fixture_call){ CALL_descriptors_drained, { 8, 1 } }) ==
		   STATUS_BAD_ADDRESS);
	TEST_CHECK(fetch(f.thread, 4, &cookie) == 1 && cookie == 7);
	TEST_CHECK(fetch(f.thread, 4, &cookie) == 0);
	route_fixture_end(&f);
}

/* Cookies that could not all be handed over are all still there. */
KERNEL_TEST(descriptor_cookies_are_fetched_wholly_or_not)
{
	struct route_fixture f = route_fixture_make();
	uint64_t cookie = 0, edge = query(f.domain->aspace, COOKIES).end;
	uint32_t inside;
	for (uint32_t number = 0; number < 20; number++) {
		TEST_CHECK(!descriptor_set(f.table, number, &null_row, NULL));
		struct descriptor *descriptor = descriptor_find(f.thread, number);
		descriptor_enter(descriptor);
		TEST_CHECK(!descriptor_clear(f.table, number, &inside) && inside == 1);
		descriptor_leave(descriptor);
	}
	TEST_CHECK(fixture_call(f.thread, (struct fixture_call){ CALL_descriptors_drained,
								 { edge - 8, 2 } }) == STATUS_BAD_ADDRESS);
	int64_t first = fetch(f.thread, 32, &cookie), second = fetch(f.thread, 32, &cookie);
	TEST_CHECK(first > 0 && second > 0 && first + second == 20 && cookie == 7);
	TEST_CHECK(fetch(f.thread, 32, &cookie) == 0);
	route_fixture_end(&f);
}

KERNEL_TEST(descriptor_left_without_being_cleared_stays)
{
	struct route_fixture f = route_fixture_make();
	uint64_t cookie = 0;
	TEST_CHECK(!descriptor_set(f.table, 5, &null_row, NULL));
	descriptor_enter(descriptor_find(f.thread, 5));
	TEST_CHECK(f.table->object.references == 2);
	descriptor_leave(descriptor_find(f.thread, 5));
	TEST_CHECK(descriptor_find(f.thread, 5) && f.table->object.references == 1);
	TEST_CHECK(fetch(f.thread, 4, &cookie) == 0 && !f.notification->bits);
	route_fixture_end(&f);
}

/* Neither a closed table nor a dead domain leaves anything behind: the framework counts. */
KERNEL_TEST(descriptor_ends_with_table_and_domain)
{
	struct route_fixture f = route_fixture_make();
	uint32_t inside;
	for (uint32_t number = 0; number < 3; number++)
		TEST_CHECK(!descriptor_set(f.table, number, &null_row, NULL));
	struct descriptor *fetched_never = descriptor_find(f.thread, 0), *late = descriptor_find(f.thread, 1);
	descriptor_enter(fetched_never);
	descriptor_enter(late);
	TEST_CHECK(!descriptor_clear(f.table, 0, &inside) && !descriptor_clear(f.table, 1, &inside));
	descriptor_leave(fetched_never);
	TEST_CHECK(!handle_close(f.domain, (handle_t){ f.thread->record->route_files }));
	object_reap();
	TEST_CHECK(!descriptor_find(f.thread, 2) && late->row.cookie == 7);
	object_get(&f.domain->object);
	domain_end(f.domain, DOMAIN_KILLED, 0);
	descriptor_leave(late);
	object_put(&f.domain->object);
	route_fixture_end(&f);
}

KERNEL_TEST(route_null_swallows_and_ends)
{
	struct route_fixture f = route_fixture_make();
	struct descriptor_row row = null_row;
	TEST_CHECK(!route_fixture_set(&f, 0, &row));
	row.flags = DESCRIPTOR_READ;
	TEST_CHECK(!route_fixture_set(&f, 1, &row));
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 0, 0x5000, 77) == 77);
	TEST_CHECK(route_fixture_call(&f, ROUTE_READ, 0, 0x5000, 77) == 0);
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 1, 0x5000, 77) == ROUTE_FIXTURE_FORWARDED);
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 2, 0x5000, 77) == ROUTE_FIXTURE_FORWARDED);
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 0, USER_LIMIT - 8, 9) == ROUTE_FIXTURE_FORWARDED);
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 0, 0x5000, 1ull << 31) == ROUTE_FIXTURE_FORWARDED);
	f.thread->record->route_gate = ROUTE_GATE_CLOSED;
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 0, 0x5000, 77) == ROUTE_FIXTURE_FORWARDED);
	route_fixture_end(&f);
}

KERNEL_TEST(route_zero_clears_what_is_writable)
{
	struct route_fixture f = route_fixture_make();
	struct descriptor_row row = { .kind = DESCRIPTOR_ZERO, .flags = DESCRIPTOR_READ | DESCRIPTOR_WRITE };
	struct aspace *space = f.thread->guest_aspace;
	uint64_t edge = ROUTE_FIXTURE_BUFFER + PAGE_SIZE;
	TEST_CHECK(!route_fixture_set(&f, 0, &row));
	for (uint64_t at = edge - 16; at < edge + 16; at += 8)
		TEST_CHECK(!store(space, at, ~0ull - 1));
	TEST_CHECK(route_fixture_call(&f, ROUTE_READ, 0, edge - 8, 12) == 12);
	TEST_CHECK(load(space, edge - 16) == ~0ull - 1 && load(space, edge - 8) == 0);
	TEST_CHECK(load(space, edge) == (~0ull << 32) && load(space, edge + 8) == ~0ull - 1);
	TEST_CHECK(route_fixture_call(&f, ROUTE_WRITE, 0, edge, 12) == 12);
	uint64_t end = ROUTE_FIXTURE_BUFFER + ROUTE_FIXTURE_PAGES * PAGE_SIZE;
	TEST_CHECK(!store(space, end - 8, 5));
	TEST_CHECK(route_fixture_call(&f, ROUTE_READ, 0, end - 8, 9) == ROUTE_FIXTURE_FORWARDED);
	TEST_CHECK(load(space, end - 8) == 5);
	TEST_CHECK(route_fixture_call(&f, ROUTE_READ, 0, edge, 0) == 0);
	route_fixture_end(&f);
}
