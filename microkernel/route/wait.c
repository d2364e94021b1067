/* SPDX-License-Identifier: MIT */
/*
 * Operations that wait and wake: words of guests, and time.
 *
 * A guest waits in its call with its registers as they were at it; the thread remembers the row, which never moves, so
 * that the wake knows what to answer. A kick ends the wait with the exit INTERRUPTED (thread/wait.c, thread/entry.c). The
 * queues are those of word_wait, so guests wait and wake on them beside the personality's own calls.
 */
#include "arch/x86_64/cpu.h"
#include "memory/aspace.h"
#include "route/descriptor.h"
#include "route/route.h"
#include "thread/thread.h"

#define NS_PER_SECOND 1000000000ll

int route_park(struct route_call *call, const uint64_t key[2], uint32_t bitset, uint64_t deadline_ns)
{
	struct thread *thread = call->thread;
	guest_park(thread, call->row, deadline_ns);
	thread->interruptible = thread->killable = true;
	if (key)
		word_enqueue(thread, key, bitset);
	thread_block(thread, WAIT_WORD, deadline_ns, false);
	return ROUTE_WAITS;
}

int route_park_inside(struct route_call *call, struct descriptor *descriptor, const uint64_t key[2])
{
	struct thread *thread = call->thread;
	if (!thread->parked_in)
		descriptor_enter(descriptor);
	thread->parked_in = descriptor;
	return route_park(call, key, WAIT_ANY, DEADLINE_NEVER);
}

void route_leave(struct thread *thread)
{
	struct descriptor *inside = thread->parked_in;
	thread->parked_in = NULL;
	if (inside)
		descriptor_leave(inside);
}

/* What the kernel cannot go on with is forwarded from inside of its descriptor, which is left at the next guest_enter. */
enum route_end route_again(struct thread *thread)
{
	guest_unpark(thread);
	enum route_end end = route_call(thread);
	if (thread->parked || !thread->parked_in)
		return end;
	if (end == ROUTE_FORWARDED)
		thread->record->inside = thread->parked_in->row.cookie;
	else
		route_leave(thread);
	return end;
}

void route_wake(struct thread *thread, int64_t status)
{
	const struct route *row = thread->parked;
	if (route_operations[row->operation].retries) {
		thread->restart = true;
		return;
	}
	thread->record->routed_calls++;
	thread->frame.rax = (uint64_t)row->results[status == STATUS_TIMED_OUT ? ROUTE_TIMED_OUT : ROUTE_DONE];
	guest_unpark(thread);
}

/* A time as guests write it. */
struct guest_time {
	int64_t seconds, nanoseconds;
};

static uint64_t deadline_of(int64_t ns, uint64_t flags)
{
	if (!(flags & ROUTE_WAIT_ABSOLUTE))
		return clock_now_ns() + (uint64_t)ns;
	if ((flags & ROUTE_WAIT_WALL) && __builtin_sub_overflow(ns, clock_realtime_offset(), &ns))
		return INT64_MAX;
	return ns < 0 ? 0 : (uint64_t)ns;
}

/* The deadline at an address of the guest; false: it cannot be read, or is none. */
static bool deadline_read(const struct thread *thread, uint64_t address, uint64_t flags, uint64_t *deadline)
{
	const struct guest_time *bytes = route_guest_bytes(thread, address, sizeof *bytes, PROT_BIT_READ);
	if (!bytes)
		return false;
	struct guest_time time = *bytes;
	if (time.seconds < 0 || time.seconds >= INT64_MAX / NS_PER_SECOND || time.nanoseconds < 0 ||
	    time.nanoseconds >= NS_PER_SECOND)
		return false;
	*deadline = deadline_of(time.seconds * NS_PER_SECOND + time.nanoseconds, flags);
	return true;
}

int route_wait(struct route_call *call)
{
	const uint64_t *p = call->parameters;
	uint64_t key[2], deadline = DEADLINE_NEVER;
	uint32_t value, bitset = (uint32_t)p[2];
	if (!bitset || (p[3] && !deadline_read(call->thread, p[3], p[4], &deadline)))
		return ROUTE_FORWARD;
	if (!aspace_word_peek(call->thread->guest_aspace, p[0], p[4] & ROUTE_WAIT_SHARED, key, &value))
		return ROUTE_FORWARD;
	if (value != (uint32_t)p[1])
		return ROUTE_MISMATCH;
	if (deadline != DEADLINE_NEVER && deadline <= clock_now_ns())
		return ROUTE_TIMED_OUT;
	return route_park(call, key, bitset, deadline);
}

int route_wake_word(struct route_call *call)
{
	const uint64_t *p = call->parameters;
	uint64_t key[2];
	uint32_t value, count = (uint32_t)p[1], bitset = (uint32_t)p[2];
	if (!bitset || (int32_t)count < 1)
		return ROUTE_FORWARD;
	if (!aspace_word_peek(call->thread->guest_aspace, p[0], p[4] & ROUTE_WAIT_SHARED, key, &value))
		return ROUTE_FORWARD;
	call->value = word_wake(key, count, bitset);
	return ROUTE_DONE;
}

int route_sleep(struct route_call *call)
{
	uint64_t deadline;
	if (!deadline_read(call->thread, call->parameters[0], call->parameters[1], &deadline))
		return ROUTE_FORWARD;
	if (deadline <= clock_now_ns())
		return ROUTE_TIMED_OUT;
	return route_park(call, NULL, 0, deadline);
}
