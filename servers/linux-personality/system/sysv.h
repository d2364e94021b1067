/* SPDX-License-Identifier: MIT */
/*
 * What System V semaphores, message queues and shared memory have in common (sysvipc(7)): objects by key and by number, owners,
 * modes.
 *
 * All three tables belong to an IPC namespace and are guarded by sysv_lock (RANK_STREAM). An object begins with its struct
 * sysv_object; who waits without the lock finds it again by its number, which no later object has for a long time.
 */
#ifndef LICHEN_PERSONALITY_SYSV_H
#define LICHEN_PERSONALITY_SYSV_H

#include <stdbool.h>
#include "core/lock.h"
#include "linux_abi/sysv.h"

struct thread;

struct sysv_object {
	int32_t id, key;
	uint32_t uid, gid, cuid, cgid;
	uint32_t mode;
	int64_t changed; /* seconds */
};

enum sysv_kind { SYSV_SEMAPHORES = 0, SYSV_MESSAGES, SYSV_SHARED, SYSV_KIND_COUNT };

#define SYSV_SLOTS 32768u /* an id is a slot number and a sequence number in its upper bits */

struct sysv_table {
	struct sysv_object **slots; /* grows by doubling */
	uint32_t capacity, used;
	uint32_t next, sequence;
};

struct ipc_namespace {
	struct sysv_table tables[SYSV_KIND_COUNT];
};

extern struct lock sysv_lock;
/* The caller's: there is one so far. */
struct ipc_namespace *ipc_namespace_of(struct thread *self);

void sysv_init(void);
int64_t sysv_now(void); /* wall clock, in seconds */

/* All below: sysv_lock is held. */
struct sysv_object *sysv_find(struct thread *self, enum sysv_kind kind, int32_t id);
struct sysv_object *sysv_find_key(struct thread *self, enum sysv_kind kind, int32_t key);
/* By slot, as the *_STAT commands and /proc walk them; NULL: vacant. *end: no slot from here on is used. */
struct sysv_object *sysv_at(struct ipc_namespace *space, enum sysv_kind kind, uint32_t slot, bool *end);
/* Give the object a number and the caller as its owner: the number, -ENOSPC, -ENOMEM. */
int sysv_add(struct thread *self, enum sysv_kind kind, struct sysv_object *object, int32_t key, uint32_t mode,
	     uint32_t limit);
void sysv_remove(struct thread *self, enum sysv_kind kind, struct sysv_object *object);
/* Every bit of `wanted`, for owner, group or others as they apply (0444 to read, 0222 to change): 0 or -EACCES. */
int sysv_permit(struct thread *self, const struct sysv_object *object, uint32_t wanted);
/* May set and remove: 0 or -EPERM. */
int sysv_own(struct thread *self, const struct sysv_object *object);

/* What all get calls decide first: 0 and *object the one that is there; 1: make a new one; or -errno. */
int sysv_get(struct thread *self, enum sysv_kind kind, int32_t key, uint32_t flags,
	     struct sysv_object **object);

void sysv_perm_fill(struct linux_ipc_perm *perm, const struct sysv_object *object);
void sysv_perm_set(struct sysv_object *object, const struct linux_ipc_perm *perm);

#endif
