/* SPDX-License-Identifier: MIT */
/*
 * Intents: changes of names that the client has acknowledged already and tells through shared memory. Before each message all
 * that stand in the log are done, in their order; so nobody sees a state without them.
 *
 * 1. What lies in the log is copied, then checked, then done: an intent that cannot be is dropped with a warning.
 * 2. An intent for which memory is missing stays, and so do all behind it.
 * 3. The tree counts what is done: a server that begins anew with the same tree goes on where it stopped.
 * A file's inode is made before there is an intent for it (prepare), with all that could be refused about it.
 */
#include <string.h>
#include "backing.h"
#include "inode.h"
#include "links.h"
#include "ops.h"
#include "runtime/log.h"

struct slot {
	struct vfs_intent intent;
	char name[VFS_INTENT_NAME_MAX];
};
_Static_assert(sizeof(struct slot) == VFS_INTENT_SLOT_BYTES, "a slot holds an intent and its name");
_Static_assert(sizeof(struct vfs_intent_log) <= VFS_INTENT_SLOT_BYTES, "the head fits its slot");

static uint64_t pages_of_log(void)
{
	return pages_of(VFS_INTENTS_BYTES);
}

status_t open_intents_op(struct vfs_context *vfs, struct vfs_open_intents_reply *reply)
{
	status_code_t status;
	struct vfs_intent_log *log;
	uint8_t *place;

	if (!vfs->intents) {
		status = vfs->backing->window(pages_of_log() * PAGE_SIZE, &vfs->intents_object, &place);
		if (status != STATUS_OK)
			return status;
		log = (struct vfs_intent_log *)place;
		log->appended = log->applied = vfs->tree->intents_applied;
		vfs->intents = place;
	}
	reply->object = (handle_t){ vfs->intents_object };
	return STATUS_OK;
}

/* One of the file system's prepared inodes, the newest first: that is the order in which they are used. */
static struct inode **prepared_find(struct filesystem *filesystem, const struct vfs_inode_ref *ref)
{
	for (uint32_t i = filesystem->prepared_count; i > 0; i--) {
		struct inode *inode = filesystem->prepared[i - 1];

		if (inode->number == ref->inode && inode->generation == ref->generation)
			return &filesystem->prepared[i - 1];
	}
	return NULL;
}

status_t prepare_op(struct vfs_context *vfs, const struct vfs_prepare_request *request,
		    struct vfs_prepare_reply *reply)
{
	struct filesystem *filesystem = filesystem_find(vfs, request->filesystem);
	struct inode_owner owner = { .mode = MODE_REGULAR };
	struct vfs_timestamp never = { 0 };
	status_code_t status = STATUS_OK;
	struct inode *inode;

	if (!filesystem)
		return STATUS_NOT_FOUND;
	if (request->count > VFS_PREPARED_MAX)
		return STATUS_INVALID;
	while (filesystem->prepared_count > 0)
		inode_end(vfs, filesystem->prepared[--filesystem->prepared_count]);
	reply->prepared_count = 0;
	if (request->count && filesystem_is_read_only(filesystem))
		return STATUS_READ_ONLY;
	while (status == STATUS_OK && filesystem->prepared_count < request->count) {
		status = inode_create(vfs, filesystem, &owner, &never, &inode);
		if (status != STATUS_OK)
			break;
		inode->kept = KEPT_PREPARED;
		filesystem->prepared[filesystem->prepared_count++] = inode;
		reply->prepared[reply->prepared_count++] = inode_ref(inode);
	}
	return reply->prepared_count ? STATUS_OK : status;
}

static status_t intent_create(struct vfs_context *vfs, const struct vfs_intent *intent, struct name name)
{
	struct inode *directory, *inode, **place;
	struct name_entry *entry;
	status_code_t status = inode_find_directory(vfs, &intent->directory, &directory);

	if (status == STATUS_OK)
		status = name_check(name);
	if (status != STATUS_OK)
		return status;
	place = prepared_find(directory->filesystem, &intent->inode);
	if (!place || directory->links == 0)
		return STATUS_STALE;
	if ((intent->mode & ~07777u) != MODE_REGULAR)
		return STATUS_INVALID;
	if (directory_find(vfs, &directory->directory, name))
		return STATUS_EXISTS;
	status = directory_entry_create(vfs, &directory->directory, name, &entry);
	if (status != STATUS_OK)
		return status;
	inode = *place;
	*place = directory->filesystem->prepared[--directory->filesystem->prepared_count];
	inode->mode = intent->mode;
	inode->user = intent->user;
	inode->group = intent->group;
	inode->accessed = inode->modified = inode->changed = inode->born = intent->now;
	link_attach(directory, entry, inode, &intent->now);
	return STATUS_OK;
}

static status_t intent_unlink(struct vfs_context *vfs, const struct vfs_intent *intent, struct name name)
{
	struct vfs_unlink_request request = { .directory = intent->directory,
					      .flags = intent->flags & VFS_UNLINK_KEEP,
					      .now = intent->now,
					      .name = name.text,
					      .name_bytes = name.bytes };
	struct vfs_unlink_reply reply;

	return unlink_op(vfs, &request, &reply);
}

static status_t intent_apply(struct vfs_context *vfs, const struct slot *slot)
{
	struct name name = { slot->name, slot->intent.name_bytes };

	if (name.bytes > VFS_INTENT_NAME_MAX)
		return STATUS_INVALID;
	switch (slot->intent.kind) {
	case VFS_INTENT_CREATE: return intent_create(vfs, &slot->intent, name);
	case VFS_INTENT_UNLINK: return intent_unlink(vfs, &slot->intent, name);
	default: return STATUS_INVALID;
	}
}

status_t intents_apply(struct vfs_context *vfs)
{
	struct vfs_intent_log *log = (struct vfs_intent_log *)vfs->intents;
	uint64_t applied = vfs->tree->intents_applied, appended;
	status_code_t status = STATUS_OK;
	struct slot slot;

	if (!log)
		return STATUS_OK;
	appended = __atomic_load_n(&log->appended, __ATOMIC_ACQUIRE);
	if (appended == applied)
		return STATUS_OK;
	if (appended - applied > VFS_INTENT_SLOTS) {
		log_warning("the log of intents makes no sense: left alone");
		return STATUS_OK;
	}
	for (; applied != appended; vfs->tree->intents_applied = ++applied) {
		memcpy(&slot, vfs->intents + (1 + applied % VFS_INTENT_SLOTS) * VFS_INTENT_SLOT_BYTES,
		       sizeof slot);
		status = intent_apply(vfs, &slot);
		if (status == STATUS_NO_MEMORY)
			break;
		if (status != STATUS_OK)
			log_warning("an intent was dropped: %s", status_name(status));
	}
	__atomic_store_n(&log->applied, applied, __ATOMIC_RELEASE);
	return status == STATUS_NO_MEMORY ? status : STATUS_OK;
}
