/* SPDX-License-Identifier: MIT */
/*
 * Futexes with priority inheritance (futex(2)): locks whose word holds the owner's tid.
 *
 * 1. A word with the waiters bit is changed in the kernel only, by compare and exchange under futex_pi_mutex.
 * 2. Unlocking gives the lock to the waiter of highest priority, oldest first, and writes its tid into the word.
 * 3. An owner that dies gives likewise; as its own memory may be gone, the heir writes the word, with the died bit.
 * 4. While threads of real-time priority wait, the owner runs at the highest of them, and so does who it waits for.
 */
#include "memory/futex_pi.h"

#include "abi/wait.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "core/survive.h"
#include "linux_abi/memory.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "process/schedule.h"
#include "process/tree.h"
#include "runtime/kernel.h"

#define CHAIN_MAX 1024u

SURVIVES struct mutex futex_pi_mutex;
SURVIVES struct pi_waiter *futex_pi_sleepers;
SURVIVES static struct pi_lock *locks;

int futex_key_make(struct thread *self, gaddr_t word, uint32_t flags, struct futex_key *key)
{
	struct region_info region;
	*key = (struct futex_key){ .space = (uintptr_t)self->mm, .offset = word.value };
	if (!(flags & WAIT_SHARED))
		return 0;
	if (k_aspace_query(self->mm->aspace, word.value, own_address(&region)).status < 0 ||
	    region.start > word.value)
		return -EFAULT;
	if (region.flags & MAP_FLAG_SHARED)
		*key = (struct futex_key){ .space = region.object_id,
					   .offset = region.offset + word.value - region.start,
					   .shared = true };
	return 0;
}

bool futex_key_equal(const struct futex_key *one, const struct futex_key *other)
{
	return one->space == other->space && one->offset == other->offset && one->shared == other->shared;
}

uint32_t pi_priority(const struct thread *thread)
{
	uint32_t own = schedule_realtime_priority(thread);
	return own > thread->futex_boost ? own : thread->futex_boost;
}

struct pi_waiter *pi_top(struct pi_waiter *first)
{
	struct pi_waiter *top = first;
	for (struct pi_waiter *waiter = first; waiter; waiter = waiter->next)
		if (pi_priority(waiter->thread) > pi_priority(top->thread))
			top = waiter;
	return top;
}

void pi_list_remove(struct pi_waiter **first, struct pi_waiter *waiter)
{
	while (*first != waiter)
		first = &(*first)->next;
	*first = waiter->next;
	waiter->next = NULL;
}

static void list_append(struct pi_waiter **first, struct pi_waiter *waiter)
{
	while (*first)
		first = &(*first)->next;
	*first = waiter;
}

static uint32_t lent_priority(const struct thread *owner)
{
	uint32_t highest = 0;
	for (const struct pi_lock *lock = locks; lock; lock = lock->next) {
		struct pi_waiter *top = lock->owner == owner ? pi_top(lock->first) : NULL;
		if (top && pi_priority(top->thread) > highest)
			highest = pi_priority(top->thread);
	}
	return highest;
}

/* Who waited for the thread's locks has changed: it and, as long as that changes theirs, those it waits for. */
static void boost_update(struct thread *thread)
{
	for (uint32_t left = CHAIN_MAX; thread && left; left--) {
		uint32_t lent = lent_priority(thread);
		if (lent == thread->futex_boost)
			return;
		thread->futex_boost = lent;
		schedule_apply(thread);
		thread = thread->futex_waiter && thread->futex_waiter->state == PI_WAITS
				 ? thread->futex_waiter->lock->owner
				 : NULL;
	}
}

static struct pi_lock *lock_find(const struct futex_key *key)
{
	struct pi_lock *lock = locks;
	while (lock && !futex_key_equal(&lock->key, key))
		lock = lock->next;
	return lock;
}

void pi_forget_unused(struct pi_lock *lock)
{
	struct pi_lock **link = &locks;
	if (lock->first || lock->heir)
		return;
	while (*link != lock)
		link = &(*link)->next;
	*link = lock->next;
	slab_free(lock, sizeof(*lock));
}

/* The thread that a word names, unless it has given up its locks already: it cannot, while the mutex is held. */
static struct thread *owner_find(uint32_t word)
{
	struct thread *owner;
	lock_acquire(&process_tree_lock);
	owner = thread_find((int32_t)(word & LINUX_FUTEX_TID_MASK));
	if (owner && owner->futex_closed)
		owner = NULL;
	lock_release(&process_tree_lock);
	return owner;
}

static struct pi_lock *lock_create(const struct futex_key *key, struct thread *owner)
{
	struct pi_lock *lock = slab_allocate(sizeof(*lock));
	if (!lock)
		return NULL;
	lock->key = *key;
	lock->owner = owner;
	lock->next = locks;
	locks = lock;
	return lock;
}

/* Does the word name the owner that the record has? While the heir has not written it, it may say anything. */
static bool word_agrees(const struct pi_lock *lock, uint32_t word)
{
	uint32_t tid = word & LINUX_FUTEX_TID_MASK;
	return lock->heir || tid == (uint32_t)lock->owner->tid || (!tid && word & LINUX_FUTEX_OWNER_DIED);
}

/* One look at a word that had the value `seen`: -EAGAIN when it has changed since. */
static int take_once(struct thread *thread, gaddr_t word, uint32_t seen, bool mark_waiters,
		     struct thread **owner)
{
	bool vacant = !(seen & LINUX_FUTEX_TID_MASK);
	uint32_t next = seen | LINUX_FUTEX_WAITERS, old;
	if (vacant)
		next = (seen & LINUX_FUTEX_OWNER_DIED) | (uint32_t)thread->tid |
		       (mark_waiters ? LINUX_FUTEX_WAITERS : 0);
	if (guest_compare_exchange(word, seen, next, &old))
		return -EFAULT;
	if (old != seen)
		return -EAGAIN;
	if (vacant)
		return 1;
	*owner = owner_find(seen);
	if (*owner)
		return 0;
	if (guest_read(&old, word, sizeof(old)))
		return -EFAULT;
	return old == next ? -ESRCH : -EAGAIN;
}

int pi_take(struct thread *thread, gaddr_t word, const struct futex_key *key, bool mark_waiters,
	    struct pi_lock **lock)
{
	struct thread *owner = NULL;
	uint32_t seen;
	int result;
	do {
		if (guest_read(&seen, word, sizeof(seen)))
			return -EFAULT;
		if ((seen & LINUX_FUTEX_TID_MASK) == (uint32_t)thread->tid)
			return -EDEADLK;
		*lock = lock_find(key);
		if (*lock)
			return word_agrees(*lock, seen) ? 0 : -EINVAL;
		result = take_once(thread, word, seen, mark_waiters, &owner);
	} while (result == -EAGAIN);
	if (!result) {
		*lock = lock_create(key, owner);
		result = *lock ? 0 : -ENOMEM;
	}
	return result;
}

bool pi_would_deadlock(const struct pi_lock *lock, const struct thread *thread)
{
	for (uint32_t left = CHAIN_MAX; left; left--) {
		const struct thread *owner = lock->owner;
		if (owner == thread)
			return true;
		if (!owner->futex_waiter || owner->futex_waiter->state != PI_WAITS)
			return false;
		lock = owner->futex_waiter->lock;
	}
	return true;
}

void pi_join(struct pi_lock *lock, struct pi_waiter *waiter)
{
	waiter->lock = lock;
	waiter->state = PI_WAITS;
	list_append(&lock->first, waiter);
	waiter->thread->futex_waiter = waiter;
	boost_update(lock->owner);
}

static void lock_give(struct pi_lock *lock, struct pi_waiter *waiter, bool by_death)
{
	struct thread *heir = waiter->thread;
	pi_list_remove(&lock->first, waiter);
	lock->owner = heir;
	lock->heir = by_death ? waiter : NULL;
	waiter->lock = by_death ? lock : NULL;
	__atomic_store_n(&waiter->state, PI_OWNS, __ATOMIC_RELEASE);
	pi_forget_unused(lock);
	boost_update(heir);
	wait_wake_thread(heir);
}

/* The heir's part of a lock given by a death. */
static int heir_write(struct pi_waiter *waiter)
{
	uint32_t seen, old,
		mine = (uint32_t)waiter->thread->tid | LINUX_FUTEX_WAITERS | LINUX_FUTEX_OWNER_DIED;
	int error = guest_read(&seen, waiter->word, sizeof(seen));
	while (!error) {
		error = guest_compare_exchange(waiter->word, seen, mine, &old);
		if (error || old == seen)
			break;
		seen = old;
	}
	waiter->lock->heir = NULL;
	pi_forget_unused(waiter->lock);
	return error;
}

struct pi_waiter *pi_waiter_create(struct thread *self, gaddr_t word, const struct futex_key *key)
{
	struct pi_waiter *waiter = slab_allocate(sizeof(*waiter));
	if (!waiter)
		return NULL;
	waiter->thread = self;
	waiter->word = word;
	waiter->to = *key;
	wait_queue_init(&waiter->queue);
	return waiter;
}

static void waiter_leave(struct pi_waiter *waiter)
{
	struct pi_lock *lock = waiter->lock;
	if (waiter->state == PI_SLEEPS) {
		pi_list_remove(&futex_pi_sleepers, waiter);
	} else {
		struct thread *owner = lock->owner;
		pi_list_remove(&lock->first, waiter);
		pi_forget_unused(lock);
		boost_update(owner);
	}
}

int pi_wait(struct thread *self, struct pi_waiter *waiter, uint64_t deadline, bool *moved)
{
	struct wait_node node = { 0 };
	int error = 0;
	wait_prepare(self, &node, &waiter->queue);
	while (!error && __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE) != PI_OWNS)
		error = wait_sleep(self, deadline, WAIT_SIGNALS);
	wait_finish(self, &node);
	mutex_acquire(&futex_pi_mutex);
	self->futex_waiter = NULL;
	*moved = waiter->state != PI_SLEEPS;
	if (waiter->state != PI_OWNS)
		waiter_leave(waiter);
	else
		error = waiter->lock ? heir_write(waiter) : 0;
	mutex_release(&futex_pi_mutex);
	slab_free(waiter, sizeof(*waiter));
	return error;
}

/* Take the lock at once, 1, or join those who wait for it, 0; or -errno. */
static int take_or_join(struct thread *self, struct pi_waiter *waiter)
{
	struct pi_lock *lock = NULL;
	int result;
	mutex_acquire(&futex_pi_mutex);
	result = pi_take(self, waiter->word, &waiter->to, false, &lock);
	if (!result) {
		if (pi_would_deadlock(lock, self))
			result = -EDEADLK;
		else
			pi_join(lock, waiter);
		pi_forget_unused(lock);
	}
	mutex_release(&futex_pi_mutex);
	return result;
}

static int64_t lock_wait(struct thread *self, struct pi_waiter *waiter, uint64_t deadline)
{
	bool moved;
	int result = take_or_join(self, waiter);
	if (result) {
		slab_free(waiter, sizeof(*waiter));
		return result > 0 ? 0 : result;
	}
	result = pi_wait(self, waiter, deadline, &moved);
	return result == -ERESTARTSYS ? -ERESTARTNOINTR : result;
}

static int64_t futex_lock_pi(struct thread *self, struct futex_request request)
{
	struct pi_waiter *waiter;
	struct futex_key key;
	uint64_t deadline;
	int error;
	if (request.operation == LINUX_FUTEX_LOCK_PI)
		request.realtime = true;
	error = futex_deadline(&request, &deadline);
	if (!error)
		error = futex_key_make(self, request.word, request.flags, &key);
	if (error)
		return error;
	waiter = pi_waiter_create(self, request.word, &key);
	return waiter ? lock_wait(self, waiter, deadline) : -ENOMEM;
}

static int64_t futex_trylock_pi(struct thread *self, const struct futex_request *request)
{
	struct pi_lock *lock = NULL;
	struct futex_key key;
	int result = futex_key_make(self, request->word, request->flags, &key);
	if (result)
		return result;
	mutex_acquire(&futex_pi_mutex);
	result = pi_take(self, request->word, &key, false, &lock);
	if (!result) {
		pi_forget_unused(lock);
		result = -EAGAIN;
	}
	mutex_release(&futex_pi_mutex);
	return result > 0 ? 0 : result;
}

/* -EAGAIN: the word changed while we looked. */
static int unlock_once(struct thread *self, gaddr_t word, const struct futex_key *key)
{
	struct pi_lock *lock = lock_find(key);
	struct pi_waiter *top = lock ? pi_top(lock->first) : NULL;
	uint32_t seen, old;
	if (guest_read(&seen, word, sizeof(seen)))
		return -EFAULT;
	if ((seen & LINUX_FUTEX_TID_MASK) != (uint32_t)self->tid)
		return -EPERM;
	if (lock && lock->owner != self)
		return -EINVAL;
	if (guest_compare_exchange(word, seen, top ? (uint32_t)top->thread->tid | LINUX_FUTEX_WAITERS : 0,
				   &old))
		return -EFAULT;
	if (old != seen)
		return -EAGAIN;
	if (top) {
		lock_give(lock, top, false);
		boost_update(self);
	}
	return 0;
}

static int64_t futex_unlock_pi(struct thread *self, const struct futex_request *request)
{
	struct futex_key key;
	int error = futex_key_make(self, request->word, request->flags, &key);
	if (error)
		return error;
	mutex_acquire(&futex_pi_mutex);
	do
		error = unlock_once(self, request->word, &key);
	while (error == -EAGAIN);
	mutex_release(&futex_pi_mutex);
	return error;
}

void futex_pi_exit(struct thread *self)
{
	struct pi_lock *lock;
	mutex_acquire(&futex_pi_mutex);
	self->futex_closed = true;
	do {
		for (lock = locks; lock && lock->owner != self; lock = lock->next)
			;
		if (lock)
			lock_give(lock, pi_top(lock->first), true);
	} while (lock);
	boost_update(self);
	mutex_release(&futex_pi_mutex);
}

int64_t futex_pi_call(struct thread *self, const struct futex_request *request)
{
	switch (request->operation) {
	case LINUX_FUTEX_LOCK_PI:
	case LINUX_FUTEX_LOCK_PI2: return futex_lock_pi(self, *request);
	case LINUX_FUTEX_UNLOCK_PI: return futex_unlock_pi(self, request);
	case LINUX_FUTEX_TRYLOCK_PI: return futex_trylock_pi(self, request);
	case LINUX_FUTEX_WAIT_REQUEUE_PI: return futex_wait_requeue_pi(self, request);
	case LINUX_FUTEX_CMP_REQUEUE_PI: return futex_requeue_pi(self, request);
	default: return -ENOSYS;
	}
}
