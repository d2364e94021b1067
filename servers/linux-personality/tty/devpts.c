/* SPDX-License-Identifier: MIT */
/*
 * The devpts file system: a root with the multiplexer and a node for each open pty.
 *
 * An instance lists its ptys by rising index, as long as their masters are open; node numbers are the index plus 3, and a
 * pty's generation keeps an old node from meaning a new pty. Owner, mode and times of a slave's node live in its pty.
 */
#include "tty/devpts.h"

#include <string.h>
#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "fs/dentry.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"
#include "proc/providers.h"
#include "runtime/format.h"
#include "tty/pty.h"

#define NODE_ROOT 1u
#define NODE_MULTIPLEXER 2u
#define NODE_SLAVES 3u
#define MAJOR_SLAVE 136ull
#define DEVICE_MULTIPLEXER (5ull << 32 | 2)

struct instance {
	struct lock lock;              /* RANK_STREAM; guards all below but options */
	struct devpts_options options; /* I */
	struct pty *first;
	uint32_t count;
	bool unmounted; /* goes with its last pty */
	struct vfs_attributes root, multiplexer;
};

static struct instance *instance_of(const struct superblock *super)
{
	return super->detail;
}

/* The place in the list where the index is, or would be. */
static struct pty **list_place(struct instance *instance, uint32_t index)
{
	struct pty **link = &instance->first;
	while (*link && (*link)->tty.index < index)
		link = &(*link)->next;
	return link;
}

static struct pty *list_find(struct instance *instance, uint32_t index)
{
	struct pty *pty = *list_place(instance, index);
	return pty && pty->tty.index == index ? pty : NULL;
}

static uint32_t lowest_free(const struct instance *instance)
{
	uint32_t index = 0;
	for (const struct pty *pty = instance->first; pty && pty->tty.index == index; pty = pty->next)
		index++;
	return index;
}

static void init_attributes(struct vfs_attributes *attributes, uint64_t number, uint32_t mode,
			    uint64_t device)
{
	attributes->inode = number;
	attributes->mode = mode;
	attributes->device = device;
	attributes->links = number == NODE_ROOT ? 2 : 1;
	attributes->accessed = attributes->modified = attributes->changed = attributes->born = time_now();
}

/* ptys */

static struct pty *pty_create(struct thread *self, struct superblock *super)
{
	SURVIVES static uint32_t generations;
	const struct devpts_options *options = &instance_of(super)->options;
	struct linux_termios settings;
	struct pty *pty = slab_allocate(sizeof(*pty));
	if (!pty)
		return NULL;
	tty_setup(&pty->tty, TTY_PTY, 0);
	discipline_default_settings(&settings);
	discipline_init(&pty->tty.discipline, &settings, true);
	wait_queue_init(&pty->master_input);
	wait_queue_init(&pty->master_output);
	wait_queue_init(&pty->master_reading.queue);
	wait_queue_init(&pty->master_writing.queue);
	pty->locked = true;
	pty->generation = __atomic_add_fetch(&generations, 1, __ATOMIC_RELAXED);
	pty->attributes.user = options->set_user ? options->user : self->credentials->fsuid;
	pty->attributes.group = options->set_group ? options->group : self->credentials->fsgid;
	pty->super = super;
	superblock_get(super);
	return pty;
}

static bool list_add(struct instance *instance, struct pty *pty)
{
	struct pty **link;
	if (instance->count >= instance->options.max)
		return false;
	pty->tty.index = lowest_free(instance);
	init_attributes(&pty->attributes, NODE_SLAVES + pty->tty.index,
			LINUX_S_IFCHR | instance->options.mode, MAJOR_SLAVE << 32 | pty->tty.index);
	link = list_place(instance, pty->tty.index);
	pty->next = *link;
	*link = pty;
	instance->count++;
	return true;
}

struct pty *devpts_add(struct thread *self, struct superblock *super, int *error)
{
	struct instance *instance = instance_of(super);
	struct pty *pty = pty_create(self, super);
	bool added;
	*error = -ENOMEM;
	if (!pty)
		return NULL;
	lock_acquire(&instance->lock);
	added = list_add(instance, pty);
	lock_release(&instance->lock);
	if (added)
		return pty;
	*error = -ENOSPC;
	superblock_put(super);
	pty_put(pty);
	return NULL;
}

void devpts_remove(struct pty *pty)
{
	struct superblock *super = pty->super;
	struct instance *instance = instance_of(super);
	bool gone;
	lock_acquire(&instance->lock);
	*list_place(instance, pty->tty.index) = pty->next;
	instance->count--;
	gone = instance->unmounted && !instance->count;
	lock_release(&instance->lock);
	if (gone)
		slab_free(instance, sizeof(*instance));
	superblock_put(super);
}

/* The instance's lock is held. */
static struct pty *find_node(struct instance *instance, const struct inode *inode)
{
	struct pty *pty = inode->ref.inode >= NODE_SLAVES
				  ? list_find(instance, (uint32_t)(inode->ref.inode - NODE_SLAVES))
				  : NULL;
	return pty && pty->generation == inode->ref.generation ? pty : NULL;
}

struct pty *devpts_find(const struct inode *inode)
{
	struct instance *instance;
	struct pty *pty;
	if (!inode->super || inode->super->type != SUPER_DEVPTS)
		return NULL;
	instance = instance_of(inode->super);
	lock_acquire(&instance->lock);
	pty = find_node(instance, inode);
	if (pty)
		pty_get(pty);
	lock_release(&instance->lock);
	return pty;
}

/* Where devpts is usually mounted. 0 and a referenced place of a devpts; -ENODEV. */
static int usual_place(struct thread *self, struct path *place)
{
	int error = walk_path(self, LINUX_AT_FDCWD, "/dev/pts", WALK_FOLLOW, place);
	if (error)
		return -ENODEV;
	if (place->dentry->super->type == SUPER_DEVPTS && !place->dentry->parent)
		return 0;
	path_put(place);
	return -ENODEV;
}

struct superblock *devpts_of_multiplexer(struct thread *self, struct inode *inode, int *error)
{
	struct superblock *super = inode->super;
	struct path place;
	*error = 0;
	if (super && super->type == SUPER_DEVPTS) {
		superblock_get(super);
		return super;
	}
	*error = usual_place(self, &place);
	if (*error)
		return NULL;
	super = place.dentry->super;
	superblock_get(super);
	path_put(&place);
	return super;
}

/* The root of the instance that the master belongs to, referenced. */
static int root_place(struct thread *self, struct file *master, struct path *place)
{
	struct pty *pty = master->object;
	int error;
	if (master->path.dentry && master->path.dentry->super == pty->super) {
		*place = (struct path){ master->path.mount, master->path.dentry->parent };
		path_get(place);
		return 0;
	}
	error = usual_place(self, place);
	if (!error && place->dentry->super != pty->super) {
		path_put(place);
		error = -ENODEV;
	}
	return error;
}

int devpts_place(struct thread *self, struct file *master, struct path *place)
{
	struct pty *pty = master->object;
	char name[12];
	struct format_buffer text = format_start(name, sizeof(name));
	struct path root;
	int error = root_place(self, master, &root);
	if (error)
		return error;
	format_append(&text, "%u", pty->tty.index);
	place->mount = root.mount;
	place->dentry = dentry_lookup(root.dentry, name, (uint32_t)text.used, &error);
	if (place->dentry && place->dentry->inode) {
		path_get(place);
		dentry_put(place->dentry);
	} else {
		if (place->dentry)
			dentry_put(place->dentry);
		error = error ? error : -EIO;
	}
	path_put(&root);
	return error;
}

/* the provider */

/* A slave's index from its name: decimal, nothing else. */
static bool parse_name(const char *name, uint32_t *index)
{
	uint64_t number = 0;
	if (name[0] == '0' && name[1])
		return false;
	for (const char *at = name; *at; at++) {
		if (*at < '0' || *at > '9' || at - name > 8)
			return false;
		number = number * 10 + (uint32_t)(*at - '0');
	}
	*index = (uint32_t)number;
	return *name;
}

static int devpts_lookup(struct inode *directory, const char *name, struct inode **found)
{
	struct instance *instance = instance_of(directory->super);
	struct vfs_inode_ref ref = { .inode = NODE_MULTIPLEXER };
	struct vfs_attributes attributes;
	struct pty *pty = NULL;
	uint32_t index;
	bool is_multiplexer = strcmp(name, "ptmx") == 0;
	lock_acquire(&instance->lock);
	if (!is_multiplexer && parse_name(name, &index))
		pty = list_find(instance, index);
	attributes = pty ? pty->attributes : instance->multiplexer;
	if (pty)
		ref = (struct vfs_inode_ref){ .inode = attributes.inode, .generation = pty->generation };
	lock_release(&instance->lock);
	if (!pty && !is_multiplexer)
		return -ENOENT;
	*found = inode_obtain(directory->super, ref, &attributes);
	return *found ? 0 : -ENOMEM;
}

struct listing {
	uint8_t *at;
	uint32_t room, used;
};

/* False: no room. */
static bool list_entry(struct listing *list, const struct vfs_attributes *attributes, uint64_t next_cookie,
		       const char *name)
{
	struct vfs_directory_entry entry = {
		.inode = attributes->inode,
		.next_cookie = next_cookie,
		.mode = attributes->mode,
		.name_bytes = (uint16_t)strlen(name),
	};
	entry.record_bytes = (uint16_t)((sizeof(entry) + entry.name_bytes + 1 + 7) & ~7ull);
	if (list->used + entry.record_bytes > list->room)
		return false;
	memset(list->at + list->used, 0, entry.record_bytes);
	memcpy(list->at + list->used, &entry, sizeof(entry));
	memcpy(list->at + list->used + sizeof(entry), name, entry.name_bytes);
	list->used += entry.record_bytes;
	return true;
}

static bool list_fixed(struct listing *list, struct instance *instance, uint64_t cookie)
{
	static const char names[][5] = { ".", "..", "ptmx" };
	for (; cookie < NODE_SLAVES; cookie++) {
		const struct vfs_attributes *attributes = cookie == NODE_MULTIPLEXER ? &instance->multiplexer
										     : &instance->root;
		if (!list_entry(list, attributes, cookie + 1, names[cookie]))
			return false;
	}
	return true;
}

/* Cookies: 0 to 2 for what is always there, then the index plus 3. */
static int64_t devpts_read_directory(struct thread *self, struct inode *directory, uint64_t cookie,
				     void *buffer, uint32_t max)
{
	struct instance *instance = instance_of(directory->super);
	struct listing list = { .at = buffer, .room = max };
	bool fits;
	(void)self;
	lock_acquire(&instance->lock);
	fits = list_fixed(&list, instance, cookie);
	for (struct pty *pty = instance->first; fits && pty; pty = pty->next) {
		char name[12];
		struct format_buffer text = format_start(name, sizeof(name));
		if (pty->tty.index + NODE_SLAVES < cookie)
			continue;
		format_append(&text, "%u", pty->tty.index);
		fits = list_entry(&list, &pty->attributes, pty->tty.index + NODE_SLAVES + 1, name);
	}
	lock_release(&instance->lock);
	return list.used;
}

/* The instance's lock is held. NULL: its pty is gone. */
static struct vfs_attributes *attributes_of(struct instance *instance, const struct inode *inode)
{
	struct pty *pty;
	if (inode->ref.inode == NODE_ROOT)
		return &instance->root;
	if (inode->ref.inode == NODE_MULTIPLEXER)
		return &instance->multiplexer;
	pty = find_node(instance, inode);
	return pty ? &pty->attributes : NULL;
}

static int devpts_set_attributes(struct inode *inode, uint32_t mask, const struct vfs_attributes *attributes)
{
	struct instance *instance = instance_of(inode->super);
	struct vfs_attributes *ours;
	lock_acquire(&instance->lock);
	ours = attributes_of(instance, inode);
	if (ours)
		attributes_apply(ours, mask & ~(uint32_t)(VFS_SET_SIZE | VFS_SET_GROWN), attributes);
	lock_release(&instance->lock);
	return 0;
}

static bool devpts_still_valid(struct inode *inode)
{
	struct instance *instance = instance_of(inode->super);
	bool valid;
	lock_acquire(&instance->lock);
	valid = attributes_of(instance, inode);
	lock_release(&instance->lock);
	return valid;
}

static int devpts_status(struct superblock *super, struct linux_statfs *status)
{
	(void)super;
	status->block_size = status->fragment_size = 4096;
	status->name_length = LINUX_NAME_MAX;
	return 0;
}

static void devpts_shut_down(struct superblock *super)
{
	struct instance *instance = instance_of(super);
	bool gone;
	lock_acquire(&instance->lock);
	instance->unmounted = true;
	gone = !instance->count;
	lock_release(&instance->lock);
	if (gone)
		slab_free(instance, sizeof(*instance));
}

const struct provider devpts_provider = {
	.lookup = devpts_lookup,
	.read_directory = devpts_read_directory,
	.set_attributes = devpts_set_attributes,
	.still_valid = devpts_still_valid,
	.status = devpts_status,
	.shut_down = devpts_shut_down,
};

static struct instance *instance_create(const struct devpts_options *options)
{
	struct instance *instance = slab_allocate(sizeof(*instance));
	if (!instance)
		return NULL;
	lock_init(&instance->lock, RANK_STREAM);
	instance->options = *options;
	init_attributes(&instance->root, NODE_ROOT, LINUX_S_IFDIR | 0755, 0);
	init_attributes(&instance->multiplexer, NODE_MULTIPLEXER, LINUX_S_IFCHR | options->ptmx_mode,
			DEVICE_MULTIPLEXER);
	return instance;
}

static struct superblock *superblock_make(struct instance *instance, uint32_t flags)
{
	struct vfs_inode_ref ref = { .inode = NODE_ROOT };
	struct superblock *super = superblock_create(SUPER_DEVPTS, "devpts");
	if (!super)
		return NULL;
	super->magic = LINUX_DEVPTS_MAGIC;
	super->flags = flags & LINUX_MS_RDONLY;
	super->detail = instance;
	devpts_show_options(&instance->options, super->options, sizeof(super->options));
	super->root = inode_obtain(super, ref, &instance->root);
	if (super->root)
		return super;
	superblock_put(super);
	return NULL;
}

struct superblock *devpts_make(const char *source, const char *text, uint32_t flags, int *error)
{
	struct devpts_options options;
	struct instance *instance;
	struct superblock *super;
	(void)source;
	*error = -EINVAL;
	if (!devpts_parse_options(&options, text))
		return NULL;
	*error = -ENOMEM;
	instance = instance_create(&options);
	if (!instance)
		return NULL;
	super = superblock_make(instance, flags);
	if (super)
		*error = 0;
	else
		slab_free(instance, sizeof(*instance));
	return super;
}
