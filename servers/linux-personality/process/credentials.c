/* SPDX-License-Identifier: MIT */
/*
 * Credentials as objects: references, copies, publishing; users and their counts.
 */
#include "process/credentials.h"

#include <string.h>
#include "core/slab.h"
#include "core/survive.h"
#include "memory/mm.h"
#include "process/identity.h"
#include "process/process.h"

#define USER_TABLE_SIZE 64u

SURVIVES static struct lock user_lock;
SURVIVES_TABLE static struct user *users[USER_TABLE_SIZE];

static void user_lock_acquire(void)
{
	user_lock.rank = RANK_TABLE;
	lock_acquire(&user_lock);
}

struct user *user_find(uint32_t uid)
{
	struct user **head = &users[uid % USER_TABLE_SIZE], *user;
	user_lock_acquire();
	for (user = *head; user && user->uid != uid; user = user->next)
		;
	if (!user && (user = slab_allocate(sizeof(*user)))) {
		user->uid = uid;
		user->next = *head;
		*head = user;
	}
	if (user)
		user->references++;
	lock_release(&user_lock);
	return user;
}

void user_get(struct user *user)
{
	user_lock_acquire();
	user->references++;
	lock_release(&user_lock);
}

void user_put(struct user *user)
{
	struct user **link = &users[user->uid % USER_TABLE_SIZE];
	user_lock_acquire();
	bool last = !--user->references;
	if (last) {
		while (*link != user)
			link = &(*link)->next;
		*link = user->next;
	}
	lock_release(&user_lock);
	if (last)
		slab_free(user, sizeof(*user));
}

static uint64_t group_list_bytes(uint32_t count)
{
	return sizeof(struct group_list) + count * sizeof(uint32_t);
}

void group_list_put(struct group_list *groups)
{
	if (groups && !__atomic_sub_fetch(&groups->references, 1, __ATOMIC_ACQ_REL))
		slab_free(groups, group_list_bytes(groups->count));
}

struct group_list *group_list_create(uint32_t count)
{
	struct group_list *groups = slab_allocate(group_list_bytes(count));
	if (groups) {
		groups->references = 1;
		groups->count = count;
	}
	return groups;
}

void credentials_get(struct credentials *credentials)
{
	__atomic_add_fetch(&credentials->references, 1, __ATOMIC_RELAXED);
}

void credentials_put(struct credentials *credentials)
{
	if (__atomic_sub_fetch(&credentials->references, 1, __ATOMIC_ACQ_REL))
		return;
	group_list_put(credentials->groups);
	user_put(credentials->user);
	slab_free(credentials, sizeof(*credentials));
}

struct credentials *credentials_copy(const struct credentials *credentials)
{
	struct credentials *copy = slab_allocate(sizeof(*copy));
	if (!copy)
		return NULL;
	*copy = *credentials;
	copy->references = 1;
	if (copy->groups)
		__atomic_add_fetch(&copy->groups->references, 1, __ATOMIC_RELAXED);
	user_get(copy->user);
	return copy;
}

struct credentials *credentials_create_root(void)
{
	struct credentials *root = slab_allocate(sizeof(*root));
	if (!root)
		return NULL;
	root->references = 1;
	root->permitted = root->effective = root->bounding = CAPABILITIES_ALL;
	root->user = user_find(0);
	if (root->user)
		return root;
	slab_free(root, sizeof(*root));
	return NULL;
}

/* The real user's counts follow a change of uid. */
static void move_counts(struct credentials *fresh)
{
	struct user *user;
	if (fresh->user->uid == fresh->uid)
		return;
	user = user_find(fresh->uid);
	if (!user)
		return;
	__atomic_sub_fetch(&fresh->user->processes, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&user->processes, 1, __ATOMIC_RELAXED);
	user_put(fresh->user);
	fresh->user = user;
}

void credentials_publish(struct thread *self, struct credentials *fresh)
{
	struct credentials *old = self->credentials;
	move_counts(fresh);
	lock_acquire(&self->process->lock);
	self->credentials = fresh;
	identity_publish_thread(self);
	lock_release(&self->process->lock);
	credentials_put(old);
}

void credentials_replace(struct thread *self, struct credentials *fresh)
{
	const struct credentials *old = self->credentials;
	if (old->euid != fresh->euid || old->egid != fresh->egid || old->fsuid != fresh->fsuid ||
	    old->fsgid != fresh->fsgid || (fresh->permitted & ~old->permitted)) {
		self->mm->dumpable = false;
		self->parent_death_signal = 0;
	}
	credentials_publish(self, fresh);
}

struct credentials *credentials_of(struct thread *thread)
{
	lock_acquire(&thread->process->lock);
	struct credentials *credentials = thread->credentials;
	credentials_get(credentials);
	lock_release(&thread->process->lock);
	return credentials;
}

bool thread_capable(const struct thread *self, uint32_t capability)
{
	return credentials_capable(self->credentials, capability);
}
