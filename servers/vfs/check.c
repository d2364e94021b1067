/* SPDX-License-Identifier: MIT */
/*
 * tree_check: everything that must hold between two operations, checked over the whole tree. A restarted server runs it
 * before it trusts what the old one left; the tests run it between operations.
 *
 * Links are compared by their sums over all inodes of a file system, so that checking needs no memory.
 */
#include "directory.h"
#include "links.h"
#include "page_runs.h"
#include "file.h"

static bool runs_are_sound(const struct page_runs *set)
{
	uint64_t pages = 0;

	if (set->count > set->capacity)
		return false;
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->runs[i].start >= set->runs[i].end)
			return false;
		if (i > 0 && set->runs[i].start <= set->runs[i - 1].end)
			return false;
		pages += set->runs[i].end - set->runs[i].start;
	}
	return pages == set->pages;
}

static const char *check_file(const struct inode *inode)
{
	const struct file_contents *file = &inode->file;

	if (!runs_are_sound(&file->charged))
		return "the charged pages of a file are not sorted runs";
	if (file->object && file->in_archive)
		return "a file is both in the archive and in an object";
	if (file->object && page_runs_end(&file->charged) > file->object_pages)
		return "pages are charged beyond the end of an object";
	if (file->in_archive && file->charged.pages != pages_of(inode->size))
		return "a file in the archive is charged for another size";
	if (!file->object && !file->in_archive && file->charged.pages)
		return "an empty file is charged";
	return NULL;
}

static const char *check_entry(const struct inode *directory, const struct name_entry *entry)
{
	const struct inode *inode = entry->inode;

	if (inode->filesystem != directory->filesystem)
		return "a name leads into another file system";
	if (inode->links == 0)
		return "a name leads to an inode without links";
	if (inode_is(inode, MODE_DIRECTORY) && inode->directory.parent != directory)
		return "a directory's parent is not where its name is";
	return NULL;
}

static const char *check_slots(const struct inode *inode, uint32_t *names, uint32_t *children)
{
	const struct directory *directory = &inode->directory;
	uint64_t cookie = 0;

	for (uint32_t i = 0; i < directory->slot_count; i++) {
		const struct name_slot *slot = &directory->slots[i];
		const char *wrong = slot->entry ? check_entry(inode, slot->entry) : NULL;

		if (wrong)
			return wrong;
		if (slot->cookie <= cookie || slot->cookie >= directory->next_cookie)
			return "cookies do not ascend";
		cookie = slot->cookie;
		if (!slot->entry)
			continue;
		if (slot->entry->cookie != cookie)
			return "an entry and its slot have different cookies";
		++*names;
		*children += inode_is(slot->entry->inode, MODE_DIRECTORY);
	}
	return NULL;
}

static uint32_t hashed_names(const struct directory *directory)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < directory->bucket_count; i++)
		for (const struct name_entry *entry = directory->buckets[i]; entry; entry = entry->next)
			count++;
	return count;
}

static const char *check_directory(const struct inode *inode)
{
	const struct directory *directory = &inode->directory;
	uint32_t names = 0, children = 0;
	const char *wrong = check_slots(inode, &names, &children);

	if (wrong)
		return wrong;
	if (names != directory->entry_count || hashed_names(directory) != names)
		return "a directory's names are not counted right";
	if (inode->size != DIRECTORY_SIZE_EMPTY + (uint64_t)DIRECTORY_SIZE_NAME * names)
		return "a directory's size is wrong";
	if (inode->links != 0 && inode->links != 2 + children)
		return "a directory's links are wrong";
	if (inode->links == 0 && (names || directory->parent || !inode->kept))
		return "a removed directory has names, a parent or no keeper";
	return NULL;
}

static const char *check_inode(const struct inode *inode)
{
	if (inode->links == 0 && !inode->kept)
		return "an inode has neither links nor a keeper";
	if (inode->links != 0 && inode->kept)
		return "an inode with links is kept";
	if (inode_is(inode, MODE_REGULAR))
		return check_file(inode);
	return inode_is(inode, MODE_DIRECTORY) ? check_directory(inode) : NULL;
}

/* Sums over all inodes of a file system. */
struct sums {
	uint64_t inodes, pages, file_links, file_names, extra_links, prepared;
};

static void add_inode(struct sums *sums, const struct inode *inode)
{
	sums->inodes++;
	sums->prepared += inode->kept == KEPT_PREPARED;
	if (inode_is(inode, MODE_REGULAR))
		sums->pages += inode->file.charged.pages;
	if (inode_is(inode, MODE_SYMLINK))
		sums->pages += symlink_pages(inode->symlink.target_bytes);
	if (!inode_is(inode, MODE_DIRECTORY)) {
		sums->file_links += inode->links;
		sums->extra_links += inode->links > 1 ? inode->links - 1 : 0;
		return;
	}
	for (uint32_t i = 0; i < inode->directory.slot_count; i++) {
		const struct name_entry *entry = inode->directory.slots[i].entry;

		sums->file_names += entry && !inode_is(entry->inode, MODE_DIRECTORY);
	}
}

static const char *check_sums(const struct filesystem *filesystem, const struct sums *sums)
{
	if (sums->prepared != filesystem->prepared_count)
		return "prepared inodes are not counted right";
	if (sums->inodes != filesystem->inode_count)
		return "the inode table's count is wrong";
	if (sums->inodes + sums->extra_links != filesystem->inodes_used)
		return "used inodes are not counted right";
	if (sums->file_links != sums->file_names)
		return "link counts and names differ";
	return sums->pages == filesystem->pages_charged ? NULL : "charged pages are not counted right";
}

static const char *check_filesystem(const struct filesystem *filesystem)
{
	struct sums sums = { 0 };

	for (uint32_t i = 0; i < filesystem->bucket_count; i++) {
		for (const struct inode *inode = filesystem->buckets[i]; inode; inode = inode->next) {
			const char *wrong = check_inode(inode);

			if (wrong)
				return wrong;
			if (inode->filesystem != filesystem || inode->number >= filesystem->next_number)
				return "an inode is in the wrong table";
			add_inode(&sums, inode);
		}
	}
	return check_sums(filesystem, &sums);
}

const char *tree_check(const struct tree *tree)
{
	if (tree->magic != TREE_MAGIC)
		return "the arena holds no tree of this version";
	for (uint32_t i = 0; i < FILESYSTEMS_MAX; i++) {
		const struct filesystem *filesystem = tree->filesystems[i];
		const char *wrong = filesystem ? check_filesystem(filesystem) : NULL;

		if (wrong)
			return wrong;
		if (filesystem && filesystem->id != i + 1)
			return "a file system is in the wrong place";
	}
	return NULL;
}
