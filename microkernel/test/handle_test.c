/* SPDX-License-Identifier: MIT */
/*
 * Tests of handle tables and accounts.
 */
#include "ipc/endpoint.h"
#include "object/object.h"
#include "test/fixture.h"
#include "test/test.h"

KERNEL_TEST(handle_stale_value_is_refused)
{
	struct domain *domain = fixture_domain();
	struct endpoint *endpoint = endpoint_create(&root_account);
	status_code_t status;
	uint64_t first = fixture_give(domain, endpoint, RIGHT_ALL, 0);
	TEST_CHECK(first && handle_lookup(domain, (handle_t){ (uint32_t)first }, KIND_ENDPOINT, 0, &status));
	TEST_CHECK(!handle_close(domain, (handle_t){ (uint32_t)first }));
	uint64_t second = fixture_give(domain, endpoint, RIGHT_ALL, 0);
	TEST_CHECK((first & HANDLE_INDEX_MASK) == (second & HANDLE_INDEX_MASK) && first != second);
	TEST_CHECK(!handle_lookup(domain, (handle_t){ (uint32_t)first }, KIND_ENDPOINT, 0, &status));
	TEST_CHECK(status == STATUS_BAD_HANDLE);
	object_put(&endpoint->object);
	fixture_end(domain);
}

KERNEL_TEST(handle_kind_and_rights_are_checked)
{
	struct domain *domain = fixture_domain();
	status_code_t status;
	TEST_CHECK(handle_lookup(domain, HANDLE_SELF_DOMAIN, KIND_DOMAIN, RIGHT_MANAGE, &status) ==
		   &domain->object);
	TEST_CHECK(!handle_lookup(domain, HANDLE_SELF_ASPACE, KIND_DOMAIN, 0, &status));
	TEST_CHECK(status == STATUS_BAD_HANDLE);
	handle_t weak = { (uint32_t)fixture_give(domain, domain, RIGHT_READ, 0) };
	TEST_CHECK(!handle_lookup(domain, weak, KIND_DOMAIN, RIGHT_READ | RIGHT_WRITE, &status));
	TEST_CHECK(status == STATUS_DENIED);
	TEST_CHECK(!handle_lookup(domain, HANDLE_NONE, KIND_NONE, 0, &status));
	fixture_end(domain);
}

KERNEL_TEST(handle_copy_only_loses_rights)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, false);
	struct endpoint *endpoint = endpoint_create(&root_account);
	uint64_t weak = fixture_give(domain, endpoint, RIGHT_WRITE | RIGHT_TRANSFER, 0);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ CALL_handle_copy, { weak, RIGHT_ALL } }) ==
		   STATUS_DENIED);
	TEST_CHECK(!fixture_call(thread, (struct fixture_call){ CALL_handle_copy, { weak, 0x12, 7 } }));
	uint64_t badged = thread->frame.rdx;
	TEST_CHECK(handle_slot_of(domain, (handle_t){ (uint32_t)badged })->badge == 7);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ CALL_handle_copy, { badged, 2, 8 } }) ==
		   STATUS_INVALID);
	TEST_CHECK(!fixture_call(thread, (struct fixture_call){ CALL_handle_copy, { badged, 2 } }));
	TEST_CHECK(handle_slot_of(domain, (handle_t){ (uint32_t)thread->frame.rdx })->badge == 7);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ CALL_handle_copy,
							       { thread->frame.rdx, 2 } }) == STATUS_DENIED);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ CALL_handle_close, { 1 } }) == STATUS_DENIED);
	object_put(&endpoint->object);
	fixture_end(domain);
}

KERNEL_TEST(handle_table_grows_and_is_charged)
{
	struct domain *domain = fixture_domain();
	uint64_t before = root_account.frames;
	for (unsigned i = 0; i < 1000; i++)
		TEST_CHECK(fixture_give(domain, domain, RIGHT_READ, 0));
	TEST_CHECK(domain->handles.used == 1002 && root_account.frames > before);
	TEST_CHECK(domain->handles.slots[1].object == &domain->object);
	fixture_end(domain);
}

KERNEL_TEST(handle_info_walks_the_table)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, false);
	struct fixture_call ask = { CALL_handle_info, { 1, 0, FIXTURE_DATA } };
	const struct handle_info *info = (const void *)thread->message_page;
	TEST_CHECK(!fixture_call(thread, ask) && thread->frame.rdx == 2);
	TEST_CHECK(info->kind == KIND_DOMAIN && info->handle == 1 && info->origin == ORIGIN_INITIAL);
	TEST_CHECK(info->object_id == domain->object.id);
	ask.words[1] = 3;
	TEST_CHECK(fixture_call(thread, ask) == STATUS_NOT_FOUND);
	ask.words[1] = 0;
	ask.words[2] = 0x1000;
	TEST_CHECK(fixture_call(thread, ask) == STATUS_BAD_ADDRESS);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ .number = 29 }) == STATUS_INVALID);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ .number = UINT64_MAX }) == STATUS_INVALID);
	fixture_end(domain);
}

static struct account *limited(uint64_t frames, uint64_t objects, uint64_t guaranteed, struct account *parent)
{
	status_code_t status;
	struct account_limits limits = { frames, objects, guaranteed, 0 };
	return account_create(parent, &limits, &status);
}

KERNEL_TEST(account_refuses_at_any_level_without_trace)
{
	uint64_t at_first = root_account.frames;
	struct account *outer = limited(11, 10, 0, &root_account); /* its heap takes a frame */
	struct account *inner = limited(UINT64_MAX, 1, 0, outer);
	uint64_t at_root = root_account.frames;
	TEST_CHECK(account_charge_frames(inner, 10) && !account_charge_frames(inner, 1));
	TEST_CHECK(inner->frames == 10 && outer->frames == 11 && root_account.frames == at_root + 10);
	TEST_CHECK(outer->refusals == 1 && inner->refusals == 0);
	account_uncharge_frames(inner, 10);
	TEST_CHECK(inner->frames == 0 && outer->frames == 1 && root_account.frames == at_root);
	struct endpoint *endpoint = endpoint_create(inner);
	TEST_CHECK(endpoint && !endpoint_create(inner) && inner->objects == 1);
	struct account_limits impossible = { .frames = 1, .guaranteed = 2 };
	status_code_t status;
	TEST_CHECK(!account_create(outer, &impossible, &status) && status == STATUS_INVALID);
	object_put(&inner->object);
	object_put(&outer->object);
	object_put(&endpoint->object);
	object_reap();
	TEST_CHECK(root_account.frames == at_first);
}

KERNEL_TEST(account_guarantee_is_kept_from_others)
{
	struct account *parent = limited(11, 10, 0, &root_account); /* its heap takes a frame */
	struct account *sure = limited(8, 10, 6, parent), *other = limited(10, 10, 0, parent);
	TEST_CHECK(parent->frames == 7);
	TEST_CHECK(account_charge_frames(other, 4) && !account_charge_frames(other, 1));
	TEST_CHECK(account_charge_frames(sure, 6) && parent->frames == 11);
	TEST_CHECK(!account_charge_frames(sure, 1));
	account_uncharge_frames(other, 4);
	TEST_CHECK(account_charge_frames(sure, 2) && parent->frames == 9);
	TEST_CHECK(!account_charge_frames(sure, 1));
	account_uncharge_frames(sure, 8);
	TEST_CHECK(parent->frames == 7 && !limited(5, 1, 5, parent));
	object_put(&sure->object);
	object_put(&other->object);
	object_reap();
	TEST_CHECK(parent->frames == 0);
	object_put(&parent->object);
	object_reap();
}
