/* SPDX-License-Identifier: MIT */
/*
 * One pass over the archive; every entry is made in the tree at once. What it needs beside the tree, a table of hard links
 * and buffers for paths, is taken from the store and given back at the end.
 */
#include <string.h>
#include "file.h"
#include "inode.h"
#include "link_table.h"
#include "links.h"
#include "runtime/archive.h"
#include "runtime/log.h"
#include "store.h"
#include "unpack.h"

#define PATH_BYTES_MAX 4096u
#define STEPS_MAX 8192u /* components walked, links included: a loop of links ends here */
#define TARGET_BYTES_MAX SYMLINK_TARGET_MAX

struct unpack {
	struct vfs_context *vfs;
	struct filesystem *filesystem;
	struct vfs_timestamp now;
	struct link_table links;
	uint64_t made, skipped;
	unsigned path; /* which of the buffers holds the path being walked */
	char paths[2][PATH_BYTES_MAX];
};

/* Where an entry belongs. */
struct place {
	struct inode *directory;
	struct name name;
	struct name_entry *there; /* NULL: the name is free */
};

static struct name first_component(const char *path)
{
	return (struct name){ path, (uint32_t)strcspn(path, "/") };
}

static bool name_is(struct name name, const char *text)
{
	return name.bytes == strlen(text) && memcmp(name.text, text, name.bytes) == 0;
}

/* The path goes on as a link's target and then `rest`; NULL: too long. */
static const char *splice_target(struct unpack *unpack, const struct inode *link, const char *rest)
{
	char *path = unpack->paths[unpack->path ^ 1];
	size_t target = link->symlink.target_bytes, bytes = strlen(rest);

	if (target + 1 + bytes >= PATH_BYTES_MAX)
		return NULL;
	memcpy(path, link->symlink.target, target);
	path[target] = '/';
	memcpy(path + target + 1, rest, bytes + 1);
	unpack->path ^= 1;
	return path;
}

/* One step down: *directory and *path move on; false: there is no way. */
static bool step_into(struct unpack *unpack, struct inode **directory, struct name name, const char **path)
{
	const struct name_entry *entry = directory_find(unpack->vfs, &(*directory)->directory, name);

	if (!entry)
		return false;
	if (inode_is(entry->inode, MODE_DIRECTORY)) {
		*directory = entry->inode;
		return true;
	}
	if (!inode_is(entry->inode, MODE_SYMLINK))
		return false;
	*path = splice_target(unpack, entry->inode, *path);
	if (*path && **path == '/')
		*directory = unpack->filesystem->root;
	return *path != NULL;
}

static struct inode *parent_of(struct inode *directory)
{
	return directory->directory.parent ? directory->directory.parent : directory;
}

/* The directory that holds the last component, links followed. False: there is none, or the name cannot be. */
static bool find_place(struct unpack *unpack, const char *path, struct place *place)
{
	struct inode *directory = unpack->filesystem->root;

	for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
		struct name name = first_component(path + strspn(path, "/"));

		path = name.text + name.bytes;
		path += strspn(path, "/");
		if (*path == '\0') {
			*place = (struct place){ directory, name, NULL };
			if (name_check(name) != STATUS_OK)
				return false;
			place->there = directory_find(unpack->vfs, &directory->directory, name);
			return true;
		}
		if (name_is(name, ".."))
			directory = parent_of(directory);
		else if (!name_is(name, ".") && !step_into(unpack, &directory, name, &path))
			return false;
	}
	return false;
}

static struct vfs_timestamp entry_time(const struct archive_entry *entry)
{
	return (struct vfs_timestamp){ .seconds = entry->modified };
}

static void set_attributes(struct inode *inode, const struct archive_entry *entry)
{
	inode->mode = (inode->mode & MODE_TYPE) | (entry->mode & 07777u);
	inode->user = entry->user;
	inode->group = entry->group;
	inode->accessed = inode->modified = entry_time(entry);
}

/* A directory keeps the time that the archive gave it. */
static void attach(struct unpack *unpack, const struct place *place, struct name_entry *name,
		   struct inode *inode)
{
	struct vfs_timestamp modified = place->directory->modified;

	link_attach(place->directory, name, inode, &unpack->now);
	place->directory->modified = modified;
}

static status_t make_inode(struct unpack *unpack, const struct place *place,
			   const struct archive_entry *entry, struct inode **result)
{
	struct inode_owner owner = { entry->mode & (MODE_TYPE | 07777u), entry->user, entry->group };
	struct name_entry *name;
	struct inode *inode;
	status_code_t status = inode_create(unpack->vfs, unpack->filesystem, &owner, &unpack->now, &inode);

	if (status != STATUS_OK)
		return status;
	status = directory_entry_create(unpack->vfs, &place->directory->directory, place->name, &name);
	if (status == STATUS_OK && inode_is(inode, MODE_SYMLINK)) {
		status = symlink_set(inode, (const char *)unpack->vfs->archive + entry->data_offset,
				     (uint32_t)entry->data_bytes);
		if (status != STATUS_OK)
			directory_entry_free(name);
	}
	if (status != STATUS_OK) {
		inode_end(unpack->vfs, inode);
		return status;
	}
	attach(unpack, place, name, inode);
	set_attributes(inode, entry);
	*result = inode;
	return STATUS_OK;
}

/* Makes the name free. False: a directory that is not empty is in the way. */
static bool clear_place(struct unpack *unpack, struct place *place)
{
	struct inode *inode = place->there ? place->there->inode : NULL;
	struct vfs_timestamp modified = place->directory->modified;

	if (!inode)
		return true;
	if (inode_is(inode, MODE_DIRECTORY) && inode->directory.entry_count)
		return false;
	link_detach(place->directory, place->there, false, &unpack->now);
	place->directory->modified = modified;
	inode_end_unused(unpack->vfs, inode);
	place->there = NULL;
	return true;
}

/* What stands in the way goes, when it is of another type. */
static bool clear_other_type(struct unpack *unpack, struct place *place, uint32_t mode)
{
	if (place->there && mode_is(place->there->inode->mode, mode & MODE_TYPE))
		return true;
	return clear_place(unpack, place);
}

/* Another name for an inode that an earlier entry made; NOT_FOUND: none did. */
static status_t make_link(struct unpack *unpack, struct place *place, const struct archive_entry *entry,
			  struct inode **inode)
{
	const struct vfs_inode_ref *first = entry->links >= 2 ? link_table_find(&unpack->links, entry) : NULL;
	struct name_entry *name;
	status_code_t status;

	if (!first || inode_find(unpack->vfs, first, inode) != STATUS_OK)
		return STATUS_NOT_FOUND;
	if (place->there && place->there->inode == *inode)
		return STATUS_OK;
	if (!clear_place(unpack, place))
		return STATUS_EXISTS;
	status = directory_entry_create(unpack->vfs, &place->directory->directory, place->name, &name);
	if (status != STATUS_OK)
		return status;
	status = filesystem_take_inode(unpack->filesystem);
	if (status != STATUS_OK) {
		directory_entry_free(name);
		return status;
	}
	attach(unpack, place, name, *inode);
	set_attributes(*inode, entry);
	return STATUS_OK;
}

/* The inode that the entry names: linked, there already, or made. `linked`: it was made by another name's entry. */
static status_t find_or_make(struct unpack *unpack, struct place *place, const struct archive_entry *entry,
			     struct inode **inode, bool *linked)
{
	status_code_t status = make_link(unpack, place, entry, inode);
	struct vfs_inode_ref ref;

	*linked = status == STATUS_OK;
	if (status != STATUS_NOT_FOUND)
		return status;
	if (!clear_other_type(unpack, place, entry->mode))
		return STATUS_EXISTS;
	if (place->there) {
		*inode = place->there->inode;
		set_attributes(*inode, entry);
	} else {
		status = make_inode(unpack, place, entry, inode);
		if (status != STATUS_OK)
			return status;
	}
	ref = inode_ref(*inode);
	return entry->links >= 2 ? link_table_add(&unpack->links, entry, &ref) : STATUS_OK;
}

/* Contents come with one of the names of a linked file; the others have none and leave it alone. */
static status_t unpack_file(struct unpack *unpack, struct place *place, const struct archive_entry *entry)
{
	struct inode *inode;
	bool linked;
	status_code_t status = find_or_make(unpack, place, entry, &inode, &linked);

	if (status != STATUS_OK || (linked && entry->data_bytes == 0))
		return status;
	return file_from_archive(inode, entry->data_offset, entry->data_bytes);
}

static status_t unpack_node(struct unpack *unpack, struct place *place, const struct archive_entry *entry)
{
	uint64_t device = (uint64_t)entry->node_major << 32 | entry->node_minor;
	bool fresh = place->there == NULL, linked;
	struct inode *inode;
	status_code_t status = find_or_make(unpack, place, entry, &inode, &linked);

	if (status == STATUS_OK && fresh && !linked && !mode_is(entry->mode, MODE_FIFO) &&
	    !mode_is(entry->mode, MODE_SOCKET))
		inode->device = device;
	return status;
}

static status_t unpack_directory(struct unpack *unpack, struct place *place,
				 const struct archive_entry *entry)
{
	struct inode *inode;

	if (!clear_other_type(unpack, place, entry->mode))
		return STATUS_EXISTS;
	if (!place->there)
		return make_inode(unpack, place, entry, &inode);
	set_attributes(place->there->inode, entry);
	return STATUS_OK;
}

static status_t unpack_symlink(struct unpack *unpack, struct place *place, const struct archive_entry *entry)
{
	const uint8_t *target = unpack->vfs->archive + entry->data_offset;
	struct inode *inode;

	if (entry->data_bytes == 0 || entry->data_bytes > TARGET_BYTES_MAX ||
	    memchr(target, 0, entry->data_bytes))
		return STATUS_INVALID;
	return clear_place(unpack, place) ? make_inode(unpack, place, entry, &inode) : STATUS_EXISTS;
}

static status_t unpack_entry(struct unpack *unpack, const struct archive_entry *entry)
{
	struct place place;

	if (entry->name[0] == '\0' || strcmp(entry->name, ".") == 0) {
		if (!mode_is(entry->mode, MODE_DIRECTORY))
			return STATUS_INVALID;
		set_attributes(unpack->filesystem->root, entry);
		return STATUS_OK;
	}
	if (!find_place(unpack, entry->name, &place))
		return STATUS_NOT_FOUND;
	switch (entry->mode & MODE_TYPE) {
	case MODE_REGULAR: return unpack_file(unpack, &place, entry);
	case MODE_DIRECTORY: return unpack_directory(unpack, &place, entry);
	case MODE_SYMLINK: return unpack_symlink(unpack, &place, entry);
	case MODE_CHARACTER:
	case MODE_BLOCK:
	case MODE_FIFO:
	case MODE_SOCKET: return unpack_node(unpack, &place, entry);
	default: return STATUS_INVALID;
	}
}

/* One entry that cannot be made is left out; without memory, all is. */
static status_t count_entry(struct unpack *unpack, const struct archive_entry *entry)
{
	status_code_t status = unpack_entry(unpack, entry);

	if (status == STATUS_NO_MEMORY)
		return status;
	if (status == STATUS_OK) {
		unpack->made++;
		return STATUS_OK;
	}
	unpack->skipped++;
	log_warning("boot archive: '%.100s' left out: %s", entry->name, status_name(status));
	return STATUS_OK;
}

/* Between archives there may be NULs. False: nothing follows. */
static bool next_archive(const struct archive *archive, size_t *position)
{
	while (*position < archive->size && archive->bytes[*position] == 0)
		++*position;
	return *position < archive->size;
}

static status_t unpack_all(struct unpack *unpack)
{
	struct archive archive = { unpack->vfs->archive, unpack->vfs->archive_bytes };
	struct archive_entry entry;
	size_t position = 0;

	while (next_archive(&archive, &position)) {
		status_code_t status = archive_next(&archive, &position, &entry);

		while (status == STATUS_OK) {
			status = count_entry(unpack, &entry);
			if (status == STATUS_OK)
				status = archive_next(&archive, &position, &entry);
		}
		if (status != STATUS_NOT_FOUND) {
			log_error("boot archive: %s at byte %lu", status_name(status),
				  (unsigned long)position);
			return status;
		}
		position = entry.data_offset;
		link_table_clear(&unpack->links);
	}
	return unpack->made ? STATUS_OK : STATUS_CORRUPT;
}

status_t archive_unpack(struct vfs_context *vfs, struct filesystem *filesystem)
{
	struct unpack *unpack = store_allocate(sizeof *unpack);
	status_code_t status;

	if (!unpack)
		return STATUS_NO_MEMORY;
	unpack->vfs = vfs;
	unpack->filesystem = filesystem;
	unpack->now = filesystem->root->born;
	status = unpack_all(unpack);
	if (status == STATUS_OK)
		log_info("boot archive: %lu entries, %lu left out, %lu pages", (unsigned long)unpack->made,
			 (unsigned long)unpack->skipped, (unsigned long)filesystem->pages_charged);
	link_table_clear(&unpack->links);
	store_free(unpack, sizeof *unpack);
	return status;
}
