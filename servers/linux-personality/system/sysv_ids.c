/* SPDX-License-Identifier: MIT */
/*
 * Numbers, keys and permissions of System V objects.
 *
 * A slot is taken behind the last one taken, so that a number comes back late; each turn round the table is a new sequence.
 */
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "process/credentials.h"
#include "process/process.h"
#include "system/sysv.h"

#define SLOTS_FIRST 16u
#define SLOTS_TURN 64u /* at least so many slots are used before one is used again */
#define SEQUENCE_MAX 0x7fffu
#define MODE_BITS 0777u

SURVIVES struct lock sysv_lock;
SURVIVES static struct ipc_namespace first_namespace;

void sysv_init(void)
{
	lock_init(&sysv_lock, RANK_STREAM);
}

struct ipc_namespace *ipc_namespace_of(struct thread *self)
{
	(void)self;
	return &first_namespace;
}

int64_t sysv_now(void)
{
	return clock_realtime_ns() / NS_PER_SECOND;
}

static struct sysv_table *table_of(struct thread *self, enum sysv_kind kind)
{
	return &ipc_namespace_of(self)->tables[kind];
}

struct sysv_object *sysv_find(struct thread *self, enum sysv_kind kind, int32_t id)
{
	struct sysv_table *table = table_of(self, kind);
	uint32_t slot = (uint32_t)id % SYSV_SLOTS;
	struct sysv_object *object = id >= 0 && slot < table->capacity ? table->slots[slot] : NULL;
	return object && object->id == id ? object : NULL;
}

struct sysv_object *sysv_find_key(struct thread *self, enum sysv_kind kind, int32_t key)
{
	struct sysv_table *table = table_of(self, kind);
	for (uint32_t slot = 0; slot < table->capacity; slot++)
		if (table->slots[slot] && table->slots[slot]->key == key)
			return table->slots[slot];
	return NULL;
}

struct sysv_object *sysv_at(struct ipc_namespace *space, enum sysv_kind kind, uint32_t slot, bool *end)
{
	struct sysv_table *table = &space->tables[kind];
	*end = slot >= table->capacity;
	return *end ? NULL : table->slots[slot];
}

static bool table_grow(struct sysv_table *table)
{
	uint32_t capacity = table->capacity ? table->capacity * 2 : SLOTS_FIRST;
	struct sysv_object **slots;
	if (capacity > SYSV_SLOTS)
		return false;
	slots = slab_allocate(capacity * sizeof(slots[0]));
	if (!slots)
		return false;
	for (uint32_t i = 0; i < table->capacity; i++)
		slots[i] = table->slots[i];
	if (table->slots)
		slab_free(table->slots, table->capacity * sizeof(slots[0]));
	table->slots = slots;
	table->capacity = capacity;
	return true;
}

/* The slots that are in turn: more than are used, so that one is vacant. */
static uint32_t table_turn(const struct sysv_table *table)
{
	uint32_t turn = table->used + table->used / 2 + 1;
	return turn < SLOTS_TURN ? SLOTS_TURN : turn > SYSV_SLOTS ? SYSV_SLOTS : turn;
}

static int slot_take(struct sysv_table *table)
{
	uint32_t turn = table_turn(table);
	while (table->capacity < turn)
		if (!table_grow(table))
			return -ENOMEM;
	for (;;) {
		uint32_t slot = table->next++;
		if (slot >= turn) {
			table->next = 0;
			table->sequence = (table->sequence + 1) & SEQUENCE_MAX;
		} else if (!table->slots[slot]) {
			return (int)slot;
		}
	}
}

int sysv_add(struct thread *self, enum sysv_kind kind, struct sysv_object *object, int32_t key, uint32_t mode,
	     uint32_t limit)
{
	struct sysv_table *table = table_of(self, kind);
	int slot = table->used >= limit ? -ENOSPC : slot_take(table);
	if (slot < 0)
		return slot;
	object->id = (int32_t)(table->sequence * SYSV_SLOTS) + slot;
	object->key = key;
	object->mode = mode & MODE_BITS;
	object->uid = object->cuid = self->credentials->euid;
	object->gid = object->cgid = self->credentials->egid;
	object->changed = sysv_now();
	table->slots[slot] = object;
	table->used++;
	return object->id;
}

void sysv_remove(struct thread *self, enum sysv_kind kind, struct sysv_object *object)
{
	struct sysv_table *table = table_of(self, kind);
	table->slots[(uint32_t)object->id % SYSV_SLOTS] = NULL;
	table->used--;
}

int sysv_permit(struct thread *self, const struct sysv_object *object, uint32_t wanted)
{
	const struct credentials *who = self->credentials;
	uint32_t granted = object->mode;
	wanted = (wanted >> 6 | wanted >> 3 | wanted) & 7;
	if (who->euid == object->cuid || who->euid == object->uid)
		granted >>= 6;
	else if (credentials_in_egroup(who, object->cgid) || credentials_in_egroup(who, object->gid))
		granted >>= 3;
	return wanted & ~granted && !thread_capable(self, LINUX_CAP_IPC_OWNER) ? -EACCES : 0;
}

int sysv_own(struct thread *self, const struct sysv_object *object)
{
	uint32_t euid = self->credentials->euid;
	if (euid == object->uid || euid == object->cuid || thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return 0;
	return -EPERM;
}

int sysv_get(struct thread *self, enum sysv_kind kind, int32_t key, uint32_t flags,
	     struct sysv_object **object)
{
	if (key == LINUX_IPC_PRIVATE)
		return 1;
	*object = sysv_find_key(self, kind, key);
	if (!*object)
		return flags & LINUX_IPC_CREAT ? 1 : -ENOENT;
	return flags & LINUX_IPC_CREAT && flags & LINUX_IPC_EXCL ? -EEXIST : 0;
}

void sysv_perm_fill(struct linux_ipc_perm *perm, const struct sysv_object *object)
{
	*perm = (struct linux_ipc_perm){
		.key = object->key,
		.uid = object->uid,
		.gid = object->gid,
		.cuid = object->cuid,
		.cgid = object->cgid,
		.mode = object->mode,
		.sequence = (uint16_t)((uint32_t)object->id / SYSV_SLOTS),
	};
}

void sysv_perm_set(struct sysv_object *object, const struct linux_ipc_perm *perm)
{
	object->uid = perm->uid;
	object->gid = perm->gid;
	object->mode = (object->mode & ~MODE_BITS) | (perm->mode & MODE_BITS);
	object->changed = sysv_now();
}
