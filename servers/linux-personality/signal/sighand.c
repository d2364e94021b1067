/* SPDX-License-Identifier: MIT */
/*
 * Tables of dispositions: shared only with CLONE_SIGHAND, else copied; exec makes its own.
 */
#include "signal/state.h"

#include <stddef.h>
#include <string.h>
#include "core/slab.h"

_Static_assert(offsetof(struct sighand, lock.word) == offsetof(struct route_actions, busy) &&
		       offsetof(struct sighand, actions) == offsetof(struct route_actions, entries) &&
		       offsetof(struct sighand, installers) == offsetof(struct route_actions, installers) &&
		       sizeof(struct disposition) == sizeof(struct route_action) &&
		       SIGNAL_COUNT == ROUTE_ACTIONS && sizeof(struct sighand) > ROUTE_ACTIONS_ALIGNMENT / 2,
	       "a table of dispositions is a page that the kernel knows");

void sighand_publish(struct thread *thread)
{
	thread->guest.route_actions = (uintptr_t)thread->sighand;
}

struct sighand *sighand_create(void)
{
	struct sighand *sighand = slab_allocate(sizeof(*sighand));
	if (!sighand)
		return NULL;
	sighand->references = 1;
	lock_init(&sighand->lock, RANK_TABLE);
	return sighand;
}

static void clear_handlers_of(struct sighand *sighand)
{
	for (int i = 0; i < SIGNAL_COUNT; i++) {
		uint64_t handler = sighand->actions[i].handler == LINUX_SIG_IGN ? LINUX_SIG_IGN
										: LINUX_SIG_DFL;
		sighand->actions[i] = (struct disposition){ .handler = handler };
	}
}

struct sighand *sighand_copy(struct sighand *sighand, bool clear_handlers)
{
	struct sighand *copy = sighand_create();
	if (!copy)
		return NULL;
	lock_acquire(&sighand->lock);
	memcpy(copy->actions, sighand->actions, sizeof(copy->actions));
	memcpy(copy->installers, sighand->installers, sizeof(copy->installers));
	lock_release(&sighand->lock);
	if (clear_handlers)
		clear_handlers_of(copy);
	return copy;
}

void sighand_get(struct sighand *sighand)
{
	__atomic_add_fetch(&sighand->references, 1, __ATOMIC_RELAXED);
}

void sighand_put(struct sighand *sighand)
{
	if (!__atomic_sub_fetch(&sighand->references, 1, __ATOMIC_ACQ_REL))
		slab_free(sighand, sizeof(*sighand));
}

struct disposition sighand_action(struct sighand *sighand, int number)
{
	lock_acquire(&sighand->lock);
	struct disposition action = sighand->actions[number - 1];
	lock_release(&sighand->lock);
	return action;
}

void sighand_reset_for_exec(struct sighand *sighand)
{
	lock_acquire(&sighand->lock);
	clear_handlers_of(sighand);
	lock_release(&sighand->lock);
}
