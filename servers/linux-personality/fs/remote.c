/* SPDX-License-Identifier: MIT */
/*
 * The provider for file systems of the vfs server: each operation is one message.
 *
 * Creation takes ids from the caller's credentials; times are ours. Results carry the attributes, so no operation
 * needs a second message.
 */
#include "fs/remote.h"

#include <string.h>

#include "core/errno.h"
#include "core/survive.h"
#include "fs/intents.h"
#include "fs/owner.h"
#include "runtime/kernel.h"

#define LINK_MESSAGE_BYTES 3500u /* of a link's target in one message */
#define BLOCKS_PER_PAGE 8u       /* of st_blocks, 512 bytes each */

SURVIVES static uint64_t last_request;

handle_t vfs_endpoint;

uint64_t remote_request_id(void)
{
	return __atomic_add_fetch(&last_request, 1, __ATOMIC_RELAXED);
}

static int remote_obtain(struct superblock *super, struct vfs_inode_ref ref,
			 const struct vfs_attributes *attributes, struct inode **made)
{
	*made = inode_obtain(super, ref, attributes);
	return *made ? 0 : -ENOMEM;
}

static int remote_lookup(struct inode *directory, const char *name, struct inode **found)
{
	struct vfs_lookup_request request = { .directory = directory->ref, .count = 1 };
	struct vfs_lookup_reply reply;
	status_code_t status;
	request.names = (const uint8_t *)name;
	request.names_bytes = (uint32_t)strlen(name) + 1;
	status = vfs_lookup(vfs_endpoint, &request, &reply);
	if (status < 0)
		return errno_from_status(status);
	if (reply.found_count < 1)
		return -EIO;
	if (reply.found[0].status < 0)
		return errno_from_status(reply.found[0].status);
	return remote_obtain(directory->super, reply.found[0].ref, &reply.found[0].attributes, found);
}

void remote_prefetch(struct dentry *parent, const char *names, uint32_t count, uint32_t bytes)
{
	struct vfs_lookup_request request = { .directory = parent->inode->ref, .count = count };
	struct vfs_found found[VFS_LOOKUP_MAX];
	struct vfs_lookup_reply reply;
	uint64_t changes = dentry_changes(parent->super);
	uint32_t results;
	request.names = (const uint8_t *)names;
	request.names_bytes = bytes;
	if (vfs_lookup(vfs_endpoint, &request, &reply) < 0)
		return;
	results = reply.found_count < VFS_LOOKUP_MAX ? reply.found_count : VFS_LOOKUP_MAX;
	memcpy(found, reply.found, results * sizeof(found[0]));
	dentry_get(parent);
	for (uint32_t i = 0; i < results && found[i].status == 0; i++) {
		struct inode *inode = inode_obtain(parent->super, found[i].ref, &found[i].attributes);
		struct dentry *next = inode ? dentry_enter_since(parent, names, (uint32_t)strlen(names),
								 inode, changes)
					    : NULL;
		dentry_put(parent);
		if (!next)
			return;
		parent = next;
		names += strlen(names) + 1;
		if (!parent->inode || parent->inode->ref.inode != found[i].ref.inode)
			break;
	}
	dentry_put(parent);
}

/* A name of the directory was made or removed: what the server set there. */
static void remote_directory_changed(struct inode *directory, uint64_t size, struct vfs_timestamp now)
{
	lock_acquire(&directory->lock);
	directory->attributes.size = size;
	directory->attributes.modified = directory->attributes.changed = now;
	lock_release(&directory->lock);
}

static int remote_create(struct thread *self, struct inode *directory, const char *name,
			 const struct new_node *node, struct inode **made)
{
	struct vfs_create_request request = { .directory = directory->ref, .device = node->device };
	struct vfs_create_reply reply;
	uint32_t mode = node->mode;
	status_code_t status;
	owner_of_new(self, directory, &mode, &request.user, &request.group);
	request.mode = mode;
	request.now = time_now();
	request.name = name;
	request.name_bytes = (uint32_t)strlen(name);
	if (node->vacant && (mode & LINUX_S_IFMT) == LINUX_S_IFREG &&
	    !intent_create(directory, &request, made)) {
		remote_directory_changed(directory, directory->attributes.size + VFS_DIRECTORY_NAME_BYTES,
					 request.now);
		return 0;
	}
	do {
		request.request_id = remote_request_id();
		status = vfs_create(vfs_endpoint, &request, &reply);
	} while (status == STATUS_NO_SPACE && intents_give_back(directory->super));
	if (status < 0)
		return errno_from_status(status);
	if (request.name_bytes)
		remote_directory_changed(directory, reply.directory_size, request.now);
	return remote_obtain(directory->super, reply.ref, &reply.attributes, made);
}

/* What does not fit into the first message; the link is removed again if that fails. */
static int remote_symlink_rest(struct inode *directory, const char *name, struct vfs_inode_ref ref,
			       const char *rest)
{
	struct vfs_extend_link_request more = { .request_id = remote_request_id(),
						.inode = ref,
						.target = rest };
	struct vfs_unlink_request undo = { .directory = directory->ref, .name = name };
	struct vfs_unlink_reply gone;
	status_code_t status;
	more.target_bytes = (uint32_t)strlen(rest);
	status = vfs_extend_link(vfs_endpoint, &more);
	if (status == STATUS_OK)
		return 0;
	undo.request_id = remote_request_id();
	undo.name_bytes = (uint32_t)strlen(name);
	undo.now = time_now();
	(void)!vfs_unlink(vfs_endpoint, &undo, &gone);
	return errno_from_status(status);
}

static int remote_symlink(struct thread *self, struct inode *directory, const char *name, const char *target,
			  struct inode **made)
{
	struct vfs_symlink_request request = { .directory = directory->ref };
	uint32_t mode = LINUX_S_IFLNK | 0777, bytes = (uint32_t)strlen(target);
	struct vfs_symlink_reply reply;
	status_code_t status;
	int error = 0;
	owner_of_new(self, directory, &mode, &request.user, &request.group);
	request.now = time_now();
	request.name = name;
	request.name_bytes = (uint32_t)strlen(name);
	request.target = target;
	request.target_bytes = bytes < LINK_MESSAGE_BYTES ? bytes : LINK_MESSAGE_BYTES;
	do {
		request.request_id = remote_request_id();
		status = vfs_symlink(vfs_endpoint, &request, &reply);
	} while (status == STATUS_NO_SPACE && intents_give_back(directory->super));
	if (status < 0)
		return errno_from_status(status);
	remote_directory_changed(directory, reply.directory_size, request.now);
	if (bytes > LINK_MESSAGE_BYTES)
		error = remote_symlink_rest(directory, name, reply.ref, target + LINK_MESSAGE_BYTES);
	reply.attributes.size = bytes;
	return error ? error : remote_obtain(directory->super, reply.ref, &reply.attributes, made);
}

/* What the server answered about an inode whose links changed; times and size stay ours. */
static void remote_links_changed(struct inode *inode, const struct vfs_attributes *attributes)
{
	lock_acquire(&inode->lock);
	inode->attributes.links = attributes->links;
	inode->attributes.changed = attributes->changed;
	inode_changed(inode);
	lock_release(&inode->lock);
}

static int remote_link(struct inode *inode, struct inode *directory, const char *name)
{
	struct vfs_link_request request = { .inode = inode->ref, .directory = directory->ref };
	struct vfs_link_reply reply;
	status_code_t status;
	request.now = time_now();
	request.name = name;
	request.name_bytes = (uint32_t)strlen(name);
	do {
		request.request_id = remote_request_id();
		intents_hold(); /* the count of links that it answers is right until we have it */
		status = vfs_link(vfs_endpoint, &request, &reply);
		if (status == STATUS_OK)
			remote_links_changed(inode, &reply.attributes);
		intents_release();
	} while (status == STATUS_NO_SPACE && intents_give_back(directory->super));
	if (status < 0)
		return errno_from_status(status);
	remote_directory_changed(directory, reply.directory_size, request.now);
	inode->nameless = false;
	return 0;
}

/* A victim whose last name went is kept by vfs while it is open here, and stale otherwise. */
static void remote_victim_gone(struct inode *victim, const struct vfs_attributes *attributes, bool kept)
{
	remote_links_changed(victim, attributes);
	if (attributes->links > 0 && inode_type(victim) != LINUX_S_IFDIR)
		return;
	lock_acquire(&victim->lock);
	victim->attributes.links = 0;
	inode_changed(victim);
	lock_release(&victim->lock);
	if (kept)
		victim->nameless = true;
	else
		victim->stale = true;
}

/* The name of a file is told afterwards: true. */
static bool remote_unlink_later(struct inode *directory, const struct vfs_unlink_request *request,
				struct inode *victim)
{
	struct vfs_attributes left;
	if (!intent_unlink(directory, request, victim, &left))
		return false;
	remote_directory_changed(directory, directory->attributes.size - VFS_DIRECTORY_NAME_BYTES,
				 request->now);
	if (!left.links)
		remote_victim_gone(victim, &left, request->flags & VFS_UNLINK_KEEP);
	return true;
}

static int remote_unlink(struct inode *directory, const char *name, struct inode *victim, bool is_directory)
{
	struct vfs_unlink_request request = { .directory = directory->ref };
	bool keep = __atomic_load_n(&victim->opens, __ATOMIC_ACQUIRE) != 0;
	struct vfs_unlink_reply reply;
	status_code_t status;
	request.flags = (is_directory ? VFS_UNLINK_DIRECTORY : 0) | (keep ? VFS_UNLINK_KEEP : 0);
	request.now = time_now();
	request.name = name;
	request.name_bytes = (uint32_t)strlen(name);
	if (!is_directory && remote_unlink_later(directory, &request, victim))
		return 0;
	request.request_id = remote_request_id();
	intents_hold();
	status = vfs_unlink(vfs_endpoint, &request, &reply);
	if (status == STATUS_OK)
		remote_victim_gone(victim, &reply.attributes, keep);
	intents_release();
	if (status < 0)
		return errno_from_status(status);
	remote_directory_changed(directory, reply.directory_size, request.now);
	return 0;
}

static uint32_t remote_rename_flags(uint32_t flags, bool keep)
{
	return (flags & LINUX_RENAME_NOREPLACE ? VFS_RENAME_NOREPLACE : 0) |
	       (flags & LINUX_RENAME_EXCHANGE ? VFS_RENAME_EXCHANGE : 0) |
	       (flags & LINUX_RENAME_WHITEOUT ? VFS_RENAME_WHITEOUT : 0) | (keep ? VFS_RENAME_KEEP : 0);
}

static int remote_rename(struct inode *old_directory, const char *old_name, struct inode *new_directory,
			 const char *new_name, struct inode *victim, uint32_t flags)
{
	struct vfs_rename_request request = { .request_id = remote_request_id(),
					      .old_directory = old_directory->ref,
					      .new_directory = new_directory->ref };
	bool keep = victim && __atomic_load_n(&victim->opens, __ATOMIC_ACQUIRE) != 0;
	struct vfs_rename_reply reply;
	status_code_t status;
	request.flags = remote_rename_flags(flags, keep);
	request.now = time_now();
	request.old_name = old_name;
	request.old_name_bytes = (uint32_t)strlen(old_name);
	request.new_name = new_name;
	request.new_name_bytes = (uint32_t)strlen(new_name);
	intents_hold();
	status = vfs_rename(vfs_endpoint, &request, &reply);
	if (status == STATUS_OK && victim && !(flags & LINUX_RENAME_EXCHANGE) && reply.replaced.inode)
		remote_victim_gone(victim, &reply.attributes, keep);
	intents_release();
	if (status < 0)
		return errno_from_status(status);
	remote_directory_changed(old_directory, reply.old_directory_size, request.now);
	remote_directory_changed(new_directory, reply.new_directory_size, request.now);
	return 0;
}

static int64_t remote_read_link(struct thread *self, struct inode *inode, char *buffer, uint32_t max)
{
	struct vfs_read_link_request request = { .inode = inode->ref };
	struct vfs_read_link_reply reply;
	const char *known = __atomic_load_n(&inode->target, __ATOMIC_ACQUIRE);
	uint32_t bytes;
	(void)self;
	if (known) {
		bytes = inode->target_bytes < max ? inode->target_bytes : max;
		memcpy(buffer, known, bytes);
		return bytes;
	}
	do {
		status_code_t status = vfs_read_link(vfs_endpoint, &request, &reply);
		if (status < 0)
			return errno_from_status(status);
		bytes = reply.target_bytes < max - request.offset ? reply.target_bytes : max - request.offset;
		memcpy(buffer + request.offset, reply.target, bytes);
		request.offset += bytes;
	} while (bytes == LINK_MESSAGE_BYTES && request.offset < max);
	if (request.offset < max)
		inode_remember_target(inode, buffer, request.offset);
	return request.offset;
}

static int remote_set_attributes(struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes)
{
	struct vfs_set_attributes_request request = { .request_id = remote_request_id(),
						      .inode = inode->ref,
						      .mask = mask };
	struct vfs_set_attributes_reply reply;
	status_code_t status;
	request.attributes = *attributes;
	status = vfs_set_attributes(vfs_endpoint, &request, &reply);
	if (status < 0)
		return errno_from_status(status);
	lock_acquire(&inode->lock);
	inode->attributes.blocks = reply.attributes.blocks;
	inode->attributes.links = reply.attributes.links;
	inode_changed(inode);
	lock_release(&inode->lock);
	return 0;
}

/* Blocks are pages of the object; without one they are as the server last said. */
static int remote_count_blocks(struct inode *inode)
{
	struct object_info info;
	struct call_result result = k_object_info(inode->object, own_address(&info));
	if (result.status < 0)
		return errno_from_status(result.status);
	__atomic_store_n(&inode->attributes.blocks, info.resident_pages * BLOCKS_PER_PAGE, __ATOMIC_RELAXED);
	return 0;
}

static void remote_refreshed(struct inode *inode, const struct vfs_attributes *attributes)
{
	lock_acquire(&inode->lock);
	inode->attributes.blocks = attributes->blocks;
	inode->attributes.links = attributes->links;
	inode_changed(inode);
	if (inode_type(inode) == LINUX_S_IFDIR)
		inode->attributes.size = attributes->size;
	lock_release(&inode->lock);
}

static int remote_refresh(struct inode *inode)
{
	struct vfs_get_attributes_request request = { .inode = inode->ref };
	struct vfs_get_attributes_reply reply;
	status_code_t status;
	if (__atomic_load_n(&inode->object.value, __ATOMIC_ACQUIRE))
		return remote_count_blocks(inode);
	intents_hold(); /* what the server says is current until we have it */
	status = vfs_get_attributes(vfs_endpoint, &request, &reply);
	if (status == STATUS_OK)
		remote_refreshed(inode, &reply.attributes);
	intents_release();
	return errno_from_status(status);
}

static int remote_status(struct superblock *super, struct linux_statfs *status)
{
	struct vfs_filesystem_status_request request = { .filesystem = super->filesystem };
	struct vfs_filesystem_status_reply reply;
	status_code_t code = vfs_filesystem_status(vfs_endpoint, &request, &reply);
	if (code < 0)
		return errno_from_status(code);
	status->block_size = status->fragment_size = reply.info.block_size;
	status->blocks = reply.info.blocks;
	status->blocks_free = reply.info.blocks_free;
	status->blocks_available = reply.info.blocks_available;
	status->files = reply.info.files;
	status->files_free = reply.info.files_free;
	status->name_length = reply.info.name_max;
	status->identity[0] = (int32_t)reply.info.identity;
	status->identity[1] = (int32_t)(reply.info.identity >> 32);
	return 0;
}

static struct superblock *remote_superblock(const char *type, const struct vfs_mount_reply *reply)
{
	struct superblock *super = superblock_create(SUPER_VFS, type);
	if (!super)
		return NULL;
	super->filesystem = reply->filesystem;
	super->magic = LINUX_TMPFS_MAGIC;
	super->root = inode_obtain(super, reply->root, &reply->attributes);
	if (super->root)
		return super;
	superblock_put(super);
	return NULL;
}

struct superblock *remote_mount(const char *type, const char *source, const char *options, uint32_t flags,
				int *error)
{
	struct vfs_mount_request request = { .request_id = remote_request_id(), .flags = flags };
	struct vfs_mount_reply reply;
	struct superblock *super;
	status_code_t status;
	request.now = time_now();
	request.type = type;
	request.type_bytes = (uint32_t)strlen(type);
	request.source = source;
	request.source_bytes = (uint32_t)strlen(source);
	request.options = options;
	request.options_bytes = (uint32_t)strlen(options);
	status = vfs_mount(vfs_endpoint, &request, &reply);
	*error = status < 0 ? errno_from_status(status) : 0;
	if (status < 0)
		return NULL;
	super = remote_superblock(type, &reply);
	if (!super)
		*error = -ENOMEM;
	return super;
}

static void remote_shut_down(struct superblock *super)
{
	struct vfs_unmount_request request = { .request_id = remote_request_id(),
					       .filesystem = super->filesystem };
	(void)!vfs_unmount(vfs_endpoint, &request);
}

const struct provider remote_provider = {
	.lookup = remote_lookup,
	.create = remote_create,
	.symlink = remote_symlink,
	.link = remote_link,
	.unlink = remote_unlink,
	.rename = remote_rename,
	.read_directory = remote_read_directory,
	.read_link = remote_read_link,
	.set_attributes = remote_set_attributes,
	.refresh = remote_refresh,
	.status = remote_status,
	.shut_down = remote_shut_down,
};
