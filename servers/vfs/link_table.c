/* SPDX-License-Identifier: MIT */
/*
 * Open addressing with linear probing, never more than half full. The numbers come from an archive that may be hostile:
 * colliding ones cost time, at most the square of the entries that an archive of its size can hold.
 */
#include "link_table.h"
#include "store.h"

#define CAPACITY_MIN 64u

static bool slot_matches(const struct link_slot *slot, const struct link_slot *key)
{
	return slot->inode == key->inode && slot->type == key->type &&
	       slot->device_major == key->device_major && slot->device_minor == key->device_minor;
}

/* The slot of a key, or the free one where it belongs. */
static struct link_slot *probe(const struct link_table *table, const struct link_slot *key)
{
	uint32_t hash = (key->inode * 0x9e3779b1u) ^ (key->device_minor * 0x85ebca6bu) ^ key->device_major;
	uint32_t mask = table->capacity - 1, i = hash & mask;

	while (table->slots[i].ref.inode != 0 && !slot_matches(&table->slots[i], key))
		i = (i + 1) & mask;
	return &table->slots[i];
}

static struct link_slot key_of(const struct archive_entry *entry)
{
	return (struct link_slot){
		entry->device_major, entry->device_minor, entry->inode, entry->mode & MODE_TYPE, { 0 }
	};
}

const struct vfs_inode_ref *link_table_find(const struct link_table *table, const struct archive_entry *entry)
{
	struct link_slot key = key_of(entry);
	const struct link_slot *slot = table->capacity ? probe(table, &key) : NULL;

	return slot && slot->ref.inode ? &slot->ref : NULL;
}

static status_t grow(struct link_table *table)
{
	struct link_table grown = { .capacity = table->capacity ? table->capacity * 2 : CAPACITY_MIN };

	if (table->count < table->capacity / 2)
		return STATUS_OK;
	grown.slots = store_allocate(grown.capacity * sizeof *grown.slots);
	if (!grown.slots)
		return STATUS_NO_MEMORY;
	grown.count = table->count;
	for (uint32_t i = 0; i < table->capacity; i++)
		if (table->slots[i].ref.inode)
			*probe(&grown, &table->slots[i]) = table->slots[i];
	link_table_clear(table);
	*table = grown;
	return STATUS_OK;
}

status_t link_table_add(struct link_table *table, const struct archive_entry *entry,
			const struct vfs_inode_ref *ref)
{
	struct link_slot key = key_of(entry), *slot;
	status_code_t status = grow(table);

	if (status != STATUS_OK)
		return status;
	slot = probe(table, &key);
	table->count += slot->ref.inode == 0;
	key.ref = *ref;
	*slot = key;
	return STATUS_OK;
}

void link_table_clear(struct link_table *table)
{
	store_free(table->slots, table->capacity * sizeof *table->slots);
	*table = (struct link_table){ 0 };
}
