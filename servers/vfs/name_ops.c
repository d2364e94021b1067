/* SPDX-License-Identifier: MIT */
/*
 * Operations on the names of directories: look up, make, link, remove, list. Renaming has a file of its own.
 */
#include <string.h>
#include "file.h"
#include "inode.h"
#include "links.h"
#include "ops.h"
#include "store.h"

#define READ_BYTES_MAX 3960u
#define ENTRY_ALIGNMENT 8u

/* The next of the NUL-terminated names; false: no complete one is left, or it names no entry. */
static bool next_name(const struct vfs_lookup_request *request, uint32_t *offset, struct name *name)
{
	const char *text = (const char *)request->names + *offset;
	const char *end = *offset < request->names_bytes ? memchr(text, 0, request->names_bytes - *offset)
							 : NULL;
	status_code_t status;

	if (!end)
		return false;
	*name = (struct name){ text, (uint32_t)(end - text) };
	*offset += name->bytes + 1;
	status = name_check(*name);
	return status == STATUS_OK || status == STATUS_NAME_TOO_LONG;
}

static bool names_are_valid(const struct vfs_lookup_request *request)
{
	struct name name;
	uint32_t offset = 0;

	if (request->count < 1 || request->count > VFS_LOOKUP_MAX)
		return false;
	for (uint32_t i = 0; i < request->count; i++)
		if (!next_name(request, &offset, &name))
			return false;
	return offset == request->names_bytes;
}

/* Looks one name up; *directory becomes what was found. */
static status_t lookup_one(const struct vfs_context *vfs, struct inode **directory, struct name name,
			   struct vfs_found *found)
{
	const struct name_entry *entry;

	if (name.bytes > VFS_NAME_MAX)
		return STATUS_NAME_TOO_LONG;
	entry = directory_find(vfs, &(*directory)->directory, name);
	if (!entry)
		return STATUS_NOT_FOUND;
	*directory = entry->inode;
	found->ref = inode_ref(entry->inode);
	return inode_attributes(vfs, entry->inode, &found->attributes);
}

status_t lookup_op(struct vfs_context *vfs, const struct vfs_lookup_request *request,
		   struct vfs_lookup_reply *reply)
{
	struct inode *directory;
	struct name name;
	uint32_t offset = 0;
	status_code_t status = inode_find(vfs, &request->directory, &directory);

	if (status != STATUS_OK)
		return status;
	if (!names_are_valid(request))
		return STATUS_INVALID;
	if (!inode_is(directory, MODE_DIRECTORY))
		return STATUS_NOT_DIRECTORY;
	reply->found_count = 0;
	while (reply->found_count < request->count && inode_is(directory, MODE_DIRECTORY) &&
	       next_name(request, &offset, &name)) {
		struct vfs_found *found = &reply->found[reply->found_count++];

		*found = (struct vfs_found){ 0 };
		found->status = lookup_one(vfs, &directory, name, found);
		if (found->status != STATUS_OK)
			break;
	}
	return STATUS_OK;
}

/* May this name be made in this directory? */
static status_t check_new_name(const struct vfs_context *vfs, const struct inode *directory, struct name name)
{
	status_code_t status = name_check(name);

	if (status != STATUS_OK)
		return status;
	if (directory->links == 0)
		return STATUS_NOT_FOUND;
	if (directory_find(vfs, &directory->directory, name))
		return STATUS_EXISTS;
	return filesystem_is_read_only(directory->filesystem) ? STATUS_READ_ONLY : STATUS_OK;
}

static bool mode_can_be_created(uint32_t mode, bool named)
{
	if (mode & ~(MODE_TYPE | 07777u))
		return false;
	switch (mode & MODE_TYPE) {
	case MODE_REGULAR: return true;
	case MODE_DIRECTORY:
	case MODE_CHARACTER:
	case MODE_BLOCK:
	case MODE_FIFO:
	case MODE_SOCKET: return named;
	default: return false;
	}
}

static status_t create_unnamed(struct vfs_context *vfs, const struct vfs_create_request *request,
			       const struct inode *directory, struct inode **inode)
{
	struct inode_owner owner = { request->mode, request->user, request->group };
	status_code_t status;

	if (directory->links == 0)
		return STATUS_NOT_FOUND;
	if (filesystem_is_read_only(directory->filesystem))
		return STATUS_READ_ONLY;
	status = inode_create(vfs, directory->filesystem, &owner, &request->now, inode);
	if (status == STATUS_OK)
		(*inode)->kept = KEPT_LINKABLE;
	return status;
}

static status_t create_named(struct vfs_context *vfs, const struct vfs_create_request *request,
			     struct inode *directory, struct inode **inode)
{
	struct inode_owner owner = { request->mode, request->user, request->group };
	struct name name = { request->name, request->name_bytes };
	struct name_entry *entry;
	status_code_t status = check_new_name(vfs, directory, name);

	if (status != STATUS_OK)
		return status;
	status = inode_create(vfs, directory->filesystem, &owner, &request->now, inode);
	if (status != STATUS_OK)
		return status;
	status = directory_entry_create(vfs, &directory->directory, name, &entry);
	if (status != STATUS_OK) {
		inode_end(vfs, *inode);
		return status;
	}
	if (inode_is(*inode, MODE_CHARACTER) || inode_is(*inode, MODE_BLOCK))
		(*inode)->device = request->device;
	link_attach(directory, entry, *inode, &request->now);
	return STATUS_OK;
}

status_t create_op(struct vfs_context *vfs, const struct vfs_create_request *request,
		   struct vfs_create_reply *reply)
{
	struct inode *directory, *inode;
	bool named = request->name_bytes > 0;
	status_code_t status = inode_find_directory(vfs, &request->directory, &directory);

	if (status != STATUS_OK)
		return status;
	if (!mode_can_be_created(request->mode, named))
		return STATUS_INVALID;
	status = named ? create_named(vfs, request, directory, &inode)
		       : create_unnamed(vfs, request, directory, &inode);
	if (status != STATUS_OK)
		return status;
	reply->ref = inode_ref(inode);
	reply->directory_size = directory->size;
	return inode_attributes(vfs, inode, &reply->attributes);
}

status_t symlink_op(struct vfs_context *vfs, const struct vfs_symlink_request *request,
		    struct vfs_symlink_reply *reply)
{
	struct inode_owner owner = { MODE_SYMLINK | 0777, request->user, request->group };
	struct name name = { request->name, request->name_bytes };
	struct inode *directory, *inode;
	struct name_entry *entry;
	status_code_t status = inode_find_directory(vfs, &request->directory, &directory);

	if (status == STATUS_OK)
		status = request->target_bytes ? check_new_name(vfs, directory, name) : STATUS_INVALID;
	if (status == STATUS_OK)
		status = inode_create(vfs, directory->filesystem, &owner, &request->now, &inode);
	if (status != STATUS_OK)
		return status;
	status = symlink_set(inode, request->target, request->target_bytes);
	if (status == STATUS_OK)
		status = directory_entry_create(vfs, &directory->directory, name, &entry);
	if (status != STATUS_OK) {
		inode_end(vfs, inode);
		return status;
	}
	link_attach(directory, entry, inode, &request->now);
	reply->ref = inode_ref(inode);
	reply->directory_size = directory->size;
	return inode_attributes(vfs, inode, &reply->attributes);
}

static status_t check_link(const struct inode *inode, const struct inode *directory)
{
	if (inode_is(inode, MODE_DIRECTORY))
		return STATUS_IS_DIRECTORY;
	if (inode->filesystem != directory->filesystem)
		return STATUS_CROSS_DEVICE;
	if (inode->links == 0 && inode->kept != KEPT_LINKABLE)
		return STATUS_NOT_FOUND;
	return inode->links == UINT32_MAX ? STATUS_TOO_MANY_LINKS : STATUS_OK;
}

status_t link_op(struct vfs_context *vfs, const struct vfs_link_request *request,
		 struct vfs_link_reply *reply)
{
	struct name name = { request->name, request->name_bytes };
	struct inode *inode, *directory;
	struct name_entry *entry;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status == STATUS_OK)
		status = inode_find_directory(vfs, &request->directory, &directory);
	if (status == STATUS_OK)
		status = check_new_name(vfs, directory, name);
	if (status == STATUS_OK)
		status = check_link(inode, directory);
	if (status == STATUS_OK)
		status = inode_attributes(vfs, inode, &reply->attributes);
	if (status == STATUS_OK)
		status = directory_entry_create(vfs, &directory->directory, name, &entry);
	if (status != STATUS_OK)
		return status;
	status = inode->links ? filesystem_take_inode(inode->filesystem) : STATUS_OK;
	if (status != STATUS_OK) {
		directory_entry_free(entry);
		return status;
	}
	link_attach(directory, entry, inode, &request->now);
	inode->changed = request->now;
	reply->attributes.links = inode->links;
	reply->attributes.changed = inode->changed;
	reply->directory_size = directory->size;
	return STATUS_OK;
}

static status_t check_unlink(const struct inode *inode, bool directory)
{
	if (inode_is(inode, MODE_DIRECTORY) && !directory)
		return STATUS_IS_DIRECTORY;
	if (!inode_is(inode, MODE_DIRECTORY))
		return directory ? STATUS_NOT_DIRECTORY : STATUS_OK;
	return inode->directory.entry_count ? STATUS_NOT_EMPTY : STATUS_OK;
}

/* The name to remove, when the directory may be changed and has it. */
static status_t find_victim(const struct vfs_context *vfs, const struct vfs_unlink_request *request,
			    struct inode **directory, struct name_entry **entry)
{
	struct name name = { request->name, request->name_bytes };
	status_code_t status = inode_find_directory(vfs, &request->directory, directory);

	if (status == STATUS_OK)
		status = name_check(name);
	if (status != STATUS_OK)
		return status;
	if (request->flags & ~(VFS_UNLINK_DIRECTORY | VFS_UNLINK_KEEP))
		return STATUS_INVALID;
	if (filesystem_is_read_only((*directory)->filesystem))
		return STATUS_READ_ONLY;
	*entry = directory_find(vfs, &(*directory)->directory, name);
	if (!*entry)
		return STATUS_NOT_FOUND;
	return check_unlink((*entry)->inode, (request->flags & VFS_UNLINK_DIRECTORY) != 0);
}

status_t unlink_op(struct vfs_context *vfs, const struct vfs_unlink_request *request,
		   struct vfs_unlink_reply *reply)
{
	struct inode *directory, *inode;
	struct name_entry *entry;
	status_code_t status = find_victim(vfs, request, &directory, &entry);

	if (status != STATUS_OK)
		return status;
	inode = entry->inode;
	status = inode_attributes(vfs, inode, &reply->attributes);
	if (status != STATUS_OK)
		return status;
	link_detach(directory, entry, (request->flags & VFS_UNLINK_KEEP) != 0, &request->now);
	reply->ref = inode_ref(inode);
	reply->directory_size = directory->size;
	reply->attributes.links = inode->links;
	reply->attributes.changed = inode->changed;
	inode_end_unused(vfs, inode);
	return STATUS_OK;
}

struct entry_writer {
	uint8_t *bytes;
	uint32_t used, limit;
};

/* False: it does not fit. */
static bool write_entry(struct entry_writer *writer, const struct inode *inode, struct name name,
			uint64_t next_cookie)
{
	struct vfs_directory_entry head = {
		.inode = inode->number,
		.next_cookie = next_cookie,
		.mode = inode->mode,
		.name_bytes = (uint16_t)name.bytes,
		.record_bytes = (uint16_t)((sizeof head + name.bytes + ENTRY_ALIGNMENT - 1) &
					   ~(ENTRY_ALIGNMENT - 1u)),
	};

	uint8_t *at = writer->bytes + writer->used;

	if (writer->limit - writer->used < head.record_bytes)
		return false;
	memset(at + head.record_bytes - ENTRY_ALIGNMENT, 0, ENTRY_ALIGNMENT);
	memcpy(at, &head, sizeof head);
	memcpy(at + sizeof head, name.text, name.bytes);
	writer->used += head.record_bytes;
	return true;
}

/* "." and ".."; the root is its own parent. *cookie moves on. False: no more fits. */
static bool write_dots(struct entry_writer *writer, const struct inode *directory, uint64_t *cookie)
{
	const struct inode *parent = directory->directory.parent ? directory->directory.parent : directory;

	if (*cookie < COOKIE_DOT_DOT) {
		if (!write_entry(writer, directory, (struct name){ ".", 1 }, COOKIE_DOT_DOT))
			return false;
		*cookie = COOKIE_DOT_DOT;
	}
	if (*cookie == COOKIE_DOT_DOT) {
		if (!write_entry(writer, parent, (struct name){ "..", 2 }, COOKIE_NEWEST))
			return false;
		*cookie = COOKIE_NEWEST;
	}
	return true;
}

/* False: there was more than fits. */
static bool write_names(struct entry_writer *writer, const struct directory *directory, uint64_t cookie)
{
	uint32_t slot = directory_slots_below(directory, cookie);

	while (slot > 0) {
		const struct name_entry *entry = directory->slots[--slot].entry;
		struct name name;

		if (!entry)
			continue;
		name = (struct name){ entry->name, entry->name_bytes };
		if (!write_entry(writer, entry->inode, name, entry->cookie))
			return false;
	}
	return true;
}

/* Where the entries go: into the window, or into the reply. */
static struct entry_writer writer_for(const struct vfs_context *vfs,
				      const struct vfs_read_directory_request *request,
				      struct vfs_read_directory_reply *reply)
{
	uint32_t limit = request->in_window ? VFS_WINDOW_BYTES : READ_BYTES_MAX;

	if (request->max_bytes < limit)
		limit = request->max_bytes;
	return (struct entry_writer){ request->in_window ? vfs->window : reply->entries, 0, limit };
}

status_t read_directory_op(struct vfs_context *vfs, const struct vfs_read_directory_request *request,
			   struct vfs_read_directory_reply *reply)
{
	struct entry_writer writer = writer_for(vfs, request, reply);
	struct inode *directory;
	uint64_t cookie = request->cookie;
	bool complete;
	status_code_t status = inode_find_directory(vfs, &request->directory, &directory);

	if (status != STATUS_OK)
		return status;
	if (directory->links == 0)
		return STATUS_NOT_FOUND;
	if (!writer.bytes)
		return STATUS_INVALID;
	complete = write_dots(&writer, directory, &cookie) &&
		   write_names(&writer, &directory->directory, cookie);
	if (!complete && writer.used == 0)
		return STATUS_INVALID;
	reply->window_bytes = request->in_window ? writer.used : 0;
	reply->entries_bytes = request->in_window ? 0 : writer.used;
	return STATUS_OK;
}
