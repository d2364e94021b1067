/* SPDX-License-Identifier: MIT */
/*
 * The dentry cache. A hashed dentry with references 0 is on the LRU list; one that is unhashed never is, and is freed with
 * its last reference. Children hold a reference on their parent, so only leaves are ever evicted.
 */
#include "fs/dentry.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"

#define DENTRY_BUCKETS 8192u
#define DENTRY_UNUSED_MAX 32768u

SURVIVES struct lock dentry_lock;
SURVIVES_TABLE static struct dentry *dentry_table[DENTRY_BUCKETS];
SURVIVES static struct dentry *lru_oldest, *lru_newest;
SURVIVES static uint32_t lru_count;

void dentry_init(void)
{
	lock_init(&dentry_lock, RANK_DENTRY);
}

static uint64_t name_hash(const char *name, uint32_t bytes)
{
	uint64_t hash = NAME_HASH_START;
	for (uint32_t i = 0; i < bytes; i++)
		hash = name_hash_add(hash, name[i]);
	return hash;
}

static uint32_t dentry_hash(const struct dentry *parent, uint64_t name)
{
	uint64_t hash = (name ^ (uintptr_t)parent >> 5) * 0x9e3779b97f4a7c15ull;
	return (uint32_t)(hash >> 32);
}

static void lru_add(struct dentry *dentry)
{
	dentry->newer = NULL;
	dentry->older = lru_newest;
	*(lru_newest ? &lru_newest->newer : &lru_oldest) = dentry;
	lru_newest = dentry;
	dentry->listed = true;
	dentry->used = false;
	lru_count++;
}

static void lru_remove(struct dentry *dentry)
{
	*(dentry->older ? &dentry->older->newer : &lru_oldest) = dentry->newer;
	*(dentry->newer ? &dentry->newer->older : &lru_newest) = dentry->older;
	dentry->older = dentry->newer = NULL;
	dentry->listed = false;
	lru_count--;
}

static void dentry_unhash(struct dentry *dentry)
{
	struct dentry **link = &dentry_table[dentry->hash % DENTRY_BUCKETS];
	while (*link != dentry)
		link = &(*link)->next_hash;
	*link = dentry->next_hash;
	dentry->hashed = false;
	if (dentry->listed)
		lru_remove(dentry);
}

static void dentry_rehash(struct dentry *dentry)
{
	struct dentry **bucket;
	dentry->hash = dentry_hash(dentry->parent, name_hash(dentry->name, dentry->name_bytes));
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
	if (inode == super->root)
		__atomic_add_fetch(&super->trees, 1, __ATOMIC_RELEASE);
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
	__atomic_add_fetch(&dentry->references, 1, __ATOMIC_RELAXED);
}

struct dentry *dentry_get_parent(const struct dentry *dentry)
{
	struct dentry *parent;
	lock_acquire(&dentry_lock);
	parent = dentry->parent;
	if (parent)
		dentry_get(parent);
	lock_release(&dentry_lock);
	return parent;
}

/* Drop one reference; a dentry that nothing keeps is put on `dead`, its parent's reference in turn dropped. */
static void dentry_drop_locked(struct dentry *dentry, struct dentry **dead)
{
	while (dentry && __atomic_sub_fetch(&dentry->references, 1, __ATOMIC_ACQ_REL) == 0) {
		struct dentry *parent = dentry->parent;
		if (dentry->hashed) {
			if (!dentry->listed)
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
	if (dentry->inode && dentry->parent)
		dentry->parent->complete = false;
	dentry_unhash(dentry);
	dentry->references = 1;
	dentry_drop_locked(dentry, dead);
}

/* The oldest gives way, unless it is referenced or was found since it was listed. */
static void lru_trim_locked(struct dentry **dead)
{
	while (lru_count > DENTRY_UNUSED_MAX) {
		struct dentry *oldest = lru_oldest;
		bool used = oldest->used;
		if (!oldest->references && !used) {
			dentry_evict_locked(oldest, dead);
			continue;
		}
		lru_remove(oldest);
		if (!oldest->references)
			lru_add(oldest);
	}
}

/* One reference fewer where others remain, without the lock. */
static bool dentry_put_shared(struct dentry *dentry)
{
	uint32_t count = __atomic_load_n(&dentry->references, __ATOMIC_RELAXED);
	while (count > 1) {
		if (__atomic_compare_exchange_n(&dentry->references, &count, count - 1, true,
						__ATOMIC_RELEASE, __ATOMIC_RELAXED))
			return true;
	}
	return false;
}

void dentry_put(struct dentry *dentry)
{
	struct dentry *dead = NULL;
	if (dentry_put_shared(dentry))
		return;
	lock_acquire(&dentry_lock);
	dentry_drop_locked(dentry, &dead);
	lru_trim_locked(&dead);
	lock_release(&dentry_lock);
	dentry_free_all(dead);
}

struct dentry *dentry_peek(struct dentry *parent, const char *name, uint32_t bytes, uint64_t hashed_name)
{
	uint32_t hash = dentry_hash(parent, hashed_name);
	struct dentry *dentry = dentry_table[hash % DENTRY_BUCKETS];
	for (; dentry; dentry = dentry->next_hash) {
		if (dentry->hash == hash && dentry->parent == parent && dentry->name_bytes == bytes &&
		    memcmp(dentry->name, name, bytes) == 0)
			break;
	}
	if (dentry && !dentry->used)
		dentry->used = true;
	return dentry;
}

static struct dentry *dentry_search_locked(struct dentry *parent, const char *name, uint32_t bytes)
{
	struct dentry *dentry = dentry_peek(parent, name, bytes, name_hash(name, bytes));
	if (dentry)
		dentry_get(dentry);
	return dentry;
}

bool dentry_known(struct dentry *parent, const char *name, uint32_t bytes)
{
	const struct dentry *dentry;
	lock_acquire(&dentry_lock);
	dentry = dentry_peek(parent, name, bytes, name_hash(name, bytes));
	lock_release(&dentry_lock);
	return dentry != NULL;
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

struct dentry *dentry_prepare(struct dentry *parent, const char *name, uint32_t bytes)
{
	struct dentry *fresh = dentry_allocate(name, bytes);
	if (!fresh)
		return NULL;
	fresh->super = parent->super;
	fresh->parent = parent;
	return fresh;
}

/* `fresh` holds no reference on its parent before it is hashed. */
static struct dentry *dentry_hash_prepared(struct dentry *fresh, const uint64_t *changes)
{
	struct dentry *parent = fresh->parent, *there;
	bool current;
	lock_acquire(&dentry_lock);
	there = dentry_search_locked(parent, fresh->name, fresh->name_bytes);
	current = !changes || dentry_changes(parent->super) == *changes;
	if (!there && current) {
		dentry_get(parent);
		parent->children++;
		dentry_rehash(fresh);
	}
	lock_release(&dentry_lock);
	if (!there && current)
		return fresh;
	dentry_free(fresh);
	return there;
}

struct dentry *dentry_enter_prepared(struct dentry *fresh, struct inode *inode)
{
	fresh->inode = inode;
	return dentry_hash_prepared(fresh, NULL);
}

void dentry_forget_prepared(struct dentry *fresh)
{
	dentry_free(fresh);
}

struct dentry *dentry_enter_since(struct dentry *parent, const char *name, uint32_t bytes,
				  struct inode *inode, uint64_t changes)
{
	struct dentry *fresh = dentry_prepare(parent, name, bytes);
	if (!fresh) {
		if (inode)
			inode_put(inode);
		return NULL;
	}
	fresh->inode = inode;
	return dentry_hash_prepared(fresh, &changes);
}

uint64_t dentry_changes(const struct superblock *super)
{
	return __atomic_load_n(&super->changes, __ATOMIC_ACQUIRE);
}

bool dentry_knows_all(const struct dentry *directory)
{
	return directory->complete && superblock_one_tree(directory->super);
}

struct dentry *dentry_lookup_locked(struct dentry *parent, const char *name, uint32_t bytes, int *error)
{
	struct dentry *dentry = dentry_find(parent, name, bytes);
	struct inode *inode = NULL;
	if (dentry)
		return dentry;
	*error = parent->inode->stale || dentry_knows_all(parent)
			 ? -ENOENT
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

/* One round over the list: true when something went, which may have put its parent on the list. */
static bool dentry_shrink_round(const struct superblock *super, struct dentry **dead)
{
	struct dentry *dentry, *newer;
	bool any = false;
	for (dentry = lru_oldest; dentry; dentry = newer) {
		newer = dentry->newer;
		if (dentry->references || (super && dentry->super != super))
			continue;
		dentry_evict_locked(dentry, dead);
		any = true;
	}
	return any;
}

void dentry_shrink(struct superblock *super)
{
	struct dentry *dead = NULL;
	lock_acquire(&dentry_lock);
	while (dentry_shrink_round(super, &dead))
		;
	lock_release(&dentry_lock);
	dentry_free_all(dead);
}
