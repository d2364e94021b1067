/* SPDX-License-Identifier: MIT */
/*
 * The time-out heaps, the clock's next event, and timer objects.
 *
 * The clock is set again only for an earlier event: one that rings early finds nothing due and plans anew, which is
 * cheaper than touching the timer at each kernel exit.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"
#include "ipc/timer.h"

void timeout_cancel(struct timeout *timeout)
{
	if (heap_linked(&timeout->node))
		heap_remove(&timeout->cpu->timeouts, &timeout->node);
}

void timeout_arm(struct timeout *timeout, uint64_t deadline_ns)
{
	timeout_cancel(timeout);
	timeout->cpu = cpu_self();
	timeout->cpu->attention = true;
	heap_insert(&timeout->cpu->timeouts, &timeout->node, deadline_ns);
}

void timer_plan(uint64_t slice_end_ns)
{
	struct cpu *cpu = cpu_self();
	uint64_t next = cpu->timeouts.root ? cpu->timeouts.root->key : DEADLINE_NEVER;
	if (slice_end_ns < next)
		next = slice_end_ns;
	if (next == DEADLINE_NEVER || (cpu->planned_ns && cpu->planned_ns <= next))
		return;
	cpu->planned_ns = next ? next : 1;
	clock_set_event(next);
}

void timer_interrupt(void)
{
	struct cpu *cpu = cpu_self();
	uint64_t now = clock_now_ns();
	cpu->planned_ns = 0;
	while (cpu->timeouts.root && cpu->timeouts.root->key <= now) {
		struct timeout *timeout = list_entry(cpu->timeouts.root, struct timeout, node);
		heap_remove(&cpu->timeouts, &timeout->node);
		timeout->expired(timeout);
	}
	schedule_tick(now);
}

static void timer_expired(struct timeout *timeout)
{
	struct timer *timer = list_entry(timeout, struct timer, timeout);
	uint64_t now = clock_now_ns();
	if (timer->period_ns) {
		uint64_t missed = (now - timer->deadline_ns) / timer->period_ns;
		timer->deadline_ns += (missed + 1) * timer->period_ns;
		timeout_arm(timeout, timer->deadline_ns);
	} else {
		timer->deadline_ns = DEADLINE_NEVER;
	}
	notification_signal(timer->notification, timer->bits);
}

struct timer *timer_create(struct account *account, struct notification *notification, uint64_t bits)
{
	struct timer *timer = object_allocate(KIND_TIMER, sizeof(*timer), account);
	if (!timer)
		return NULL;
	timer->notification = notification;
	object_get(&notification->object);
	timer->bits = bits;
	timer->deadline_ns = DEADLINE_NEVER;
	timer->timeout.expired = timer_expired;
	return timer;
}

void timer_destroy(struct object *object)
{
	struct timer *timer = (struct timer *)object;
	timeout_cancel(&timer->timeout);
	object_put(&timer->notification->object);
	object_free(object);
}

uint64_t timer_set(struct timer *timer, uint64_t deadline_ns, uint64_t period_ns)
{
	uint64_t old = timer->deadline_ns;
	timeout_cancel(&timer->timeout);
	timer->deadline_ns = deadline_ns;
	timer->period_ns = period_ns;
	if (deadline_ns != DEADLINE_NEVER)
		timeout_arm(&timer->timeout, deadline_ns);
	return old;
}
