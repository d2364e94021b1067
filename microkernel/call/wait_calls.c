/* SPDX-License-Identifier: MIT */
/*
 * Waiting on words: abi/wait.h.
 */
#include "arch/x86_64/cpu.h"
#include "call/lookup.h"
#include "memory/memory.h"
#include "thread/word.h"

#define QUEUE_FLAGS (WAIT_GUEST | WAIT_SHARED)
#define WAIT_FLAGS (QUEUE_FLAGS | WAIT_INTERRUPTIBLE | WAIT_KILLABLE)

/* A word as a call names it. */
struct word {
	uint64_t key[2];
	uint32_t value;
};

static status_t word_find(struct thread *self, uint64_t address, uint32_t flags, struct word *word)
{
	struct aspace *space = flags & WAIT_GUEST ? self->guest_aspace : self->domain->aspace;
	if (!space || address % sizeof(word->value))
		return STATUS_INVALID;
	if (address >= USER_LIMIT)
		return STATUS_BAD_ADDRESS;
	return aspace_word(space, address, flags & WAIT_SHARED, word->key, &word->value);
}

struct call_result kcall_word_wait(struct thread *self, uint64_t address, uint32_t expected, uint32_t bitset,
				   uint64_t deadline_ns, uint32_t flags)
{
	if ((flags & ~WAIT_FLAGS) || !bitset)
		return call_error(STATUS_INVALID);
	struct word word;
	status_code_t status = word_find(self, address, flags, &word);
	if (status)
		return call_error(status);
	if (word.value != expected)
		return call_error(STATUS_MISMATCH);
	if (deadline_ns != DEADLINE_NEVER && deadline_ns <= clock_now_ns())
		return call_error(STATUS_TIMED_OUT);
	self->interruptible = flags & WAIT_INTERRUPTIBLE;
	self->killable = flags & (WAIT_INTERRUPTIBLE | WAIT_KILLABLE);
	word_enqueue(self, word.key, bitset);
	thread_block(self, WAIT_WORD, deadline_ns, false);
	return CALL_BLOCKED;
}

struct call_result kcall_word_wake(struct thread *self, uint64_t address, uint32_t count, uint32_t bitset,
				   uint32_t flags)
{
	if ((flags & ~QUEUE_FLAGS) || !bitset)
		return call_error(STATUS_INVALID);
	struct word word;
	status_code_t status = word_find(self, address, flags, &word);
	return status ? call_error(status) : call_ok(word_wake(word.key, count, bitset));
}

struct call_result kcall_word_requeue(struct thread *self, uaddr_t request)
{
	struct requeue_request copy;
	status_code_t status = copy_in(self->domain->aspace, &copy, request, sizeof(copy));
	if (!status && (copy.flags & ~QUEUE_FLAGS))
		status = STATUS_INVALID;
	if (status)
		return call_error(status);
	struct word from, to;
	status = word_find(self, copy.to, copy.flags, &to);
	if (!status)
		status = word_find(self, copy.from, copy.flags, &from);
	if (!status && copy.compare && from.value != copy.expected)
		status = STATUS_MISMATCH;
	if (status)
		return call_error(status);
	uint64_t done = word_wake(from.key, copy.wake, WAIT_ANY);
	return call_ok(done + word_requeue(from.key, to.key, copy.requeue));
}
