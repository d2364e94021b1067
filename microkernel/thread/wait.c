/* SPDX-License-Identifier: MIT */
/*
 * How threads begin and end waits. Every wait ends in one of these functions, whatever it was for, and leaves
 * through wait_leave all queues that it was in.
 *
 * A kick is latched in thread->kicked until it ends something: an interruptible (kill: killable) wait, with
 * INTERRUPTED (a call: CANCELLED) or KILLED, or the guest, with EXIT_KICK. A thread that waits for a page on behalf
 * of its guest is only made ready by a kill: kernel_exit then finds the kick and stops the guest.
 */
#include "ipc/endpoint.h"
#include "ipc/timer.h"
#include "memory/memory.h"
#include "thread/queues.h"
#include "thread/schedule.h"

static bool waits_for_memory(enum wait_kind kind)
{
	return kind == WAIT_PAGE || kind == WAIT_MEMORY || kind == WAIT_SPACE;
}

static void wait_leave(struct thread *thread)
{
	timeout_cancel(&thread->timeout);
	if (list_linked(&thread->wait_link))
		list_remove(&thread->wait_link);
	if (list_linked(&thread->notify_link))
		list_remove(&thread->notify_link);
	if (thread->server)
		thread->server->serving = NULL;
	thread->server = NULL;
	thread->wait = WAIT_NONE;
}

static void wait_finish(struct thread *thread, bool direct)
{
	wait_leave(thread);
	schedule_ready(thread, direct);
}

void thread_wake(struct thread *thread, int64_t status, uint64_t value)
{
	thread->frame.rax = (uint64_t)status;
	thread->frame.rdx = value;
	thread->restart = false;
	wait_finish(thread, false);
}

void thread_wake_answered(struct thread *thread)
{
	thread->restart = false;
	wait_finish(thread, true);
}

void thread_wake_restart(struct thread *thread)
{
	wait_finish(thread, false);
}

static void thread_timed_out(struct timeout *timeout)
{
	thread_wake(list_entry(timeout, struct thread, timeout), STATUS_TIMED_OUT, 0);
}

/* End the wait if a latched kick may. */
static void wait_end_by_kick(struct thread *thread)
{
	if (!thread_wait_ended(thread))
		return;
	if (waits_for_memory(thread->wait))
		memory_cancel_wait(thread);
	if (thread->mode == MODE_GUEST) {
		thread->restart = false;
		wait_finish(thread, false);
		return;
	}
	bool call = thread->wait == WAIT_CALL_QUEUED || thread->wait == WAIT_REPLY;
	int64_t status = call ? STATUS_CANCELLED : STATUS_INTERRUPTED;
	if (thread->killable && (thread->kicked & KICK_KILL))
		status = STATUS_KILLED;
	thread->kicked = status == STATUS_KILLED ? 0 : thread->kicked & (uint8_t)~KICK_SIGNAL;
	thread_wake(thread, status, 0);
}

void thread_block(struct thread *thread, enum wait_kind kind, uint64_t deadline_ns, bool restart)
{
	if (waits_for_memory(kind)) {
		thread->interruptible = false;
		thread->killable = thread->mode == MODE_GUEST || thread->frame.vector == TRAP_SYSCALL;
	}
	thread->wait = kind;
	thread->restart = restart;
	schedule_block(thread);
	if (deadline_ns != DEADLINE_NEVER) {
		thread->timeout.expired = thread_timed_out;
		timeout_arm(&thread->timeout, deadline_ns);
	}
	if (thread->kicked)
		wait_end_by_kick(thread);
}

void thread_kick(struct thread *thread, uint8_t kick)
{
	if (thread->state == THREAD_IS_DEAD)
		return;
	thread->kicked |= kick;
	if (thread->state == THREAD_IS_WAITING)
		wait_end_by_kick(thread);
}

void thread_leave_queues(struct thread *thread)
{
	if (waits_for_memory(thread->wait))
		memory_cancel_wait(thread);
	wait_leave(thread);
	endpoint_leave(thread);
	schedule_remove(thread);
}
