/* SPDX-License-Identifier: MIT */
/*
 * The hash table doubles when there are more names than buckets. The slots of removed names stay as holes, so that
 * cookies stay sorted, until half of the array is holes; closing them up moves slots but never changes a cookie.
 */
#include <assert.h>
#include <string.h>
#include "directory.h"
#include "store.h"

#define BUCKETS_MIN 8u
#define SLOTS_MIN 8u

/* FNV-1a over the name, then a mix, seeded so that a guest cannot know which names meet in a bucket. */
static uint32_t name_hash(const struct vfs_context *vfs, struct name name)
{
	uint64_t hash = vfs->tree->hash_seed ^ 0xcbf29ce484222325u;

	for (uint32_t i = 0; i < name.bytes; i++)
		hash = (hash ^ (uint8_t)name.text[i]) * 0x100000001b3u;
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdu;
	return (uint32_t)(hash >> 32);
}

void directory_initialise(struct directory *directory, struct inode *parent)
{
	*directory = (struct directory){ .parent = parent, .next_cookie = COOKIE_FIRST };
}

void directory_clear(struct directory *directory)
{
	for (uint32_t i = 0; i < directory->slot_count; i++)
		directory_entry_free(directory->slots[i].entry);
	store_free(directory->buckets, directory->bucket_count * sizeof *directory->buckets);
	store_free(directory->slots, directory->slot_capacity * sizeof *directory->slots);
	directory->buckets = NULL;
	directory->slots = NULL;
	directory->bucket_count = directory->slot_count = directory->slot_capacity = directory->entry_count =
		0;
}

static struct name_entry **bucket_of(const struct directory *directory, uint32_t hash)
{
	return &directory->buckets[hash & (directory->bucket_count - 1)];
}

struct name_entry *directory_find(const struct vfs_context *vfs, const struct directory *directory,
				  struct name name)
{
	uint32_t hash = name_hash(vfs, name);
	struct name_entry *entry = directory->bucket_count ? *bucket_of(directory, hash) : NULL;

	for (; entry; entry = entry->next)
		if (entry->hash == hash && entry->name_bytes == name.bytes &&
		    memcmp(entry->name, name.text, name.bytes) == 0)
			return entry;
	return NULL;
}

/* Room in the hash table for one more name. */
static status_t grow_buckets(struct directory *directory)
{
	uint32_t old_count = directory->bucket_count, count = old_count ? old_count * 2 : BUCKETS_MIN;
	struct name_entry **old = directory->buckets, **grown;

	if (directory->entry_count < old_count)
		return STATUS_OK;
	grown = store_allocate(count * sizeof *grown);
	if (!grown)
		return STATUS_NO_MEMORY;
	directory->buckets = grown;
	directory->bucket_count = count;
	for (uint32_t i = 0; i < old_count; i++) {
		for (struct name_entry *entry = old[i], *next; entry; entry = next) {
			struct name_entry **bucket = bucket_of(directory, entry->hash);

			next = entry->next;
			entry->next = *bucket;
			*bucket = entry;
		}
	}
	store_free(old, old_count * sizeof *old);
	return STATUS_OK;
}

static void close_holes(struct directory *directory)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < directory->slot_count; i++)
		if (directory->slots[i].entry)
			directory->slots[kept++] = directory->slots[i];
	directory->slot_count = kept;
}

/* Room in the array for one more name. */
static status_t grow_slots(struct directory *directory)
{
	uint32_t capacity = directory->slot_capacity ? directory->slot_capacity * 2 : SLOTS_MIN;
	struct name_slot *grown;

	if (directory->slot_count < directory->slot_capacity)
		return STATUS_OK;
	if (directory->entry_count < directory->slot_capacity / 2) {
		close_holes(directory);
		return STATUS_OK;
	}
	grown = store_allocate(capacity * sizeof *grown);
	if (!grown)
		return STATUS_NO_MEMORY;
	if (directory->slot_count)
		memcpy(grown, directory->slots, directory->slot_count * sizeof *grown);
	store_free(directory->slots, directory->slot_capacity * sizeof *grown);
	directory->slots = grown;
	directory->slot_capacity = capacity;
	return STATUS_OK;
}

status_t directory_entry_create(const struct vfs_context *vfs, struct directory *directory, struct name name,
				struct name_entry **result)
{
	struct name_entry *entry;
	status_code_t status = grow_buckets(directory);

	if (status == STATUS_OK)
		status = grow_slots(directory);
	if (status != STATUS_OK)
		return status;
	entry = store_allocate(sizeof *entry + name.bytes);
	if (!entry)
		return STATUS_NO_MEMORY;
	entry->hash = name_hash(vfs, name);
	entry->name_bytes = (uint16_t)name.bytes;
	memcpy(entry->name, name.text, name.bytes);
	*result = entry;
	return STATUS_OK;
}

void directory_entry_free(struct name_entry *entry)
{
	if (entry)
		store_free(entry, sizeof *entry + entry->name_bytes);
}

void directory_insert(struct directory *directory, struct name_entry *entry, struct inode *inode)
{
	struct name_entry **bucket = bucket_of(directory, entry->hash);

	assert(directory->slot_count < directory->slot_capacity);
	entry->inode = inode;
	entry->cookie = directory->next_cookie++;
	entry->next = *bucket;
	*bucket = entry;
	directory->slots[directory->slot_count++] = (struct name_slot){ entry->cookie, entry };
	directory->entry_count++;
}

uint32_t directory_slots_below(const struct directory *directory, uint64_t cookie)
{
	uint32_t low = 0, high = directory->slot_count;

	if (cookie == COOKIE_NEWEST)
		return high;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (directory->slots[middle].cookie < cookie)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void directory_remove(struct directory *directory, struct name_entry *entry)
{
	struct name_entry **link = bucket_of(directory, entry->hash);
	uint32_t slot = directory_slots_below(directory, entry->cookie);

	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	assert(slot < directory->slot_count && directory->slots[slot].entry == entry);
	directory->slots[slot].entry = NULL;
	directory->entry_count--;
	directory_entry_free(entry);
	while (directory->slot_count && !directory->slots[directory->slot_count - 1].entry)
		directory->slot_count--;
	if (directory->entry_count < directory->slot_count / 2)
		close_holes(directory);
}
