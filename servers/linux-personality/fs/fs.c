/* SPDX-License-Identifier: MIT */
/*
 * Providers by superblock type, file system types by name, and the first mounts.
 */
#include "fs/fs.h"

#include <string.h>

#include "core/errno.h"
#include "core/survive.h"
#include "fs/context.h"
#include "fs/mount.h"
#include "fs/mount_types.h"
#include "fs/remote.h"
#include "proc/providers.h"

const struct provider *const provider_table[SUPER_TYPE_COUNT] = {
	[SUPER_VFS] = &remote_provider,
	[SUPER_PROC] = &proc_provider,
	[SUPER_SYS] = &sys_provider,
	[SUPER_DEVPTS] = &devpts_provider,
};

SURVIVES static struct superblock *device_super;

static struct superblock *make_tmpfs(const char *source, const char *options, uint32_t flags, int *error)
{
	(void)flags;
	return remote_mount("tmpfs", source, options, 0, error);
}

/* One instance for all mounts of devtmpfs. */
static struct superblock *make_devtmpfs(const char *source, const char *options, uint32_t flags, int *error)
{
	(void)source;
	(void)options;
	(void)flags;
	(void)error;
	superblock_get(device_super);
	return device_super;
}

static const struct mount_type mount_types[] = {
	{ "tmpfs", false, make_tmpfs }, { "ramfs", false, make_tmpfs }, { "devtmpfs", false, make_devtmpfs },
	{ "proc", false, proc_make },   { "sysfs", false, sys_make },   { "devpts", false, devpts_make },
};

const struct mount_type *mount_type_at(uint32_t index)
{
	return index < sizeof(mount_types) / sizeof(mount_types[0]) ? &mount_types[index] : NULL;
}

const struct mount_type *mount_type_find(const char *name)
{
	const struct mount_type *type;
	for (uint32_t i = 0; (type = mount_type_at(i)); i++) {
		if (strcmp(type->name, name) == 0)
			break;
	}
	return type;
}

struct device_node {
	const char *name;
	uint32_t mode, major, minor, group;
};

#define GROUP_TTY 5u
#define GROUP_KMEM 0u

static const struct device_node device_nodes[] = {
	{ "null", 0666, 1, 3, 0 },   { "zero", 0666, 1, 5, 0 },    { "full", 0666, 1, 7, 0 },
	{ "random", 0666, 1, 8, 0 }, { "urandom", 0666, 1, 9, 0 }, { "kmsg", 0644, 1, 11, 0 },
	{ "tty", 0666, 5, 0, 0 },    { "console", 0600, 5, 1, 0 }, { "ptmx", 0666, 5, 2, 0 },
	{ "tty0", 0620, 4, 0, 0 },   { "tty1", 0620, 4, 1, 0 },    { "ttyS0", 0660, 4, 64, 0 },
	{ "ttyS1", 0660, 4, 65, 0 }, { "rtc0", 0600, 252, 0, 0 },
};

static int device_make(const struct device_node *node)
{
	struct vfs_create_request request = { .request_id = remote_request_id(),
					      .directory = device_super->root->ref };
	struct vfs_create_reply reply;
	request.mode = LINUX_S_IFCHR | node->mode;
	request.group = node->group;
	request.device = (uint64_t)node->major << 32 | node->minor;
	request.now = time_now();
	request.name = node->name;
	request.name_bytes = (uint32_t)strlen(node->name);
	return errno_from_status(vfs_create(vfs_endpoint, &request, &reply));
}

static int devices_init(void)
{
	int error = 0;
	device_super = remote_mount("tmpfs", "devtmpfs", "mode=0755", 0, &error);
	if (!device_super)
		return error;
	memcpy(device_super->type_name, "devtmpfs", sizeof("devtmpfs"));
	for (unsigned i = 0; !error && i < sizeof(device_nodes) / sizeof(device_nodes[0]); i++)
		error = device_make(&device_nodes[i]);
	return error;
}

/* devtmpfs on /dev, as Linux mounts it itself before the first program; without the directory nothing is mounted. */
static int mount_devices(struct mount_namespace *space)
{
	struct path root = { space->mounts, space->mounts->root };
	struct dentry *top, *point;
	int error = 0;
	point = dentry_lookup(root.dentry, "dev", 3, &error);
	if (!point)
		return error;
	inode_get(device_super->root);
	top = dentry_create_root(device_super, device_super->root);
	if (top && point->inode) {
		struct path place = { root.mount, point };
		error = mount_attach(space, &place, device_super, top, LINUX_MS_RELATIME | LINUX_MS_NOSUID,
				     "devtmpfs");
	}
	if (top)
		dentry_put(top);
	dentry_put(point);
	return top ? error : -ENOMEM;
}

int fs_init(handle_t vfs, struct mount_namespace **space, struct fs_context **context)
{
	struct superblock *super;
	struct path root;
	int error = 0;
	vfs_endpoint = vfs;
	inode_init();
	dentry_init();
	super = remote_mount("archive", "boot", "", 0, &error);
	if (!super)
		return error;
	memcpy(super->type_name, "rootfs", sizeof("rootfs"));
	*space = mount_namespace_create(super, "rootfs");
	if (!*space)
		return -ENOMEM;
	error = devices_init();
	if (!error)
		error = mount_devices(*space);
	root = (struct path){ (*space)->mounts, (*space)->mounts->root };
	*context = fs_context_create(&root);
	return error ? error : *context ? 0 : -ENOMEM;
}
