/* SPDX-License-Identifier: MIT */
/*
 * The provider of /proc and /sys: lookup, listing, links and attributes, all answered from the node tables.
 *
 * An inode's number is the packed node; its generation tells processes apart that had the same pid. Attributes are
 * brought up to date whenever the dentry cache asks whether an entry is still valid, so permission checks see the present
 * owner of a process's files.
 */
#include "proc/providers.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "fs/dentry.h"
#include "proc/generated.h"
#include "process/process.h"

#define INODE_OF_ROOT 1u
#define SYS_FILE_BYTES 4096u
#define DESCRIPTOR_LINK_BYTES 64u
#define COOKIE_DOT_DOT 1u
#define COOKIE_ROWS 2u
#define COOKIE_NUMBERS 0x1000u
#define NAME_BYTES 32u

int request_begin(struct thread *self, const struct inode *inode, struct request *request)
{
	*request = (struct request){ .self = self,
				     .super = inode->super,
				     .node = node_unpack(inode->ref.inode) };
	request->row = node_row(&request->node);
	if (!request->node.tid)
		return 0;
	if (!subject_find(request->node.tid, request->node.task, &request->subject))
		return -ENOENT;
	return subject_generation(&request->subject) == inode->ref.generation ? 0 : -ENOENT;
}

void request_end(struct request *request)
{
	subject_put(&request->subject);
}

static bool is_directory(const struct node_row *row)
{
	return (row->mode & LINUX_S_IFMT) == LINUX_S_IFDIR;
}

static uint32_t directory_links(const struct node *node)
{
	const struct node_table *table = node_children(node);
	uint32_t links = 2;
	for (uint32_t row = 0; row < table->count; row++) {
		if (is_directory(&table->rows[row]) && node_row_shown(node, &table->rows[row]))
			links++;
	}
	if (table->numbers && is_directory(&table->numbers->row)) {
		int64_t number = -1;
		while ((number = table->numbers->next(node, number + 1)) >= 0)
			links++;
	}
	return links;
}

static uint64_t node_size(const struct superblock *super, const struct node *node, uint32_t mode)
{
	if (node->table == TABLE_DESCRIPTORS)
		return DESCRIPTOR_LINK_BYTES;
	return super->type == SUPER_SYS && (mode & LINUX_S_IFMT) == LINUX_S_IFREG ? SYS_FILE_BYTES : 0;
}

static uint32_t node_mode(const struct node *node)
{
	const struct node_row *row = node_row(node);
	const struct node_numbers *numbers;
	if (node->row != ROW_NUMBERED)
		return row->mode;
	numbers = node_numbers_of(node);
	return numbers->mode ? numbers->mode(node) : row->mode;
}

/* Who owns the node and what it is, now; 0 or -ENOENT. */
static int node_attributes(const struct superblock *super, const struct node *node, uint32_t *generation,
			   struct vfs_attributes *attributes)
{
	struct subject subject = { 0 };
	if (node->tid && !subject_find(node->tid, node->task, &subject))
		return -ENOENT;
	memset(attributes, 0, sizeof(*attributes));
	*generation = node->tid ? subject_generation(&subject) : 0;
	attributes->mode = node_mode(node);
	attributes->inode = node->table == TABLE_ROOTS ? INODE_OF_ROOT : node_pack(node);
	attributes->links = is_directory(node_row(node)) ? directory_links(node) : 1;
	attributes->size = node_size(super, node, attributes->mode);
	if (node->tid)
		subject_owner(&subject, attributes->mode == MODE_DIRECTORY, &attributes->user,
			      &attributes->group);
	if (node_row(node)->flags & ROW_ROOTED)
		attributes->user = attributes->group = 0;
	attributes->accessed = attributes->modified = attributes->changed = time_now();
	subject_put(&subject);
	return attributes->mode ? 0 : -ENOENT;
}

struct inode *generated_inode(struct superblock *super, const struct node *node)
{
	struct vfs_inode_ref ref = { .inode = node_pack(node) };
	struct vfs_attributes attributes;
	struct inode *inode;
	if (node_attributes(super, node, &ref.generation, &attributes))
		return NULL;
	inode = inode_obtain(super, ref, &attributes);
	if (inode)
		inode->generated = ref.inode;
	return inode;
}

int generated_place(struct inode *inode, const char *name, struct path *place)
{
	place->mount = NULL;
	place->dentry = dentry_create_named(inode->super, inode, name);
	return place->dentry ? 0 : -ENOMEM;
}

static int generated_refresh(struct inode *inode)
{
	struct node node = node_unpack(inode->ref.inode);
	struct vfs_attributes now;
	uint32_t generation;
	int error = node_attributes(inode->super, &node, &generation, &now);
	if (error || generation != inode->ref.generation)
		return -ENOENT;
	lock_acquire(&inode->lock);
	inode->attributes.mode = now.mode;
	inode->attributes.user = now.user;
	inode->attributes.group = now.group;
	inode->attributes.links = now.links;
	lock_release(&inode->lock);
	return 0;
}

/* A descriptor shown as a link to another descriptor's file: entries of processes always ask again. */
static bool generated_valid(struct inode *inode)
{
	return node_unpack(inode->ref.inode).tid == 0 || generated_refresh(inode) == 0;
}

/* An open directory of a dead process still answers to fstat. */
static int generated_stat(struct inode *inode)
{
	(void)generated_refresh(inode);
	return 0;
}

static int generated_lookup(struct inode *directory, const char *name, struct inode **found)
{
	struct node node = node_unpack(directory->ref.inode), child;
	if (!generated_valid(directory))
		return node.table == TABLE_PROC_ROOT ? -ESRCH : -ENOENT;
	if (!node_find(&node, name, &child))
		return -ENOENT;
	*found = generated_inode(directory->super, &child);
	return *found ? 0 : -ENOENT;
}

/* Packed records for read_directory. */
struct listing {
	uint8_t *buffer;
	uint32_t room, used;
};

static bool listing_add(struct listing *list, const char *name, uint64_t inode, uint32_t mode, uint64_t next)
{
	uint32_t bytes = (uint32_t)strlen(name);
	struct vfs_directory_entry entry = { .inode = inode, .next_cookie = next, .mode = mode };
	entry.name_bytes = (uint16_t)bytes;
	entry.record_bytes = (uint16_t)((sizeof(entry) + bytes + 7u) & ~7u);
	if (list->used + entry.record_bytes > list->room)
		return false;
	memcpy(list->buffer + list->used, &entry, sizeof(entry));
	memcpy(list->buffer + list->used + sizeof(entry), name, bytes);
	list->used += entry.record_bytes;
	return true;
}

static uint64_t shown_inode(const struct node *node)
{
	return node->table == TABLE_ROOTS ? INODE_OF_ROOT : node_pack(node);
}

static bool list_rows(struct listing *list, const struct node *directory, uint64_t *cookie)
{
	const struct node_table *table = node_children(directory);
	struct node above = node_parent(directory), child;
	if (*cookie == 0 && !listing_add(list, ".", shown_inode(directory), LINUX_S_IFDIR, ++*cookie))
		return false;
	if (*cookie == COOKIE_DOT_DOT &&
	    !listing_add(list, "..", shown_inode(&above), LINUX_S_IFDIR, ++*cookie))
		return false;
	while (*cookie - COOKIE_ROWS < table->count) {
		const struct node_row *row = &table->rows[*cookie - COOKIE_ROWS];
		child = node_child(directory, (uint32_t)(*cookie - COOKIE_ROWS), 0);
		++*cookie;
		if (node_row_shown(directory, row) &&
		    !listing_add(list, row->name, node_pack(&child), row->mode, *cookie))
			return false;
	}
	*cookie = COOKIE_NUMBERS;
	return true;
}

static void list_numbers(struct listing *list, const struct node *directory, uint64_t cookie)
{
	const struct node_numbers *numbers = node_children(directory)->numbers;
	int64_t number = (int64_t)(cookie - COOKIE_NUMBERS) - 1;
	bool fits = true;
	while (fits && numbers && (number = numbers->next(directory, number + 1)) >= 0) {
		struct node child = node_child(directory, ROW_NUMBERED, (uint32_t)number);
		char name[NAME_BYTES];
		node_number_name(numbers, (uint64_t)number, name, sizeof(name));
		fits = listing_add(list, name, node_pack(&child), numbers->row.mode,
				   COOKIE_NUMBERS + (uint64_t)number + 1);
	}
}

static int64_t generated_read_directory(struct thread *self, struct inode *directory, uint64_t cookie,
					void *buffer, uint32_t max)
{
	struct node node = node_unpack(directory->ref.inode);
	struct listing list = { .buffer = buffer, .room = max };
	(void)self;
	if (!generated_valid(directory))
		return -ENOENT;
	if (cookie < COOKIE_NUMBERS && !list_rows(&list, &node, &cookie))
		return list.used;
	list_numbers(&list, &node, cookie);
	return list.used;
}

static int64_t generated_read_link(struct thread *self, struct inode *inode, char *buffer, uint32_t max)
{
	struct text text = { 0 };
	struct request request;
	int64_t result = request_begin(self, inode, &request);
	if (!result)
		result = request.row->show ? request.row->show(&request, &text) : -EINVAL;
	if (!result && text.failed)
		result = -ENOMEM;
	if (!result) {
		result = (int64_t)(text.used < max ? text.used : max);
		memcpy(buffer, text.bytes, (size_t)result);
	}
	text_free(&text);
	request_end(&request);
	return result;
}

static int generated_follow(struct thread *self, struct inode *inode, struct path *place)
{
	struct request request;
	int error = request_begin(self, inode, &request);
	if (!error)
		error = request.row->follow ? request.row->follow(&request, place) : -EINVAL;
	request_end(&request);
	return error;
}

/* A process always may look at its own descriptors, whoever owns the directory (proc(5)). */
static bool generated_permits(struct thread *self, const struct inode *inode)
{
	struct request request;
	bool own = false;
	if (request_begin(self, inode, &request) == 0)
		own = request.row->children == TABLE_DESCRIPTORS && request.subject.process == self->process;
	request_end(&request);
	return own;
}

/* Truncation by open and times are of no consequence; modes and owners are ours alone. */
static int generated_set_attributes(struct inode *inode, uint32_t mask,
				    const struct vfs_attributes *attributes)
{
	(void)inode;
	if (mask & (VFS_SET_MODE | VFS_SET_USER | VFS_SET_GROUP))
		return -EPERM;
	return mask & VFS_SET_SIZE && attributes->size ? -EINVAL : 0;
}

/* Unknown names cannot even be looked up in Linux's /proc. */
static int proc_rename(struct inode *old_directory, const char *old_name, struct inode *new_directory,
		       const char *new_name, struct inode *victim, uint32_t flags)
{
	(void)old_directory;
	(void)old_name;
	(void)new_directory;
	(void)new_name;
	(void)flags;
	return victim ? -EPERM : -ENOENT;
}

static struct superblock *generated_make(enum super_type type, const char *name, int64_t magic, uint32_t row,
					 uint32_t flags, int *error)
{
	struct superblock *super = superblock_create(type, name);
	struct node root = { .table = TABLE_ROOTS, .row = row };
	*error = 0;
	if (super) {
		super->magic = magic;
		super->flags = flags & LINUX_MS_RDONLY;
		super->root = generated_inode(super, &root);
		if (super->root)
			return super;
		superblock_put(super);
	}
	*error = -ENOMEM;
	return NULL;
}

struct superblock *proc_make(const char *source, const char *options, uint32_t flags, int *error)
{
	(void)source;
	(void)options;
	return generated_make(SUPER_PROC, "proc", LINUX_PROC_MAGIC, ROOT_PROC, flags, error);
}

struct superblock *sys_make(const char *source, const char *options, uint32_t flags, int *error)
{
	(void)source;
	(void)options;
	return generated_make(SUPER_SYS, "sysfs", LINUX_SYSFS_MAGIC, ROOT_SYS, flags, error);
}

#define GENERATED_OPERATIONS                                                                                 \
	.lookup = generated_lookup, .read_directory = generated_read_directory,                              \
	.read_link = generated_read_link, .follow = generated_follow,                                        \
	.set_attributes = generated_set_attributes, .refresh = generated_stat, .open = generated_open,       \
	.permits = generated_permits, .still_valid = generated_valid

const struct provider proc_provider = { GENERATED_OPERATIONS, .rename = proc_rename };
const struct provider sys_provider = { GENERATED_OPERATIONS };
