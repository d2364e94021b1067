/* SPDX-License-Identifier: MIT */
/*
 * rename: everything is found and checked first, in Linux's order of errors; then names change places without failing.
 *
 * A replaced name keeps its entry, and so its cookie: whoever reads the directory meanwhile sees the name exactly once.
 */
#include "inode.h"
#include "links.h"
#include "ops.h"

#define RENAME_FLAGS (VFS_RENAME_NOREPLACE | VFS_RENAME_EXCHANGE | VFS_RENAME_KEEP | VFS_RENAME_WHITEOUT)

struct rename_plan {
	uint32_t flags;
	const struct vfs_timestamp *now;
	struct inode *old_directory, *new_directory;
	struct name_entry *old_entry;
	struct name_entry *new_entry; /* NULL: the name is free */
	struct inode *moved;
	struct inode *replaced; /* or exchanged; NULL */
	struct inode *whiteout; /* NULL: none asked for */
};

static bool flags_are_valid(uint32_t flags)
{
	if (flags & ~RENAME_FLAGS)
		return false;
	return !(flags & VFS_RENAME_EXCHANGE) || !(flags & (VFS_RENAME_NOREPLACE | VFS_RENAME_WHITEOUT));
}

/* Is `inode` the directory itself or above it? */
static bool is_above(const struct inode *inode, const struct inode *directory)
{
	while (directory && directory != inode)
		directory = directory->directory.parent;
	return directory == inode;
}

static status_t find_directories(const struct vfs_context *vfs, const struct vfs_rename_request *request,
				 struct rename_plan *plan)
{
	status_code_t status = inode_find_directory(vfs, &request->old_directory, &plan->old_directory);

	if (status == STATUS_OK)
		status = inode_find_directory(vfs, &request->new_directory, &plan->new_directory);
	if (status != STATUS_OK)
		return status;
	if (plan->old_directory->filesystem != plan->new_directory->filesystem)
		return STATUS_CROSS_DEVICE;
	return filesystem_is_read_only(plan->old_directory->filesystem) ? STATUS_READ_ONLY : STATUS_OK;
}

static status_t find_names(const struct vfs_context *vfs, const struct vfs_rename_request *request,
			   struct rename_plan *plan)
{
	struct name old_name = { request->old_name, request->old_name_bytes };
	struct name new_name = { request->new_name, request->new_name_bytes };
	status_code_t status = name_check(old_name);

	if (status == STATUS_OK)
		status = name_check(new_name);
	if (status != STATUS_OK)
		return status;
	plan->old_entry = directory_find(vfs, &plan->old_directory->directory, old_name);
	if (!plan->old_entry)
		return STATUS_NOT_FOUND;
	plan->moved = plan->old_entry->inode;
	plan->new_entry = directory_find(vfs, &plan->new_directory->directory, new_name);
	if (plan->new_entry)
		plan->replaced = plan->new_entry->inode;
	return STATUS_OK;
}

/* Would the tree stay a tree? */
static status_t check_ancestors(const struct rename_plan *plan)
{
	bool exchange = (plan->flags & VFS_RENAME_EXCHANGE) != 0;

	if (inode_is(plan->moved, MODE_DIRECTORY) && is_above(plan->moved, plan->new_directory))
		return STATUS_INVALID;
	if (plan->replaced && inode_is(plan->replaced, MODE_DIRECTORY) &&
	    is_above(plan->replaced, plan->old_directory))
		return exchange ? STATUS_INVALID : STATUS_NOT_EMPTY;
	return STATUS_OK;
}

static status_t check_replaced(const struct rename_plan *plan)
{
	bool replaced_directory = inode_is(plan->replaced, MODE_DIRECTORY);

	if (inode_is(plan->moved, MODE_DIRECTORY)) {
		if (!replaced_directory)
			return STATUS_NOT_DIRECTORY;
		return plan->replaced->directory.entry_count ? STATUS_NOT_EMPTY : STATUS_OK;
	}
	return replaced_directory ? STATUS_IS_DIRECTORY : STATUS_OK;
}

static status_t check_plan(const struct rename_plan *plan)
{
	status_code_t status;

	if ((plan->flags & VFS_RENAME_NOREPLACE) && plan->replaced)
		return STATUS_EXISTS;
	if ((plan->flags & VFS_RENAME_EXCHANGE) && !plan->replaced)
		return STATUS_NOT_FOUND;
	status = check_ancestors(plan);
	if (status != STATUS_OK)
		return status;
	if (plan->new_directory->links == 0)
		return STATUS_NOT_FOUND;
	if (!plan->replaced || plan->replaced == plan->moved || (plan->flags & VFS_RENAME_EXCHANGE))
		return STATUS_OK;
	return check_replaced(plan);
}

/* The inode of a directory's child changed places: parent and the parents' link counts follow. */
static void change_parent(struct inode *child, struct inode *from, struct inode *to)
{
	if (!inode_is(child, MODE_DIRECTORY))
		return;
	from->links--;
	to->links++;
	child->directory.parent = to;
}

static void exchange_names(const struct rename_plan *plan)
{
	plan->old_entry->inode = plan->replaced;
	plan->new_entry->inode = plan->moved;
	change_parent(plan->moved, plan->old_directory, plan->new_directory);
	change_parent(plan->replaced, plan->new_directory, plan->old_directory);
	plan->replaced->changed = *plan->now;
}

static void leave_old_name(const struct rename_plan *plan)
{
	if (plan->whiteout) {
		plan->old_entry->inode = plan->whiteout;
		plan->whiteout->links = 1;
		return;
	}
	directory_remove(&plan->old_directory->directory, plan->old_entry);
	plan->old_directory->size -= DIRECTORY_SIZE_NAME;
}

/* `fresh` is the entry of the new name when there was none. */
static void move_name(const struct rename_plan *plan, struct name_entry *fresh)
{
	if (fresh) {
		directory_insert(&plan->new_directory->directory, fresh, plan->moved);
		plan->new_directory->size += DIRECTORY_SIZE_NAME;
	} else {
		plan->new_entry->inode = plan->moved;
		link_lost(plan->replaced, (plan->flags & VFS_RENAME_KEEP) != 0, plan->now);
	}
	leave_old_name(plan);
	change_parent(plan->moved, plan->old_directory, plan->new_directory);
}

static status_t create_whiteout(struct vfs_context *vfs, struct rename_plan *plan)
{
	struct inode_owner owner = { MODE_CHARACTER, 0, 0 };

	if (!(plan->flags & VFS_RENAME_WHITEOUT))
		return STATUS_OK;
	return inode_create(vfs, plan->old_directory->filesystem, &owner, plan->now, &plan->whiteout);
}

static void commit(const struct rename_plan *plan, struct name_entry *fresh)
{
	if (plan->flags & VFS_RENAME_EXCHANGE)
		exchange_names(plan);
	else
		move_name(plan, fresh);
	directory_touched(plan->old_directory, plan->now);
	directory_touched(plan->new_directory, plan->now);
	plan->moved->changed = *plan->now;
}

static void answer_replaced(struct vfs_context *vfs, const struct rename_plan *plan,
			    struct vfs_rename_reply *reply)
{
	reply->replaced = inode_ref(plan->replaced);
	reply->attributes.links = plan->replaced->links;
	reply->attributes.changed = plan->replaced->changed;
	inode_end_unused(vfs, plan->replaced);
}

/* Allocates what the checked plan needs, then carries it out. */
static status_t carry_out(struct vfs_context *vfs, struct rename_plan *plan, struct name name,
			  struct vfs_rename_reply *reply)
{
	bool replaces = plan->replaced && !(plan->flags & VFS_RENAME_EXCHANGE);
	struct name_entry *fresh = NULL;
	status_code_t status = create_whiteout(vfs, plan);

	if (status == STATUS_OK && replaces)
		status = inode_attributes(vfs, plan->replaced, &reply->attributes);
	if (status == STATUS_OK && !plan->replaced)
		status = directory_entry_create(vfs, &plan->new_directory->directory, name, &fresh);
	if (status != STATUS_OK) {
		if (plan->whiteout)
			inode_end(vfs, plan->whiteout);
		return status;
	}
	commit(plan, fresh);
	if (replaces)
		answer_replaced(vfs, plan, reply);
	return STATUS_OK;
}

status_t rename_op(struct vfs_context *vfs, const struct vfs_rename_request *request,
		   struct vfs_rename_reply *reply)
{
	struct rename_plan plan = { .flags = request->flags, .now = &request->now };
	struct name new_name = { request->new_name, request->new_name_bytes };
	status_code_t status = flags_are_valid(request->flags) ? STATUS_OK : STATUS_INVALID;

	if (status == STATUS_OK)
		status = find_directories(vfs, request, &plan);
	if (status == STATUS_OK)
		status = find_names(vfs, request, &plan);
	if (status == STATUS_OK)
		status = check_plan(&plan);
	if (status != STATUS_OK)
		return status;
	reply->replaced = (struct vfs_inode_ref){ 0 };
	reply->attributes = (struct vfs_attributes){ 0 };
	/* Two links of one inode: POSIX wants nothing done. */
	if (plan.moved != plan.replaced)
		status = carry_out(vfs, &plan, new_name, reply);
	reply->old_directory_size = plan.old_directory->size;
	reply->new_directory_size = plan.new_directory->size;
	return status;
}
