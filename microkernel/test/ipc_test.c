/* SPDX-License-Identifier: MIT */
/*
 * Tests of endpoints, message transfer, notifications and cancellation.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"
#include "object/object.h"
#include "structure/bytes.h"
#include "test/fixture.h"
#include "test/test.h"

/* A client and a server domain with a thread each, and an endpoint between them. */
struct pair {
	struct domain *client_domain, *server_domain;
	struct thread *client, *server;
	uint64_t call, receive; /* handles */
};

static struct pair pair_make(void)
{
	struct pair pair = { .client_domain = fixture_domain(), .server_domain = fixture_domain() };
	struct endpoint *endpoint = endpoint_create(&root_account);
	pair.client = fixture_thread(pair.client_domain, 0, false);
	pair.server = fixture_thread(pair.server_domain, 0, false);
	pair.call = fixture_give(pair.client_domain, endpoint, RIGHT_WRITE | RIGHT_TRANSFER, 77);
	pair.receive = fixture_give(pair.server_domain, endpoint, RIGHT_ALL, 0);
	object_put(&endpoint->object);
	return pair;
}

static void pair_end(struct pair *pair)
{
	fixture_end(pair->client_domain);
	fixture_end(pair->server_domain);
}

static int64_t receive(struct pair *pair)
{
	pair->server->frame.r15 = 0;
	pair->server->frame.rbp = DEADLINE_NEVER;
	return fixture_call(pair->server, (struct fixture_call){ CALL_ipc_receive, { pair->receive } });
}

static int64_t call(struct pair *pair, uint64_t tag, uint64_t word)
{
	return fixture_call(pair->client, (struct fixture_call){ CALL_ipc_call, { pair->call, tag, word } });
}

static int64_t reply(struct pair *pair, uint64_t tag, uint64_t word)
{
	return fixture_call(pair->server, (struct fixture_call){ CALL_ipc_reply, { 0, tag, word } });
}

KERNEL_TEST(endpoint_call_meets_waiting_receiver)
{
	struct pair pair = pair_make();
	TEST_CHECK(receive(&pair) == STATUS_PENDING);
	memcpy(pair.client->message_page->data, "hello", 5);
	TEST_CHECK(call(&pair, MESSAGE_TAG(9, 5, 0), 0xabc) == STATUS_PENDING);
	const struct trap_frame *got = &pair.server->frame;
	TEST_CHECK(got->rax == STATUS_OK && got->rdi == 77 && got->rsi == MESSAGE_TAG(9, 5, 0));
	TEST_CHECK(got->rdx == 0xabc && !memcmp(pair.server->message_page->data, "hello", 5));
	TEST_CHECK(pair.client->wait == WAIT_REPLY && pair.server->serving == pair.client);
	TEST_CHECK(fixture_next() == pair.server);
	TEST_CHECK(reply(&pair, 0, 0xdef) == STATUS_OK);
	TEST_CHECK(pair.client->frame.rax == STATUS_OK && pair.client->frame.rdx == 0xdef);
	TEST_CHECK(pair.client->state == THREAD_IS_READY && !pair.server->serving);
	TEST_CHECK(reply(&pair, 0, 0) == STATUS_CANCELLED);
	TEST_CHECK(pair.server_domain->status.messages == 1 && !pair.client_domain->status.messages);
	pair_end(&pair);
}

KERNEL_TEST(endpoint_queued_calls_come_in_order)
{
	struct pair pair = pair_make();
	struct thread *second = fixture_thread(pair.client_domain, 1, false);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0), 1) == STATUS_PENDING);
	TEST_CHECK(fixture_call(second, (struct fixture_call){ CALL_ipc_call, { pair.call, 2, 2 } }) ==
		   STATUS_PENDING);
	TEST_CHECK(pair.client->wait == WAIT_CALL_QUEUED);
	TEST_CHECK(receive(&pair) == STATUS_OK && pair.server->frame.rdx == 1);
	pair.server->frame.rbp = DEADLINE_NEVER;
	TEST_CHECK(fixture_call(pair.server, (struct fixture_call){ CALL_ipc_reply_receive,
								    { pair.receive } }) == STATUS_OK);
	TEST_CHECK(pair.server->frame.rsi == 2 && pair.server->frame.rdx == 2);
	TEST_CHECK(pair.client->state == THREAD_IS_READY && pair.server->serving == second);
	pair_end(&pair);
}

KERNEL_TEST(endpoint_moves_handles)
{
	struct pair pair = pair_make();
	struct notification *notification = notification_create(&root_account);
	uint64_t moved = fixture_give(pair.client_domain, notification, RIGHT_WRITE | RIGHT_TRANSFER, 5);
	uint64_t kept = fixture_give(pair.client_domain, notification, RIGHT_WRITE, 0);
	object_put(&notification->object);
	handle_t *handles = pair.client->message_page->handles;
	handles[0].value = (uint32_t)moved;
	handles[1].value = (uint32_t)kept;
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 2), 0) == STATUS_DENIED);
	handles[1].value = (uint32_t)moved;
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 2), 0) == STATUS_INVALID);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 5), 0) == STATUS_INVALID);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 4081, 0), 0) == STATUS_INVALID);
	TEST_CHECK(receive(&pair) == STATUS_PENDING);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 1), 0) == STATUS_PENDING);
	TEST_CHECK(!handle_slot_of(pair.client_domain, (handle_t){ (uint32_t)moved }));
	struct handle_slot *slot = handle_slot_of(pair.server_domain, pair.server->message_page->handles[0]);
	TEST_CHECK(slot && slot->object == &notification->object && slot->badge == 5);
	TEST_CHECK(slot->rights == (RIGHT_WRITE | RIGHT_TRANSFER) && slot->origin == ORIGIN_RECEIVED);
	pair_end(&pair);
}

KERNEL_TEST(endpoint_handle_changed_while_queued)
{
	struct pair pair = pair_make();
	struct notification *notification = notification_create(&root_account);
	uint64_t moved = fixture_give(pair.client_domain, notification, RIGHT_ALL, 0);
	object_put(&notification->object);
	pair.client->message_page->handles[0].value = (uint32_t)moved;
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 1), 0) == STATUS_PENDING);
	TEST_CHECK(!handle_close(pair.client_domain, (handle_t){ (uint32_t)moved }));
	TEST_CHECK(receive(&pair) == STATUS_PENDING && pair.server->wait == WAIT_RECEIVE);
	TEST_CHECK(pair.client->state == THREAD_IS_READY);
	TEST_CHECK((int64_t)pair.client->frame.rax == STATUS_BAD_HANDLE);
	pair_end(&pair);
}

KERNEL_TEST(endpoint_calls_are_cancelled)
{
	struct pair pair = pair_make();
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0), 0) == STATUS_PENDING);
	thread_kick(pair.client, KICK_SIGNAL);
	TEST_CHECK(pair.client->wait == WAIT_CALL_QUEUED);
	thread_kick(pair.client, KICK_KILL);
	TEST_CHECK((int64_t)pair.client->frame.rax == STATUS_KILLED && !pair.client->kicked);
	TEST_CHECK(receive(&pair) == STATUS_PENDING && pair.server->wait == WAIT_RECEIVE);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0) | MESSAGE_INTERRUPTIBLE, 0) == STATUS_PENDING);
	thread_kick(pair.client, KICK_SIGNAL);
	TEST_CHECK((int64_t)pair.client->frame.rax == STATUS_CANCELLED);
	TEST_CHECK(reply(&pair, 0, 0) == STATUS_CANCELLED);
	thread_kick(pair.client, KICK_SIGNAL);
	TEST_CHECK(receive(&pair) == STATUS_PENDING);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0) | MESSAGE_INTERRUPTIBLE, 0) == STATUS_CANCELLED);
	TEST_CHECK(pair.server->wait == WAIT_RECEIVE && !pair.client->kicked);
	pair_end(&pair);
}

KERNEL_TEST(endpoint_server_death_restarts_callers)
{
	struct pair pair = pair_make();
	struct thread *second = fixture_thread(pair.client_domain, 1, false);
	TEST_CHECK(receive(&pair) == STATUS_PENDING);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0), 0) == STATUS_PENDING);
	TEST_CHECK(fixture_call(second, (struct fixture_call){ CALL_ipc_call, { pair.call, 2 } }) ==
		   STATUS_PENDING);
	domain_end(pair.server_domain, DOMAIN_FAULTED, 1);
	object_reap();
	TEST_CHECK((int64_t)pair.client->frame.rax == STATUS_RESTART && pair.client->wait == WAIT_NONE);
	TEST_CHECK((int64_t)second->frame.rax == STATUS_RESTART);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0), 0) == STATUS_RESTART);
	TEST_CHECK(pair.server_domain->status.end == DOMAIN_FAULTED && !pair.server_domain->aspace);
	pair_end(&pair);
}

KERNEL_TEST(endpoint_client_death_clears_reply_right)
{
	struct pair pair = pair_make();
	TEST_CHECK(receive(&pair) == STATUS_PENDING);
	TEST_CHECK(call(&pair, MESSAGE_TAG(1, 0, 0), 0) == STATUS_PENDING);
	domain_end(pair.client_domain, DOMAIN_KILLED, 0);
	object_reap();
	TEST_CHECK(!pair.server->serving && reply(&pair, 0, 0) == STATUS_CANCELLED);
	pair_end(&pair);
}

KERNEL_TEST(notification_bits_are_kept_and_taken_at_once)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, false);
	struct notification *notification = notification_create(&root_account);
	uint64_t handle = fixture_give(domain, notification, RIGHT_READ, 0);
	struct fixture_call wait = { CALL_ipc_receive, { 0 } };
	notification_signal(notification, 5);
	notification_signal(notification, 8);
	thread->frame.r15 = handle;
	thread->frame.rbp = DEADLINE_NEVER;
	TEST_CHECK(!fixture_call(thread, wait) && thread->frame.rdx == 13);
	TEST_CHECK(thread->frame.rsi == MESSAGE_NOTIFIED && notification->bits == 0);
	thread->frame.rbp = 0;
	TEST_CHECK(fixture_call(thread, wait) == STATUS_TIMED_OUT);
	thread->frame.rbp = DEADLINE_NEVER;
	TEST_CHECK(fixture_call(thread, wait) == STATUS_PENDING);
	notification_signal(notification, 2);
	TEST_CHECK(thread->state == THREAD_IS_READY && thread->frame.rdx == 2 && notification->bits == 0);
	TEST_CHECK(fixture_call(thread, wait) == STATUS_PENDING);
	thread_kick(thread, KICK_SIGNAL);
	TEST_CHECK((int64_t)thread->frame.rax == STATUS_INTERRUPTED && list_empty(&notification->waiters));
	object_put(&notification->object);
	fixture_end(domain);
}

KERNEL_TEST(notification_watchers_are_told)
{
	struct domain *domain = fixture_domain();
	struct notification *notification = notification_create(&root_account);
	TEST_CHECK(!domain_watch(domain, notification, 4));
	domain_end(domain, DOMAIN_EXITED, 3);
	object_reap();
	TEST_CHECK(notification->bits == 4 && domain->status.code == 3);
	TEST_CHECK(!domain_watch(domain, notification, 16) && notification->bits == 20);
	object_put(&notification->object);
	fixture_end(domain);
}
