/* SPDX-License-Identifier: MIT */
/*
 * Condition variables over locks with priority inheritance (futex(2)): FUTEX_WAIT_REQUEUE_PI sleeps on a word until
 * FUTEX_CMP_REQUEUE_PI moves it to the lock that it named, or takes that lock for it.
 */
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "memory/futex_pi.h"
#include "process/thread.h"

/* Not yet asleep when the value has gone: -EAGAIN. */
static int sleeper_add(const struct futex_request *request, struct pi_waiter *waiter)
{
	struct pi_waiter **link = &futex_pi_sleepers;
	uint32_t seen;
	int error;
	mutex_acquire(&futex_pi_mutex);
	error = guest_read(&seen, request->word, sizeof(seen));
	if (!error && seen != request->value)
		error = -EAGAIN;
	if (!error) {
		while (*link)
			link = &(*link)->next;
		*link = waiter;
	}
	mutex_release(&futex_pi_mutex);
	return error;
}

static int keys_make(struct thread *self, const struct futex_request *request, struct futex_key *from,
		     struct futex_key *to)
{
	int error = futex_key_make(self, request->word, request->flags, from);
	if (!error)
		error = futex_key_make(self, request->word2, request->flags, to);
	if (error)
		return error;
	return futex_key_equal(from, to) ? -EINVAL : 0;
}

static int check_words(const struct futex_request *request)
{
	if (request->word2.value == request->word.value || request->word2.value & 3)
		return -EINVAL;
	return request->word2.value >= GUEST_USER_LIMIT ? -EFAULT : 0;
}

int64_t futex_wait_requeue_pi(struct thread *self, const struct futex_request *request)
{
	struct pi_waiter *waiter;
	struct futex_key from, to;
	uint64_t deadline;
	bool moved;
	int error = futex_deadline(request, &deadline);
	if (!error)
		error = check_words(request);
	if (!error)
		error = keys_make(self, request, &from, &to);
	if (error)
		return error;
	waiter = pi_waiter_create(self, request->word2, &to);
	if (!waiter)
		return -ENOMEM;
	waiter->from = from;
	error = sleeper_add(request, waiter);
	if (error) {
		slab_free(waiter, sizeof(*waiter));
		return error;
	}
	error = pi_wait(self, waiter, deadline, &moved);
	if (error != -ERESTARTSYS)
		return error;
	return moved ? -EAGAIN : -ERESTARTNOINTR;
}

static struct pi_waiter *sleeper_top(const struct futex_key *from)
{
	struct pi_waiter *top = NULL;
	for (struct pi_waiter *waiter = futex_pi_sleepers; waiter; waiter = waiter->next)
		if (futex_key_equal(&waiter->from, from) &&
		    (!top || pi_priority(waiter->thread) > pi_priority(top->thread)))
			top = waiter;
	return top;
}

/* Take the lock for the first of them: 1, it has it; 0, the lock has an owner; or -errno. */
static int take_for_first(const struct futex_request *request, const struct futex_key *from,
			  const struct futex_key *to, struct pi_lock **lock)
{
	struct pi_waiter *top = sleeper_top(from);
	int result;
	if (!futex_key_equal(&top->to, to))
		return -EINVAL;
	result = pi_take(top->thread, request->word2, to, request->value2, lock);
	if (result > 0) {
		pi_list_remove(&futex_pi_sleepers, top);
		__atomic_store_n(&top->state, PI_OWNS, __ATOMIC_RELEASE);
		wait_wake_thread(top->thread);
	}
	return result;
}

/* Move sleepers to the lock until `most` are served. The number served, or -errno. */
static int64_t move_others(const struct futex_key *from, struct pi_lock *lock, int64_t served, int64_t most)
{
	struct pi_waiter *top;
	while (served < most && (top = sleeper_top(from))) {
		if (!futex_key_equal(&top->to, &lock->key))
			return -EINVAL;
		if (pi_would_deadlock(lock, top->thread))
			return -EDEADLK;
		pi_list_remove(&futex_pi_sleepers, top);
		pi_join(lock, top);
		served++;
	}
	return served;
}

static int64_t requeue_held(const struct futex_request *request, const struct futex_key *from,
			    const struct futex_key *to)
{
	struct pi_lock *lock = NULL;
	int64_t most = 1 + (int64_t)request->value2, result;
	uint32_t seen;
	int error = 0;
	if (guest_read(&seen, request->word, sizeof(seen)))
		return -EFAULT;
	if (seen != request->value3)
		return -EAGAIN;
	if (!sleeper_top(from))
		return 0;
	result = take_for_first(request, from, to, &lock);
	if (result < 0)
		return result;
	/* The lock that the first of them has just got, or that somebody has. */
	if (result && request->value2 && sleeper_top(from))
		error = pi_take(sleeper_top(from)->thread, request->word2, to, true, &lock);
	if (error < 0 || !lock)
		return error < 0 ? error : result;
	result = move_others(from, lock, result, most);
	pi_forget_unused(lock);
	return result;
}

int64_t futex_requeue_pi(struct thread *self, const struct futex_request *request)
{
	struct futex_key from, to;
	int64_t result;
	int error;
	if ((int32_t)request->value2 < 0 || request->value != 1)
		return -EINVAL;
	error = check_words(request);
	if (!error)
		error = keys_make(self, request, &from, &to);
	if (error)
		return error;
	mutex_acquire(&futex_pi_mutex);
	result = requeue_held(request, &from, &to);
	mutex_release(&futex_pi_mutex);
	return result;
}
