/* SPDX-License-Identifier: MIT */
/*
 * The client's side of the log. What a creation needs of the server was got before: an inode, prepared there with its memory
 * and its place in the file system's limit; the number to prepare doubles while they are used up.
 *
 * The log is never written over: where it is full, any message makes the server empty it.
 */
#include "fs/intents.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "runtime/kernel.h"

#define PREPARED_FIRST 8u

SURVIVES static struct mutex intents_mutex;
SURVIVES static struct vfs_intent_log *intent_log; /* NULL until it is first used */

void intents_hold(void)
{
	mutex_acquire(&intents_mutex);
}

void intents_release(void)
{
	mutex_release(&intents_mutex);
}

static void log_open(void)
{
	struct map_request request = { .length = (VFS_INTENT_SLOTS + 1) * VFS_INTENT_SLOT_BYTES,
				       .prot = PROT_BIT_READ | PROT_BIT_WRITE,
				       .flags = MAP_FLAG_SHARED };
	struct vfs_open_intents_reply reply;
	struct call_result mapped;
	if (vfs_open_intents(vfs_endpoint, &reply) != STATUS_OK)
		return;
	request.object = reply.object;
	mapped = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));
	(void)k_handle_close(reply.object);
	if (mapped.status >= 0)
		intent_log = (struct vfs_intent_log *)mapped.value;
}

static bool log_has_room(void)
{
	return intent_log->appended - __atomic_load_n(&intent_log->applied, __ATOMIC_ACQUIRE) <
	       VFS_INTENT_SLOTS;
}

static bool log_make_room(const struct superblock *super)
{
	struct vfs_synchronise_request request = { .inode = { .filesystem = super->filesystem } };
	if (!intent_log)
		log_open();
	if (!intent_log || log_has_room())
		return intent_log;
	return vfs_synchronise(vfs_endpoint, &request) == STATUS_OK && log_has_room();
}

static void log_append(const struct vfs_intent *intent, const char *name)
{
	uint64_t at = intent_log->appended;
	uint8_t *slot = (uint8_t *)intent_log + (1 + at % VFS_INTENT_SLOTS) * VFS_INTENT_SLOT_BYTES;
	memcpy(slot, intent, sizeof(*intent));
	memcpy(slot + sizeof(*intent), name, intent->name_bytes);
	__atomic_store_n(&intent_log->appended, at + 1, __ATOMIC_RELEASE);
}

static uint32_t prepare(struct superblock *super, uint32_t count)
{
	struct vfs_prepare_request request = { super->filesystem, count };
	struct vfs_prepare_reply reply;
	super->prepared_count = 0;
	if (vfs_prepare(vfs_endpoint, &request, &reply) != STATUS_OK || !count)
		return 0;
	super->prepared_count = reply.prepared_count < count ? reply.prepared_count : count;
	memcpy(super->prepared, reply.prepared, super->prepared_count * sizeof(*super->prepared));
	return super->prepared_count;
}

static bool prepared_any(struct superblock *super)
{
	uint32_t next = super->prepared_last * 2;
	if (super->prepared_count)
		return true;
	if (!super->prepared)
		super->prepared = slab_allocate(VFS_PREPARED_MAX * sizeof(*super->prepared));
	if (!super->prepared)
		return false;
	next = next < PREPARED_FIRST ? PREPARED_FIRST : next < VFS_PREPARED_MAX ? next : VFS_PREPARED_MAX;
	super->prepared_last = prepare(super, next);
	return super->prepared_count;
}

bool intents_give_back(struct superblock *super)
{
	bool any;
	mutex_acquire(&intents_mutex);
	any = super->prepared_count;
	if (any)
		(void)prepare(super, 0);
	mutex_release(&intents_mutex);
	return any;
}

/* The directory is there, and what the dentries say of its names is the truth. */
static bool names_are_ours(const struct inode *directory)
{
	return !directory->stale && !directory->nameless && superblock_one_tree(directory->super);
}

static int create_locked(struct inode *directory, const struct vfs_create_request *request,
			 struct inode **made)
{
	struct superblock *super = directory->super;
	struct vfs_intent intent = { .kind = VFS_INTENT_CREATE,
				     .name_bytes = request->name_bytes,
				     .directory = directory->ref,
				     .mode = request->mode,
				     .user = request->user,
				     .group = request->group,
				     .now = request->now };
	struct vfs_attributes attributes = { .mode = request->mode,
					     .links = 1,
					     .user = request->user,
					     .group = request->group,
					     .accessed = request->now,
					     .modified = request->now,
					     .changed = request->now,
					     .born = request->now };
	if (!names_are_ours(directory) || !prepared_any(super) || !log_make_room(super))
		return -EAGAIN;
	intent.inode = super->prepared[super->prepared_count - 1];
	attributes.inode = intent.inode.inode;
	*made = inode_obtain(super, intent.inode, &attributes);
	if (!*made)
		return -EAGAIN;
	super->prepared_count--;
	log_append(&intent, request->name);
	return 0;
}

int intent_create(struct inode *directory, const struct vfs_create_request *request, struct inode **made)
{
	int error;
	if (request->name_bytes > VFS_INTENT_NAME_MAX)
		return -EAGAIN;
	mutex_acquire(&intents_mutex);
	error = create_locked(directory, request, made);
	mutex_release(&intents_mutex);
	return error;
}

/* What is left of a file without one of its names. */
static struct vfs_attributes name_gone(struct inode *victim, const struct vfs_timestamp *now)
{
	struct vfs_attributes left;
	lock_acquire(&victim->lock);
	victim->attributes.links--;
	victim->attributes.changed = *now;
	inode_changed(victim);
	left = victim->attributes;
	lock_release(&victim->lock);
	return left;
}

bool intent_unlink(const struct inode *directory, const struct vfs_unlink_request *request,
		   struct inode *victim, struct vfs_attributes *left)
{
	struct vfs_intent intent = { .kind = VFS_INTENT_UNLINK,
				     .name_bytes = request->name_bytes,
				     .directory = directory->ref,
				     .flags = request->flags,
				     .now = request->now };
	bool room;
	if (request->name_bytes > VFS_INTENT_NAME_MAX)
		return false;
	mutex_acquire(&intents_mutex);
	room = names_are_ours(directory) && log_make_room(directory->super);
	if (room) {
		log_append(&intent, request->name);
		*left = name_gone(victim, &request->now);
	}
	mutex_release(&intents_mutex);
	return room;
}
