/* SPDX-License-Identifier: MIT */
/*
 * Tests of threads: what a request may be, scheduling order, word waits, time-outs, the guest boundary.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"
#include "ipc/timer.h"
#include "memory/memory.h"
#include "object/object.h"
#include "test/fixture.h"
#include "test/test.h"
#include "thread/thread.h"

static struct thread_request guest_request(void)
{
	return (struct thread_request){
		.stack = 0x200000,
		.record = FIXTURE_DATA + PAGE_SIZE,
		.flags = THREAD_GUEST,
		.native_level = LEVEL_SERVER,
		.guest_level = LEVEL_FAIR,
	};
}

static status_code_t try_request(struct domain *domain, const struct thread_request *request)
{
	status_code_t status;
	struct thread *thread = thread_create(domain, request, NULL, &status);
	if (thread) {
		thread_end(thread);
		object_put(&thread->object);
	}
	object_reap();
	return status;
}

KERNEL_TEST(thread_request_is_validated)
{
	struct domain *domain = fixture_domain();
	struct thread_request request = guest_request();
	TEST_CHECK(try_request(domain, &request) == STATUS_OK);
	request.record = FIXTURE_DATA + 32;
	TEST_CHECK(try_request(domain, &request) == STATUS_INVALID);
	request.record = FIXTURE_DATA + PAGE_SIZE - 64;
	TEST_CHECK(try_request(domain, &request) == STATUS_INVALID);
	request.record = 0x5000000;
	TEST_CHECK(try_request(domain, &request) == STATUS_BAD_ADDRESS);
	request = guest_request();
	request.stack = 0x200008;
	TEST_CHECK(try_request(domain, &request) == STATUS_INVALID);
	request = guest_request();
	request.native_level = LEVEL_COUNT;
	TEST_CHECK(try_request(domain, &request) == STATUS_INVALID);
	request = guest_request();
	request.flags = 0x80;
	TEST_CHECK(try_request(domain, &request) == STATUS_INVALID);
	request = guest_request();
	request.entry = USER_LIMIT;
	TEST_CHECK(try_request(domain, &request) == STATUS_INVALID);
	struct thread *first = fixture_thread(domain, 0, true);
	request = guest_request();
	TEST_CHECK(first && try_request(domain, &request) == STATUS_EXISTS);
	fixture_end(domain);
}

static struct thread *leveled(struct domain *domain, unsigned n, uint8_t level)
{
	struct thread *thread = fixture_thread(domain, n, false);
	struct thread_schedule schedule = { .native_level = level, .weight = 1024 };
	schedule_set(thread, &schedule);
	return thread;
}

/* The running thread stops, as if it waited; who is next? */
static struct thread *next_after_block(void)
{
	struct thread *next = fixture_next();
	if (next)
		schedule_block(next);
	return next;
}

KERNEL_TEST(schedule_runs_higher_levels_first_in_order)
{
	struct domain *domain = fixture_domain();
	struct thread *idle = leveled(domain, 0, LEVEL_IDLE), *fair = leveled(domain, 1, LEVEL_FAIR);
	struct thread *first = leveled(domain, 2, 50), *second = leveled(domain, 3, 50);
	struct thread *driver = leveled(domain, 4, LEVEL_DRIVER);
	TEST_CHECK(next_after_block() == driver);
	TEST_CHECK(next_after_block() == first);
	TEST_CHECK(next_after_block() == second);
	TEST_CHECK(next_after_block() == fair);
	TEST_CHECK(next_after_block() == idle);
	TEST_CHECK(next_after_block() == NULL);
	fixture_end(domain);
}

KERNEL_TEST(schedule_fair_takes_least_virtual_time)
{
	struct domain *domain = fixture_domain();
	struct thread *late = leveled(domain, 0, LEVEL_FAIR), *early = leveled(domain, 1, LEVEL_FAIR);
	schedule_remove(late);
	schedule_remove(early);
	/* Far beyond the queue's own time, which an earlier run has moved. */
	static uint64_t base;
	base += 10 * 1000000000ull;
	late->virtual_time = base + 10000000;
	early->virtual_time = base;
	late->state = early->state = THREAD_IS_WAITING;
	schedule_ready(late, false);
	schedule_ready(early, false);
	TEST_CHECK(fixture_next() == early && fixture_next() == early);
	early->virtual_time = base + 20000000;
	cpu_self()->need_reschedule = true;
	TEST_CHECK(fixture_next() == late && early->state == THREAD_IS_READY && early->switches[1] == 1);
	fixture_end(domain);
}

KERNEL_TEST(schedule_weight_divides_virtual_time)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = leveled(domain, 0, LEVEL_FAIR);
	struct thread_schedule heavy = { .native_level = LEVEL_FAIR, .weight = 88761 }; /* nice -20 */
	schedule_set(thread, &heavy);
	fixture_run(thread);
	uint64_t before = thread->virtual_time, total = thread->total_time_ns;
	thread->charged_at_ns -= 4000000;
	(void)schedule_charge(thread);
	TEST_CHECK(thread->total_time_ns - total >= 4000000 && thread->user_time_ns == 0);
	TEST_CHECK(domain->status.time_ns == thread->total_time_ns);
	TEST_CHECK(thread->virtual_time - before == (thread->total_time_ns - total) * 1024 / 88761);
	fixture_end(domain);
}

KERNEL_TEST(schedule_waking_higher_level_preempts)
{
	struct domain *domain = fixture_domain();
	struct thread *low = leveled(domain, 0, 10), *high = leveled(domain, 1, 20);
	schedule_remove(high);
	high->state = THREAD_IS_WAITING;
	TEST_CHECK(fixture_next() == low);
	schedule_ready(high, false);
	TEST_CHECK(cpu_self()->need_reschedule && fixture_next() == high);
	TEST_CHECK(low->state == THREAD_IS_READY && next_after_block() == high && fixture_next() == low);
	fixture_end(domain);
}

KERNEL_TEST(word_wait_compares_wakes_and_requeues)
{
	struct domain *domain = fixture_domain();
	struct thread *a = fixture_thread(domain, 0, false), *b = fixture_thread(domain, 1, false);
	struct thread *waker = fixture_thread(domain, 2, false);
	uint64_t word = FIXTURE_DATA + 0x5000, other = word + 64;
	struct fixture_call wait = { CALL_word_wait, { word, 1, WAIT_ANY, DEADLINE_NEVER } };
	TEST_CHECK(fixture_call(a, wait) == STATUS_MISMATCH);
	wait.words[0] = word + 2;
	TEST_CHECK(fixture_call(a, wait) == STATUS_INVALID);
	wait = (struct fixture_call){ CALL_word_wait, { word, 0, 1, DEADLINE_NEVER } };
	TEST_CHECK(fixture_call(a, wait) == STATUS_PENDING);
	wait.words[2] = 2;
	TEST_CHECK(fixture_call(b, wait) == STATUS_PENDING);
	struct fixture_call wake = { CALL_word_wake, { word, 10, 2 } };
	TEST_CHECK(!fixture_call(waker, wake) && waker->frame.rdx == 1);
	TEST_CHECK(b->state == THREAD_IS_READY && b->frame.rax == 0 && a->state == THREAD_IS_WAITING);
	TEST_CHECK(fixture_call(b, wait) == STATUS_PENDING);
	struct requeue_request *request = (void *)waker->message_page;
	*request = (struct requeue_request){ .from = word, .to = other, .wake = 1, .requeue = 5 };
	uint64_t at = FIXTURE_DATA + 4 * PAGE_SIZE;
	TEST_CHECK(!fixture_call(waker, (struct fixture_call){ CALL_word_requeue, { at } }));
	TEST_CHECK(waker->frame.rdx == 2 && a->state == THREAD_IS_READY && b->state == THREAD_IS_WAITING);
	wake = (struct fixture_call){ CALL_word_wake, { other, 1, WAIT_ANY } };
	TEST_CHECK(!fixture_call(waker, wake) && waker->frame.rdx == 1 && b->state == THREAD_IS_READY);
	fixture_end(domain);
}

KERNEL_TEST(word_wait_ends_by_kick_and_deadline)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, false);
	struct fixture_call wait = {
		CALL_word_wait, { FIXTURE_DATA + 0x5000, 0, WAIT_ANY, DEADLINE_NEVER, WAIT_INTERRUPTIBLE }
	};
	thread_kick(thread, KICK_SIGNAL);
	TEST_CHECK(fixture_call(thread, wait) == STATUS_INTERRUPTED && !thread->kicked);
	wait.words[4] = WAIT_KILLABLE;
	thread_kick(thread, KICK_SIGNAL);
	TEST_CHECK(fixture_call(thread, wait) == STATUS_PENDING && thread->kicked == KICK_SIGNAL);
	thread_kick(thread, KICK_KILL);
	TEST_CHECK((int64_t)thread->frame.rax == STATUS_KILLED && !thread->kicked);
	wait.words[4] = 0;
	wait.words[3] = 0;
	TEST_CHECK(fixture_call(thread, wait) == STATUS_TIMED_OUT);
	wait.words[3] = clock_now_ns() + 1000000;
	TEST_CHECK(fixture_call(thread, wait) == STATUS_PENDING);
	timer_interrupt();
	TEST_CHECK(thread->state == THREAD_IS_WAITING);
	while (clock_now_ns() < wait.words[3])
		;
	timer_interrupt();
	TEST_CHECK(thread->state == THREAD_IS_READY && (int64_t)thread->frame.rax == STATUS_TIMED_OUT);
	fixture_end(domain);
}

KERNEL_TEST(timer_signals_once_and_again)
{
	struct notification *notification = notification_create(&root_account);
	struct timer *timer = timer_create(&root_account, notification, 6);
	uint64_t now = clock_now_ns();
	TEST_CHECK(timer_set(timer, now + 3600000000000ull, 0) == DEADLINE_NEVER);
	timer_interrupt();
	TEST_CHECK(!notification->bits && timer_set(timer, now, 1000000) == now + 3600000000000ull);
	timer_interrupt();
	TEST_CHECK(notification->bits == 6 && timer->deadline_ns > clock_now_ns() - 1000000);
	TEST_CHECK((timer->deadline_ns - now) % 1000000 == 0);
	(void)timer_set(timer, now, 0);
	timer_interrupt();
	TEST_CHECK(timer->deadline_ns == DEADLINE_NEVER);
	(void)timer_set(timer, now + 3600000000000ull, 0);
	object_put(&timer->object);
	object_put(&notification->object);
	object_reap();
}

KERNEL_TEST(guest_enter_checks_registers)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, true);
	struct guest_registers *regs = &thread->record->regs;
	TEST_CHECK(thread->frame.rip == FIXTURE_ENTRY && thread->frame.rsi == EXIT_START);
	TEST_CHECK(thread->frame.rsp % 16 == 8 && thread->frame.rdi == thread->record_address.value);
	fixture_run(thread);
	*regs = (struct guest_registers){ .rip = USER_LIMIT };
	TEST_CHECK(guest_enter(thread) == STATUS_INVALID);
	*regs = (struct guest_registers){ .fs_base = 1ull << 47 };
	TEST_CHECK(guest_enter(thread) == STATUS_INVALID);
	*regs = (struct guest_registers){ .gs_base = 0x8000000000000000ull };
	TEST_CHECK(guest_enter(thread) == STATUS_INVALID && thread->mode == MODE_NATIVE);
	*regs = (struct guest_registers){ .rip = 0x1234, .rflags = UINT64_MAX, .cs = 8, .ss = 0, .rax = 5 };
	TEST_CHECK(guest_enter(thread) == STATUS_OK && thread->mode == MODE_GUEST);
	TEST_CHECK(thread->frame.cs == USER_CS && thread->frame.ss == USER_SS && thread->frame.rax == 5);
	TEST_CHECK(thread->frame.rflags == 0x254fd7 && thread->frame.rip == 0x1234);
	guest_exit(thread, EXIT_SYSCALL);
	TEST_CHECK(thread->mode == MODE_NATIVE && regs->orig_rax == 5 && thread->record->exit_reason == 1);
	thread_kick(thread, KICK_SIGNAL);
	TEST_CHECK(guest_enter(thread) == STATUS_OK && thread->mode == MODE_NATIVE);
	TEST_CHECK(thread->frame.rsi == EXIT_KICK && !thread->kicked && regs->rip == 0x1234);
	thread_set_guest_space(thread, NULL);
	TEST_CHECK(guest_enter(thread) == STATUS_INVALID);
	fixture_end(domain);
}

KERNEL_TEST(guest_debug_control_is_masked)
{
	struct domain *domain = fixture_domain();
	struct thread *thread = fixture_thread(domain, 0, true);
	struct guest_record *record = thread->record;
	fixture_run(thread);
	record->dr7 = UINT64_MAX;
	record->dr[0] = 0xffffffff80000000ull;
	TEST_CHECK(guest_enter(thread) == STATUS_OK);
	TEST_CHECK((thread->dr7 & 3) == 0 && (thread->dr7 & 0xfc) == 0xfc);
	TEST_CHECK((thread->dr7 >> 32) == 0 && !(thread->dr7 & 0x2000));
	guest_exit(thread, EXIT_KICK);
	record->dr7 = 0x1 | 2u << 16;
	record->dr[0] = 0x1000;
	TEST_CHECK(guest_enter(thread) == STATUS_OK && thread->dr7 == 0);
	guest_exit(thread, EXIT_KICK);
	fixture_end(domain);
}

KERNEL_TEST(domain_ends_with_its_last_thread)
{
	struct domain *domain = fixture_domain();
	struct thread *first = fixture_thread(domain, 0, false), *last = fixture_thread(domain, 1, false);
	uint32_t *clear = (void *)last->message_page;
	*clear = 1;
	struct fixture_call wait = { CALL_word_wait,
				     { FIXTURE_DATA + 2 * PAGE_SIZE, 1, WAIT_ANY, DEADLINE_NEVER } };
	TEST_CHECK(fixture_call(last, wait) == STATUS_PENDING);
	struct fixture_call leave = { CALL_thread_exit, { 9, FIXTURE_DATA + 2 * PAGE_SIZE } };
	TEST_CHECK(fixture_call(first, leave) == STATUS_PENDING && first->state == THREAD_IS_DEAD);
	TEST_CHECK(*clear == 0 && last->state == THREAD_IS_READY && domain_lives(domain));
	leave.words[1] = 0;
	TEST_CHECK(fixture_call(last, leave) == STATUS_PENDING && domain->status.end == DOMAIN_EXITED);
	TEST_CHECK(domain->status.code == 9 && !cpu_self()->current && domain->status.threads == 0);
	fixture_end(domain);
}
