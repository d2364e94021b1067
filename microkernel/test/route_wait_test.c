/* SPDX-License-Identifier: MIT */
/*
 * Tests of guests that park in routed calls: words, wakes, time-outs, kicks, and the end of their domain.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/timer.h"
#include "memory/aspace.h"
#include "route/route.h"
#include "test/fixture.h"
#include "test/test.h"

#define NUMBER_WAIT 7
#define NUMBER_WAKE 8
#define NUMBER_SLEEP 9
#define WORD 0x10000ull
#define TIME (WORD + 64)
#define ANSWER_DONE 11
#define ANSWER_MISMATCH (-12)
#define ANSWER_LATE (-13)

static struct route wait_row(void)
{
	return (struct route){
		.number = NUMBER_WAIT,
		.operation = ROUTE_WAIT,
		.listed = 1u << ROUTE_DONE | 1u << ROUTE_MISMATCH | 1u << ROUTE_TIMED_OUT,
		.parameters = { 0, 1, 2, 3, 4 },
		.results = { ANSWER_DONE, ANSWER_MISMATCH, 0, ANSWER_LATE },
	};
}

static bool rows_add(struct domain *domain)
{
	struct route wait = wait_row(), wake = wait, sleep = wait;
	wake.number = NUMBER_WAKE;
	wake.operation = ROUTE_WAKE;
	sleep.number = NUMBER_SLEEP;
	sleep.operation = ROUTE_SLEEP;
	return !route_table_add(domain, &wait) && !route_table_add(domain, &wake) &&
	       !route_table_add(domain, &sleep);
}

/* A guest in guest mode, with the page of WORD in its space, shared with `other` if that is not NULL. */
static struct thread *guest(struct domain *domain, unsigned n, struct thread *other)
{
	struct thread *thread = fixture_thread(domain, n, true);
	if (other)
		thread_set_guest_space(thread, other->guest_aspace);
	uint32_t zero = 0;
	if (!other && aspace_load(thread->guest_aspace, WORD, PAGE_SIZE, &zero, sizeof zero,
				  PROT_BIT_READ | PROT_BIT_WRITE))
		return NULL;
	fixture_run(thread);
	return guest_enter(thread) ? NULL : thread;
}

static enum route_end call(struct thread *thread, uint64_t number, const uint64_t words[5])
{
	fixture_run(thread);
	cpu_self()->need_reschedule = cpu_self()->attention = false;
	struct trap_frame *frame = &thread->frame;
	frame->vector = TRAP_SYSCALL;
	frame->rax = number;
	frame->rdi = words[0];
	frame->rsi = words[1];
	frame->rdx = words[2];
	frame->r10 = words[3];
	frame->r8 = words[4];
	return route_call(thread);
}

#define CALL_GUEST(thread, number, ...) call(thread, number, (const uint64_t[5]){ __VA_ARGS__ })

static bool parked(const struct thread *thread)
{
	return thread->state == THREAD_IS_WAITING && thread->parked && thread->record->parked;
}

static bool set_time(struct thread *thread, uint64_t seconds, uint64_t nanoseconds)
{
	uint64_t time[2] = { seconds, nanoseconds };
	return !copy_out(thread->guest_aspace, (uaddr_t){ TIME }, time, sizeof time);
}

KERNEL_TEST(route_rows_of_waits_list_what_cannot_be_forwarded)
{
	struct domain *domain = fixture_domain();
	struct route row = wait_row();
	row.listed = 1u << ROUTE_DONE;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row.operation = ROUTE_SLEEP;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_INVALID);
	row.listed = 1u << ROUTE_TIMED_OUT;
	TEST_CHECK(route_table_add(domain, &row) == STATUS_OK);
	fixture_end(domain);
}

KERNEL_TEST(route_wait_parks_and_wakes_in_order)
{
	struct domain *domain = fixture_domain();
	struct thread *a = guest(domain, 0, NULL), *b = guest(domain, 1, a), *waker = guest(domain, 2, a);
	TEST_CHECK(a && b && waker && rows_add(domain));
	TEST_CHECK(CALL_GUEST(a, NUMBER_WAIT, WORD, 5, 1) == ROUTE_ANSWERED);
	TEST_CHECK((int64_t)a->frame.rax == ANSWER_MISMATCH && !a->parked);
	TEST_CHECK(CALL_GUEST(a, NUMBER_WAIT, WORD, 0, 3) == ROUTE_ANSWERED && parked(a));
	TEST_CHECK(a->record->regs.orig_rax == NUMBER_WAIT && a->record->regs.rdi == WORD);
	TEST_CHECK(CALL_GUEST(b, NUMBER_WAIT, WORD, 0, 1) == ROUTE_ANSWERED && parked(b));
	TEST_CHECK(CALL_GUEST(waker, NUMBER_WAKE, WORD, 1, 4) == ROUTE_AT_ONCE && waker->frame.rax == 0);
	TEST_CHECK(CALL_GUEST(waker, NUMBER_WAKE, WORD, 1, 1) == ROUTE_ANSWERED && waker->frame.rax == 1);
	TEST_CHECK(a->state == THREAD_IS_READY && a->frame.rax == ANSWER_DONE && parked(b));
	TEST_CHECK(!a->parked && !a->record->parked && a->frame.rdx == 3 && a->mode == MODE_GUEST);
	TEST_CHECK(CALL_GUEST(waker, NUMBER_WAKE, WORD, 9, 1) == ROUTE_ANSWERED && waker->frame.rax == 1);
	TEST_CHECK(b->state == THREAD_IS_READY && b->frame.rax == ANSWER_DONE);
	fixture_end(domain);
}

KERNEL_TEST(route_wait_forwards_what_needs_a_fault_or_is_none)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = guest(domain, 0, NULL);
	TEST_CHECK(thread && rows_add(domain));
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD + PAGE_SIZE, 0, 1) == ROUTE_FORWARDED);
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD + 2, 0, 1) == ROUTE_FORWARDED);
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 0) == ROUTE_FORWARDED);
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1, WORD + PAGE_SIZE - 8) == ROUTE_FORWARDED);
	TEST_CHECK(set_time(thread, 0, 1000000000));
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1, TIME) == ROUTE_FORWARDED);
	TEST_CHECK(set_time(thread, UINT64_MAX, 0));
	TEST_CHECK(CALL_GUEST(thread, NUMBER_SLEEP, TIME) == ROUTE_FORWARDED);
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAKE, WORD, 0, 1) == ROUTE_FORWARDED);
	thread->record->route_gate = ROUTE_GATE_CLOSED;
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1) == ROUTE_FORWARDED);
	thread->record->route_gate = 0;
	thread_kick(thread, KICK_SIGNAL);
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1) == ROUTE_FORWARDED && thread->kicked);
	fixture_end(domain);
}

KERNEL_TEST(route_wait_and_sleep_time_out)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = guest(domain, 0, NULL);
	TEST_CHECK(thread && rows_add(domain));
	TEST_CHECK(set_time(thread, 0, 0));
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1, TIME) == ROUTE_ANSWERED);
	TEST_CHECK((int64_t)thread->frame.rax == ANSWER_LATE && !thread->parked);
	for (uint64_t number = NUMBER_WAIT; number <= NUMBER_SLEEP; number += NUMBER_SLEEP - NUMBER_WAIT) {
		bool sleep = number == NUMBER_SLEEP;
		TEST_CHECK(set_time(thread, 0, 1000000));
		(void)(sleep ? CALL_GUEST(thread, number, TIME)
			     : CALL_GUEST(thread, number, WORD, 0, 1, TIME));
		TEST_CHECK(parked(thread));
		timer_interrupt();
		TEST_CHECK(parked(thread));
		while (clock_now_ns() < thread->parked_deadline)
			;
		timer_interrupt();
		TEST_CHECK(thread->state == THREAD_IS_READY && (int64_t)thread->frame.rax == ANSWER_LATE);
	}
	fixture_end(domain);
}

KERNEL_TEST(route_wait_deadlines_of_both_clocks)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = guest(domain, 0, NULL);
	int64_t before = clock_realtime_offset();
	TEST_CHECK(thread && rows_add(domain));
	uint64_t later = clock_now_ns() / 1000000000 + 5000;
	TEST_CHECK(set_time(thread, later, 7));
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1, TIME, ROUTE_WAIT_ABSOLUTE) == ROUTE_ANSWERED);
	TEST_CHECK(parked(thread) && thread->parked_deadline == later * 1000000000 + 7);
	thread_wake(thread, STATUS_OK, 0);
	clock_set_realtime_offset(3000000000);
	(void)CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1, TIME, ROUTE_WAIT_ABSOLUTE | ROUTE_WAIT_WALL);
	TEST_CHECK(parked(thread) && thread->parked_deadline == (later - 3) * 1000000000 + 7);
	clock_set_realtime_offset(before);
	fixture_end(domain);
}

KERNEL_TEST(route_wait_ends_by_kick_with_registers_as_at_the_call)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = guest(domain, 0, NULL), *waker = guest(domain, 1, thread);
	TEST_CHECK(thread && waker && rows_add(domain));
	(void)CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1);
	thread_kick(thread, KICK_SIGNAL);
	TEST_CHECK(thread->state == THREAD_IS_READY && thread->parked && thread->kicked);
	TEST_CHECK(thread->frame.rax == NUMBER_WAIT && thread->frame.rdi == WORD);
	/* It left its queue: a wake is for others. */
	TEST_CHECK(CALL_GUEST(waker, NUMBER_WAKE, WORD, 1, 1) == ROUTE_AT_ONCE && waker->frame.rax == 0);
	fixture_run(thread);
	guest_exit(thread, EXIT_INTERRUPTED);
	TEST_CHECK(thread->record->regs.orig_rax == NUMBER_WAIT && !thread->parked && !thread->kicked);
	TEST_CHECK(thread->record->parked_deadline == DEADLINE_NEVER && !thread->record->parked);
	/* A kick behind a wake finds the answer there. */
	TEST_CHECK(!guest_enter(thread));
	(void)CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1);
	(void)CALL_GUEST(waker, NUMBER_WAKE, WORD, 1, 1);
	thread_kick(thread, KICK_KILL);
	TEST_CHECK(!thread->parked && thread->frame.rax == ANSWER_DONE && thread->kicked == KICK_KILL);
	fixture_end(domain);
}

KERNEL_TEST(route_wait_shares_queues_with_native_calls)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = guest(domain, 0, NULL), *native = fixture_thread(domain, 1, false);
	TEST_CHECK(thread && rows_add(domain));
	object_get(&thread->guest_aspace->object);
	native->guest_aspace = thread->guest_aspace;
	(void)CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 2);
	struct fixture_call wake = { CALL_word_wake, { WORD, 1, 1, WAIT_GUEST } };
	TEST_CHECK(!fixture_call(native, wake) && native->frame.rdx == 0 && parked(thread));
	wake.words[2] = 2;
	TEST_CHECK(!fixture_call(native, wake) && native->frame.rdx == 1);
	TEST_CHECK(thread->state == THREAD_IS_READY && thread->frame.rax == ANSWER_DONE);
	struct fixture_call wait = { CALL_word_wait, { WORD, 0, 2, DEADLINE_NEVER, WAIT_GUEST } };
	TEST_CHECK(fixture_call(native, wait) == STATUS_PENDING);
	TEST_CHECK(CALL_GUEST(thread, NUMBER_WAKE, WORD, 1, 2) == ROUTE_ANSWERED && thread->frame.rax == 1);
	TEST_CHECK(native->state == THREAD_IS_READY && native->frame.rax == STATUS_OK);
	fixture_end(domain);
}

KERNEL_TEST(route_wait_ends_with_its_domain)
{
	struct domain *domain = fixture_domain(), *other = fixture_domain();
	struct thread *thread = guest(domain, 0, NULL), *sleeper = guest(domain, 1, thread);
	TEST_CHECK(thread && sleeper && rows_add(domain));
	TEST_CHECK(set_time(thread, 0, 1000000));
	uint64_t end = clock_now_ns() + 2000000;
	(void)CALL_GUEST(thread, NUMBER_WAIT, WORD, 0, 1, TIME);
	(void)CALL_GUEST(sleeper, NUMBER_SLEEP, TIME);
	TEST_CHECK(parked(thread) && parked(sleeper));
	fixture_end(domain);
	while (clock_now_ns() < end)
		;
	timer_interrupt();
	fixture_end(other);
}
