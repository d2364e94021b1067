/* SPDX-License-Identifier: MIT */
/*
 * The dentry cache. A dentry with references 0 is on the LRU list while it is hashed; one that is unhashed is freed
 * with its last reference. Children hold a reference on their parent, so only leaves are ever evicted.
 */
#include "fs/dentry.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"

#define DENTRY_BUCKETS 8192u
#define DENTRY_UNUSED_MAX 32768u

SURVIVES struct lock dentry_lock;
SURVIVES static struct dentry *dentry_table[DENTRY_BUCKETS];
SURVIVES static struct dentry *lru_oldest, *lru_newest;
SURVIVES static uint32_t lru_count;

void dentry_init(void)
{
	lock_init(&dentry_lock, RANK_DENTRY);
}

static uint32_t dentry_hash(const struct dentry *parent, const char *name, uint32_t bytes)
{
	uint64_t hash = (uintptr_t)parent >> 5;
	for (uint32_t i = 0; i < bytes; i++)
		hash = (hash ^ (uint8_t)name[i]) * 0x100000001b3ull;
	return (uint32_t)(hash ^ hash >> 32);
}

static void lru_add(struct dentry *dentry)
{
	dentry->newer = NULL;
	dentry->older = lru_newest;
	*(lru_newest ? &lru_newest->newer : &lru_oldest) = dentry;
	lru_newest = dentry;
	lru_count++;
}

static void lru_remove(struct dentry *dentry)
{
	*(dentry->older ? &dentry->older->newer : &lru_oldest) = dentry->newer;
	*(dentry->newer ? &dentry->newer->older : &lru_newest) = dentry->older;
	dentry->older = dentry->newer = NULL;
	lru_count--;
}

static void dentry_unhash(struct dentry *dentry)
{
	struct dentry **link = &dentry_table[dentry->hash % DENTRY_BUCKETS];
	while (*link != dentry)
		link = &(*link)->next_hash;
	*link = dentry->next_hash;
	dentry->hashed = false;
}

static void dentry_rehash(struct dentry *dentry)
{
	struct dentry **bucket;
	dentry->hash = dentry_hash(dentry->parent, dentry->name, dentry->name_bytes);
	bucket = &dentry_table[dentry->hash % DENTRY_BUCKETS];
	dentry->next_hash = *bucket;
	*bucket = dentry;
	dentry->hashed = true;
}

static struct dentry *dentry_allocate(const char *name, uint32_t bytes)
{
	struct dentry *dentry = slab_allocate(sizeof(*dentry));
	if (!dentry)
		return NULL;
	dentry->name = bytes < DENTRY_INLINE_NAME ? dentry->inline_name : slab_allocate(bytes + 1);
	if (!dentry->name) {
		slab_free(dentry, sizeof(*dentry));
		return NULL;
	}
	memcpy(dentry->name, name, bytes);
	dentry->name[bytes] = 0;
	dentry->name_bytes = (uint16_t)bytes;
	dentry->references = 1;
	return dentry;
}

static void dentry_free(struct dentry *dentry)
{
	if (dentry->name != dentry->inline_name)
		slab_free(dentry->name, dentry->name_bytes + 1u);
	if (dentry->inode)
		inode_put(dentry->inode);
	slab_free(dentry, sizeof(*dentry));
}

struct dentry *dentry_create_root(struct superblock *super, struct inode *inode)
{
	return dentry_create_named(super, inode, "/");
}

struct dentry *dentry_create_named(struct superblock *super, struct inode *inode, const char *name)
{
	struct dentry *dentry = dentry_allocate(name, (uint32_t)strlen(name));
	if (!dentry)
		return NULL;
	dentry->super = super;
	dentry->inode = inode;
	return dentry;
}

void dentry_get(struct dentry *dentry)
{
	lock_acquire(&dentry_lock);
	if (dentry->references++ == 0 && dentry->hashed)
		lru_remove(dentry);
	lock_release(&dentry_lock);
}

/* Drop one reference; a dentry that nothing keeps is put on `dead`, its parent's reference in turn dropped. */
static void dentry_drop_locked(struct dentry *dentry, struct dentry **dead)
{
	while (dentry && --dentry->references == 0) {
		struct dentry *parent = dentry->parent;
		if (dentry->hashed) {
			lru_add(dentry);
			return;
		}
		dentry->next_hash = *dead;
		*dead = dentry;
		if (parent)
			parent->children--;
		dentry = parent;
	}
}

static void dentry_free_all(struct dentry *dead)
{
	while (dead) {
		struct dentry *next = dead->next_hash;
		dentry_free(dead);
		dead = next;
	}
}

static void dentry_evict_locked(struct dentry *dentry, struct dentry **dead)
{
	lru_remove(dentry);
	dentry_unhash(dentry);
	dentry->references = 1;
	dentry_drop_locked(dentry, dead);
}

void dentry_put(struct dentry *dentry)
{
	struct dentry *dead = NULL;
	lock_acquire(&dentry_lock);
	dentry_drop_locked(dentry, &dead);
	while (lru_count > DENTRY_UNUSED_MAX)
		dentry_evict_locked(lru_oldest, &dead);
	lock_release(&dentry_lock);
	dentry_free_all(dead);
}

static struct dentry *dentry_search_locked(struct dentry *parent, const char *name, uint32_t bytes)
{
	uint32_t hash = dentry_hash(parent, name, bytes);
	struct dentry *dentry = dentry_table[hash % DENTRY_BUCKETS];
	for (; dentry; dentry = dentry->next_hash) {
		if (dentry->hash == hash && dentry->parent == parent && dentry->name_bytes == bytes &&
		    memcmp(dentry->name, name, bytes) == 0)
			break;
	}
	if (dentry && dentry->references++ == 0)
		lru_remove(dentry);
	return dentry;
}

/* Generated entries may have lost their meaning: then the cached answer is dropped. */
static bool dentry_current(const struct dentry *dentry)
{
	const struct provider *provider = provider_table[dentry->super->type];
	if (!provider->still_valid)
		return true;
	return dentry->inode && provider->still_valid(dentry->inode);
}

struct dentry *dentry_find(struct dentry *parent, const char *name, uint32_t bytes)
{
	struct dentry *dentry;
	lock_acquire(&dentry_lock);
	dentry = dentry_search_locked(parent, name, bytes);
	lock_release(&dentry_lock);
	if (!dentry || dentry_current(dentry))
		return dentry;
	dentry_remove(dentry);
	dentry_put(dentry);
	return NULL;
}

struct dentry *dentry_enter(struct dentry *parent, const char *name, uint32_t bytes, struct inode *inode)
{
	return dentry_enter_since(parent, name, bytes, inode, dentry_changes(parent->super));
}

struct dentry *dentry_enter_since(struct dentry *parent, const char *name, uint32_t bytes,
				  struct inode *inode, uint64_t changes)
{
	struct dentry *fresh = dentry_allocate(name, bytes), *there;
	bool current;
	if (!fresh) {
		if (inode)
			inode_put(inode);
		return NULL;
	}
	fresh->inode = inode;
	fresh->super = parent->super;
	lock_acquire(&dentry_lock);
	there = dentry_search_locked(parent, name, bytes);
	current = dentry_changes(parent->super) == changes;
	if (!there && current) {
		fresh->parent = parent;
		parent->references++;
		parent->children++;
		dentry_rehash(fresh);
	}
	lock_release(&dentry_lock);
	if (!there && current)
		return fresh;
	dentry_free(fresh);
	return there;
}

uint64_t dentry_changes(const struct superblock *super)
{
	return __atomic_load_n(&super->changes, __ATOMIC_ACQUIRE);
}

struct dentry *dentry_lookup_locked(struct dentry *parent, const char *name, uint32_t bytes, int *error)
{
	struct dentry *dentry = dentry_find(parent, name, bytes);
	struct inode *inode = NULL;
	if (dentry)
		return dentry;
	*error = parent->inode->stale ? -ENOENT
				      : inode_provider(parent->inode)->lookup(parent->inode, name, &inode);
	if (*error && *error != -ENOENT)
		return NULL;
	dentry = dentry_enter(parent, name, bytes, inode);
	*error = dentry ? 0 : -ENOMEM;
	return dentry;
}

struct dentry *dentry_lookup(struct dentry *parent, const char *name, uint32_t bytes, int *error)
{
	struct dentry *dentry = dentry_find(parent, name, bytes);
	if (dentry)
		return dentry;
	mutex_acquire(&parent->inode->names);
	dentry = dentry_lookup_locked(parent, name, bytes, error);
	mutex_release(&parent->inode->names);
	return dentry;
}

void dentry_instantiate(struct dentry *dentry, struct inode *inode)
{
	lock_acquire(&dentry_lock);
	dentry->inode = inode;
	lock_release(&dentry_lock);
}

void dentry_remove(struct dentry *dentry)
{
	lock_acquire(&dentry_lock);
	__atomic_add_fetch(&dentry->super->changes, 1, __ATOMIC_RELEASE);
	if (dentry->hashed)
		dentry_unhash(dentry);
	lock_release(&dentry_lock);
}

struct dentry_place {
	struct dentry *parent;
	char *name;
	uint16_t bytes;
};

static struct dentry_place place_of(const struct dentry *dentry)
{
	return (struct dentry_place){ dentry->parent, dentry->name, dentry->name_bytes };
}

/* Names are always separate blocks here, so that they can change owner. */
static int dentry_own_name(struct dentry *dentry)
{
	char *name;
	if (dentry->name != dentry->inline_name)
		return 0;
	name = slab_allocate(dentry->name_bytes + 1u);
	if (!name)
		return -ENOMEM;
	memcpy(name, dentry->name, dentry->name_bytes + 1u);
	dentry->name = name;
	return 0;
}

static void dentry_place_at(struct dentry *dentry, struct dentry_place place)
{
	dentry->parent = place.parent;
	dentry->name = place.name;
	dentry->name_bytes = place.bytes;
}

/* The two swap parents and names; since each parent reference is swapped with them, counts stay right. Afterwards the target
   stands at the old place: hashed there for an exchange, else unhashed. */
int dentry_move(struct dentry *dentry, struct dentry *target, bool exchange)
{
	struct dentry_place old, new;
	if (dentry_own_name(dentry) || dentry_own_name(target))
		return -ENOMEM;
	lock_acquire(&dentry_lock);
	__atomic_add_fetch(&dentry->super->changes, 1, __ATOMIC_RELEASE);
	if (dentry->hashed)
		dentry_unhash(dentry);
	if (target->hashed)
		dentry_unhash(target);
	old = place_of(dentry);
	new = place_of(target);
	dentry_place_at(dentry, new);
	dentry_place_at(target, old);
	dentry_rehash(dentry);
	if (exchange)
		dentry_rehash(target);
	lock_release(&dentry_lock);
	return 0;
}

bool dentry_is_below(const struct dentry *dentry, const struct dentry *ancestor)
{
	lock_acquire(&dentry_lock);
	while (dentry && dentry != ancestor)
		dentry = dentry->parent;
	lock_release(&dentry_lock);
	return dentry != NULL;
}

void dentry_shrink(struct superblock *super)
{
	struct dentry *dead = NULL, *dentry, *newer;
	bool again = true;
	lock_acquire(&dentry_lock);
	while (again) {
		again = false;
		for (dentry = lru_oldest; dentry; dentry = newer) {
			newer = dentry->newer;
			if (super && dentry->super != super)
				continue;
			dentry_evict_locked(dentry, &dead);
			again = true;
			break;
		}
	}
	lock_release(&dentry_lock);
	dentry_free_all(dead);
}
