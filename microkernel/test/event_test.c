/* SPDX-License-Identifier: MIT */
/*
 * Tests of events: notes, causal ids, recordings. The ring itself is arch_test.c's.
 */
#include "arch/x86_64/cpu.h"
#include "debug/event.h"
#include "ipc/endpoint.h"
#include "memory/object.h"
#include "object/object.h"
#include "test/fixture.h"
#include "test/test.h"

#define CAUSE 4711ull

static const struct event *newest(void)
{
	const struct event_log *log = &cpu_self()->events;
	return event_at(log, event_count(log) - 1);
}

KERNEL_TEST(event_notes_are_of_servers_kinds_only)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, false);
	const uint64_t refused[] = {
		0, EVENT_CALL, EVENT_ROUTE, EVENT_NOTE_FIRST - 1, EVENT_KIND_COUNT, 1ull << 31
	};
	for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		TEST_CHECK(fixture_call(thread, (struct fixture_call){ CALL_event_note, { refused[i] } }) ==
			   STATUS_INVALID);
	TEST_CHECK(fixture_call(thread, (struct fixture_call){ CALL_event_note, { EVENT_NAME, 3, 4 } }) ==
		   STATUS_OK);
	TEST_CHECK(newest()->time_kind >> EVENT_KIND_SHIFT == EVENT_NAME && newest()->first == 3 &&
		   newest()->second == 4);
	fixture_end(domain);
}

/* A call met by a waiting server, or queued and received later: it runs under the caller's id until its reply. */
static bool cause_follows(bool queued)
{
	bool right;
	struct domain *clients = fixture_domain(), *servers = fixture_domain();
	struct thread *client = fixture_thread(clients, 0, false),
		      *server = fixture_thread(servers, 0, false);
	struct endpoint *endpoint = endpoint_create(&root_account);
	uint64_t call = fixture_give(clients, endpoint, RIGHT_WRITE, 1);
	uint64_t receive = fixture_give(servers, endpoint, RIGHT_ALL, 0);
	struct fixture_call calls[2] = { { CALL_ipc_receive, { receive } },
					 { CALL_ipc_call, { call, MESSAGE_TAG(9, 0, 0) } } };
	struct thread *callers[2] = { server, client };
	object_put(&endpoint->object);
	server->frame.rbp = DEADLINE_NEVER;
	client->cause = CAUSE;
	for (unsigned i = 0; i < 2; i++)
		(void)fixture_call(callers[i ^ queued], calls[i ^ queued]);
	right = server->serving == client && server->cause == CAUSE;
	right &= !fixture_call(server, (struct fixture_call){ CALL_ipc_reply, { 0, MESSAGE_TAG(9, 0, 0) } });
	right &= !server->cause && client->cause == CAUSE;
	fixture_end(clients);
	fixture_end(servers);
	return right;
}

KERNEL_TEST(event_cause_follows_a_call)
{
	TEST_CHECK(cause_follows(false));
}

KERNEL_TEST(event_cause_follows_a_queued_call)
{
	TEST_CHECK(cause_follows(true));
}

/* Of `count` events recorded into one page the newest are there, and the recording says from where on. */
static bool record(uint64_t count)
{
	struct event_recording about;
	const uint64_t capacity = PAGE_SIZE / sizeof(struct event);
	if (recording_start(&root_account, 1) != STATUS_OK ||
	    recording_start(&root_account, 1) != STATUS_EXISTS)
		return false;
	uint64_t before = event_count(&cpu_self()->events);
	for (uint64_t i = 0; i < count; i++)
		event_record(EVENT_CALL, i, ~i);
	struct memory_object *object = recording_stop(&about);
	const struct event *events = direct_map((paddr_t){ object_slot(object, 0) & SLOT_ADDRESS });
	bool right = about.capacity == capacity && about.end == before + count && about.started <= before;
	right &= about.end - about.first <= capacity && (count > capacity || about.first == about.started);
	for (uint64_t number = about.first < before ? before : about.first; number < about.end; number++) {
		const struct event *event = &events[number % capacity];
		right &= event->first == number - before && event->second == ~event->first;
	}
	object_put((struct object *)object);
	return right;
}

KERNEL_TEST(event_recording_keeps_what_it_has_room_for)
{
	struct event_recording about;
	TEST_CHECK(record(3));
	TEST_CHECK(record(64));
	TEST_CHECK(record(1000));
	TEST_CHECK(!recording_stop(&about));
	TEST_CHECK(recording_start(&root_account, 0) == STATUS_INVALID);
	TEST_CHECK(recording_start(&root_account, 3) == STATUS_INVALID);
	TEST_CHECK(recording_start(&root_account, 1ull << 40) == STATUS_INVALID);
}
