/* SPDX-License-Identifier: MIT */
/*
 * futex(2) over the kernel's word queues. The operations with priority inheritance are in futex_pi.c.
 */
#include "abi/wait.h"
#include "abi/blocks.h"
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/files.h"
#include "linux_abi/memory.h"
#include "memory/futex.h"
#include "process/restart.h"
#include "runtime/kernel.h"

int futex_deadline(const struct futex_request *request, uint64_t *deadline)
{
	struct linux_timespec time;
	*deadline = DEADLINE_NEVER;
	if (!request->timeout)
		return 0;
	if (guest_read(&time, (gaddr_t){ request->timeout }, sizeof(time)))
		return -EFAULT;
	if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= NS_PER_SECOND)
		return -EINVAL;
	if (request->operation == LINUX_FUTEX_WAIT)
		*deadline = deadline_after(time.seconds, time.nanoseconds);
	else
		*deadline = deadline_absolute(request->realtime, time.seconds, time.nanoseconds);
	return 0;
}

static int64_t futex_sleep(struct thread *self, gaddr_t word, uint32_t value, uint32_t bitset,
			   uint64_t deadline, uint32_t flags)
{
	struct call_result result;
	if (signal_pending(self))
		return -ERESTARTSYS;
	self->state_letter = 'S';
	result = k_word_wait(word.value, value, bitset, deadline, flags | WAIT_INTERRUPTIBLE);
	self->state_letter = 'R';
	return errno_from_status(result.status);
}

/* A signal ended the wait: from the start again, but with a deadline by restart_syscall only. */
static int64_t futex_restart_later(struct thread *self, const struct futex_request *request, uint32_t bitset,
				   uint64_t deadline)
{
	if (deadline == DEADLINE_NEVER)
		return -ERESTARTSYS;
	self->restart = (struct restart_block){ .kind = RESTART_FUTEX, .deadline_ns = deadline };
	self->restart.arguments[0] = request->word.value;
	self->restart.arguments[1] = request->value;
	self->restart.arguments[2] = bitset;
	self->restart.arguments[3] = request->flags;
	return -ERESTART_RESTARTBLOCK;
}

static int64_t futex_wait(struct thread *self, const struct futex_request *request, uint32_t bitset)
{
	uint64_t deadline;
	int64_t result;
	int error = futex_deadline(request, &deadline);
	if (error || !bitset)
		return error ? error : -EINVAL;
	result = futex_sleep(self, request->word, request->value, bitset, deadline, request->flags);
	return result == -ERESTARTSYS ? futex_restart_later(self, request, bitset, deadline) : result;
}

int64_t restart_futex(struct thread *self)
{
	const struct restart_block *block = &self->restart;
	int64_t result = futex_sleep(self, (gaddr_t){ block->arguments[0] }, (uint32_t)block->arguments[1],
				     (uint32_t)block->arguments[2], block->deadline_ns,
				     (uint32_t)block->arguments[3]);
	return result == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : result;
}

static int64_t futex_wake(gaddr_t word, uint32_t count, uint32_t bitset, uint32_t flags)
{
	struct call_result result;
	if (!bitset)
		return -EINVAL;
	/* Linux counts after each: at least one is woken. */
	result = k_word_wake(word.value, (int32_t)count < 1 ? 1 : count, bitset, flags);
	return result.status < 0 ? errno_from_status(result.status) : (int64_t)result.value;
}

static int64_t futex_requeue(const struct futex_request *request, bool compare)
{
	struct requeue_request requeue = { .from = request->word.value,
					   .to = request->word2.value,
					   .flags = request->flags };
	struct call_result result;
	if ((int32_t)request->value < 0 || (int32_t)request->value2 < 0)
		return -EINVAL;
	requeue.wake = request->value;
	requeue.requeue = request->value2;
	requeue.expected = request->value3;
	requeue.compare = compare;
	result = k_word_requeue((uaddr_t){ (uintptr_t)&requeue });
	return result.status < 0 ? errno_from_status(result.status) : (int64_t)result.value;
}

/* FUTEX_OP: operation 28-31 (bit 3: the argument is a shift), comparison 24-27, argument 12-23, compared value 0-11. */
static bool wake_op_apply(uint32_t code, uint32_t old, uint32_t *new)
{
	uint32_t argument = (uint32_t)((int32_t)(code << 8) >> 20);
	if (code >> 28 & 8)
		argument = 1u << (argument & 31);
	switch (code >> 28 & 7) {
	case 0: *new = argument; return true;
	case 1: *new = old + argument; return true;
	case 2: *new = old | argument; return true;
	case 3: *new = old & ~argument; return true;
	case 4: *new = old ^ argument; return true;
	default: return false;
	}
}

static int wake_op_compare(uint32_t code, uint32_t old_word)
{
	int32_t old = (int32_t)old_word, value = (int32_t)(code << 20) >> 20;
	switch (code >> 24 & 15) {
	case 0: return old == value;
	case 1: return old != value;
	case 2: return old < value;
	case 3: return old <= value;
	case 4: return old > value;
	case 5: return old >= value;
	default: return -ENOSYS;
	}
}

static int wake_op_exchange(const struct futex_request *request, uint32_t *old)
{
	uint32_t seen, new;
	int error = guest_read(&seen, request->word2, sizeof(seen));
	while (!error) {
		if (!wake_op_apply(request->value3, seen, &new))
			return -ENOSYS;
		error = guest_compare_exchange(request->word2, seen, new, old);
		if (error || *old == seen)
			break;
		seen = *old;
	}
	return error;
}

static int64_t futex_wake_op(const struct futex_request *request)
{
	int64_t woken, more;
	uint32_t old;
	int second, error = wake_op_exchange(request, &old);
	if (error)
		return error;
	second = wake_op_compare(request->value3, old);
	if (second < 0)
		return second;
	woken = futex_wake(request->word, request->value, WAIT_ANY, request->flags);
	if (woken < 0 || !second)
		return woken;
	more = futex_wake(request->word2, request->value2, WAIT_ANY, request->flags);
	return more < 0 ? more : woken + more;
}

static int64_t futex_do(struct thread *self, const struct futex_request *request)
{
	switch (request->operation) {
	case LINUX_FUTEX_WAIT: return futex_wait(self, request, WAIT_ANY);
	case LINUX_FUTEX_WAIT_BITSET: return futex_wait(self, request, request->value3);
	case LINUX_FUTEX_WAKE: return futex_wake(request->word, request->value, WAIT_ANY, request->flags);
	case LINUX_FUTEX_WAKE_BITSET:
		return futex_wake(request->word, request->value, request->value3, request->flags);
	case LINUX_FUTEX_REQUEUE: return futex_requeue(request, false);
	case LINUX_FUTEX_CMP_REQUEUE: return futex_requeue(request, true);
	case LINUX_FUTEX_WAKE_OP: return futex_wake_op(request);
	default: return futex_pi_call(self, request);
	}
}

static bool word_usable(gaddr_t word)
{
	return word.value < GUEST_USER_LIMIT;
}

static bool takes_clock(int32_t operation)
{
	return operation == LINUX_FUTEX_WAIT_BITSET || operation == LINUX_FUTEX_WAIT ||
	       operation == LINUX_FUTEX_WAIT_REQUEUE_PI || operation == LINUX_FUTEX_LOCK_PI2;
}

static struct futex_request request_of(gaddr_t word, int32_t operation, uint32_t value)
{
	struct futex_request request = { .word = word, .value = value };
	request.operation = operation & ~(LINUX_FUTEX_PRIVATE_FLAG | LINUX_FUTEX_CLOCK_REALTIME);
	request.flags = WAIT_GUEST | (operation & LINUX_FUTEX_PRIVATE_FLAG ? 0 : WAIT_SHARED);
	request.realtime = operation & LINUX_FUTEX_CLOCK_REALTIME;
	return request;
}

/* Only the waits are routed. */
int64_t futex_interrupted(struct thread *self)
{
	const struct guest_registers *regs = &self->guest.regs;
	struct futex_request request = request_of((gaddr_t){ regs->rdi }, (int32_t)regs->rsi,
						  (uint32_t)regs->rdx);
	uint32_t bitset = request.operation == LINUX_FUTEX_WAIT ? WAIT_ANY : (uint32_t)regs->r9;
	return futex_restart_later(self, &request, bitset, self->guest.parked_deadline);
}

int64_t sys_futex(struct thread *self, gaddr_t word, int32_t operation, uint32_t value, uint64_t timeout,
		  gaddr_t word2, uint32_t value3)
{
	struct futex_request request = request_of(word, operation, value);
	request.word2 = word2;
	request.value2 = (uint32_t)timeout;
	request.value3 = value3;
	request.timeout = timeout;
	if (request.realtime && !takes_clock(request.operation))
		return -ENOSYS;
	if (word.value & 3)
		return -EINVAL;
	if (!word_usable(word))
		return -EFAULT;
	return futex_do(self, &request);
}
