/* SPDX-License-Identifier: MIT */
/*
 * Signal queues, restart decisions and alternate stacks of the personality, without threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "core/errno.h"
#include "signal/altstack.h"
#include "signal/queue.h"
#include "signal/state.h"

static struct queued_signal entry(int number, uint64_t value)
{
	return (struct queued_signal){ .info = { .number = number, .u.sender = { .value = value } } };
}

static void real_time_signals_keep_their_order(void **state)
{
	struct queued_signal one = entry(40, 1), other = entry(34, 2), two = entry(40, 3);
	struct signal_queue queue = { 0 };
	(void)state;
	signal_queue_add(&queue, &one);
	signal_queue_add(&queue, &other);
	signal_queue_add(&queue, &two);
	assert_int_equal(queue.set, SIGNAL_BIT(40) | SIGNAL_BIT(34));
	assert_int_equal(signal_queue_next(queue.set), 34);
	assert_ptr_equal(signal_queue_take(&queue, 40), &one);
	assert_true(queue.set & SIGNAL_BIT(40));
	assert_ptr_equal(signal_queue_take(&queue, 40), &two);
	assert_int_equal(queue.set, SIGNAL_BIT(34));
	assert_ptr_equal(queue.last, &other);
	assert_ptr_equal(signal_queue_take(&queue, 34), &other);
	assert_null(queue.first);
	assert_null(queue.last);
	assert_int_equal(queue.set, 0);
}

static void a_signal_without_entry_is_taken_once(void **state)
{
	struct signal_queue queue = { .set = SIGNAL_BIT(LINUX_SIGTERM) };
	(void)state;
	assert_null(signal_queue_take(&queue, LINUX_SIGTERM));
	assert_int_equal(queue.set, 0);
}

static void faults_come_first(void **state)
{
	(void)state;
	assert_int_equal(signal_queue_next(SIGNAL_BIT(LINUX_SIGHUP) | SIGNAL_BIT(LINUX_SIGSEGV)),
			 LINUX_SIGSEGV);
	assert_int_equal(signal_queue_next(SIGNAL_BIT(LINUX_SIGHUP) | SIGNAL_BIT(LINUX_SIGUSR1)),
			 LINUX_SIGHUP);
	assert_int_equal(signal_queue_next(SIGNAL_BIT(64)), 64);
	assert_int_equal(signal_queue_next(0), 0);
}

static void flushing_removes_exactly_the_set(void **state)
{
	struct queued_signal stop = entry(LINUX_SIGTSTP, 0), keep = entry(40, 1),
			     more = entry(LINUX_SIGSTOP, 0);
	struct signal_queue queue = { 0 };
	(void)state;
	signal_queue_add(&queue, &stop);
	signal_queue_add(&queue, &keep);
	signal_queue_add(&queue, &more);
	struct queued_signal *removed = signal_queue_flush(&queue, SIGNALS_STOP);
	assert_ptr_equal(removed, &more);
	assert_ptr_equal(removed->next, &stop);
	assert_null(stop.next);
	assert_ptr_equal(queue.first, &keep);
	assert_ptr_equal(queue.last, &keep);
	assert_int_equal(queue.set, SIGNAL_BIT(40));
	assert_null(signal_queue_flush(&queue, SIGNALS_STOP));
}

static void restarts_follow_the_manual(void **state)
{
	(void)state;
	assert_int_equal(restart_decide(-ERESTARTSYS, false, 0), RESTART_AGAIN);
	assert_int_equal(restart_decide(-ERESTARTSYS, true, 0), RESTART_EINTR);
	assert_int_equal(restart_decide(-ERESTARTSYS, true, LINUX_SA_RESTART), RESTART_AGAIN);
	assert_int_equal(restart_decide(-ERESTARTNOHAND, false, 0), RESTART_AGAIN);
	assert_int_equal(restart_decide(-ERESTARTNOHAND, true, LINUX_SA_RESTART), RESTART_EINTR);
	assert_int_equal(restart_decide(-ERESTARTNOINTR, true, 0), RESTART_AGAIN);
	assert_int_equal(restart_decide(-ERESTART_RESTARTBLOCK, false, 0), RESTART_THROUGH_BLOCK);
	assert_int_equal(restart_decide(-ERESTART_RESTARTBLOCK, true, LINUX_SA_RESTART), RESTART_EINTR);
	assert_int_equal(restart_decide(-EINTR, true, LINUX_SA_RESTART), RESTART_KEEP);
	assert_int_equal(restart_decide(7, true, 0), RESTART_KEEP);
}

static void restarting_goes_back_onto_the_instruction(void **state)
{
	static struct thread thread;
	(void)state;
	thread.guest.regs.rip = 0x1002;
	thread.guest.regs.orig_rax = 61;
	thread.guest.regs.rax = (uint64_t)-ERESTARTSYS;
	restart_apply(&thread, RESTART_AGAIN);
	assert_int_equal(thread.guest.regs.rip, 0x1000);
	assert_int_equal(thread.guest.regs.rax, 61);
	assert_int_equal(thread.guest.regs.orig_rax, GUEST_NO_CALL);
	thread.guest.regs.orig_rax = 35;
	restart_apply(&thread, RESTART_THROUGH_BLOCK);
	assert_int_equal(thread.guest.regs.rip, 0xffe);
	assert_int_equal(thread.guest.regs.rax, 219);
}

static void an_alternate_stack_is_left_open_at_its_base(void **state)
{
	struct altstack stack = { .base = { 0x1000 }, .size = 0x2000 };
	(void)state;
	assert_int_equal(altstack_flags(&stack, 0x1000), 0);
	assert_int_equal(altstack_flags(&stack, 0x1001), LINUX_SS_ONSTACK);
	assert_int_equal(altstack_flags(&stack, 0x3000), LINUX_SS_ONSTACK);
	assert_int_equal(altstack_flags(&stack, 0x3001), 0);
	stack.flags = LINUX_SS_AUTODISARM;
	assert_int_equal(altstack_flags(&stack, 0x2000), 0);
	stack.size = 0;
	assert_int_equal(altstack_flags(&stack, 0x2000), LINUX_SS_DISABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_time_signals_keep_their_order),
		cmocka_unit_test(a_signal_without_entry_is_taken_once),
		cmocka_unit_test(faults_come_first),
		cmocka_unit_test(flushing_removes_exactly_the_set),
		cmocka_unit_test(restarts_follow_the_manual),
		cmocka_unit_test(restarting_goes_back_onto_the_instruction),
		cmocka_unit_test(an_alternate_stack_is_left_open_at_its_base),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
