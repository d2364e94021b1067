/* SPDX-License-Identifier: MIT */
/*
 * Locks that hand on priority: who owns and who waits, between futex_pi.c and futex_pi_requeue.c.
 *
 * A guest word says who owns a lock; a record is there only while somebody waits for it, or has been given it by the death of its
 * owner and has yet to write the word. Records, waiters and the threads' futex_waiter and futex_boost are guarded by
 * futex_pi_mutex, which is held across the guest copies that read and exchange words.
 */
#ifndef LICHEN_PERSONALITY_FUTEX_PI_H
#define LICHEN_PERSONALITY_FUTEX_PI_H

#include "core/lock.h"
#include "core/wait.h"
#include "memory/futex.h"

/* Where a word is, whatever address it has in a space: the space and address, or the object and offset. */
struct futex_key {
	uint64_t space, offset;
	bool shared;
};

enum pi_state { PI_SLEEPS = 0, PI_WAITS, PI_OWNS };

struct pi_waiter {
	struct thread *thread;
	struct pi_waiter *next; /* of its lock, or of the sleepers, in order of arrival */
	struct pi_lock *lock;   /* that it waits for, or has to write its name into */
	enum pi_state state;    /* A */
	struct futex_key from;  /* PI_SLEEPS: until it is moved from here */
	struct futex_key to;    /* to the lock */
	gaddr_t word;           /* of the lock, in its own space */
	struct wait_queue queue;
};

struct pi_lock {
	struct futex_key key;
	struct thread *owner;
	struct pi_waiter *first;
	struct pi_waiter *heir; /* given the lock by a death; writes the word itself */
	struct pi_lock *next;
};

extern struct mutex futex_pi_mutex;

int futex_key_make(struct thread *self, gaddr_t word, uint32_t flags, struct futex_key *key);
bool futex_key_equal(const struct futex_key *one, const struct futex_key *other);
/* All below: futex_pi_mutex is held. */
/* Real-time priority, own or lent, 0: none. */
uint32_t pi_priority(const struct thread *thread);
/* The one of highest priority, the oldest of equals; NULL: none. */
struct pi_waiter *pi_top(struct pi_waiter *first);
void pi_list_remove(struct pi_waiter **first, struct pi_waiter *waiter);
/* Take the lock for the thread: 1 taken; 0 it has an owner, and the record is there; or -errno. */
int pi_take(struct thread *thread, gaddr_t word, const struct futex_key *key, bool mark_waiters,
	    struct pi_lock **lock);
/* Would a thread that waits for the lock wait for itself? If not it may join; a lock that nobody came to wait for is forgotten. */
bool pi_would_deadlock(const struct pi_lock *lock, const struct thread *thread);
void pi_join(struct pi_lock *lock, struct pi_waiter *waiter);
void pi_forget_unused(struct pi_lock *lock);
/* Not held: sleep until the lock is the caller's, or drop the waiter, which is freed either way. 0 (owned), -EFAULT, -ETIMEDOUT,
   -ERESTARTSYS; `*moved`: it did wait for the lock at the end. */
int pi_wait(struct thread *self, struct pi_waiter *waiter, uint64_t deadline, bool *moved);
struct pi_waiter *pi_waiter_create(struct thread *self, gaddr_t word, const struct futex_key *key);
/* The waiters of FUTEX_WAIT_REQUEUE_PI. */
extern struct pi_waiter *futex_pi_sleepers;

int64_t futex_wait_requeue_pi(struct thread *self, const struct futex_request *request);
int64_t futex_requeue_pi(struct thread *self, const struct futex_request *request);

#endif
