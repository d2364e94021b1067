/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/mounts, mountinfo and mountstats (proc(5)): the mounts of the process's namespace, in mount order, with names as the
 * reader sees them.
 */
#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "fs/mount.h"
#include "proc/process_nodes.h"
#include "process/process.h"

#define ESCAPED " \t\n\\#"

/* One mount, copied with references of its own. */
struct mount_view {
	struct mount *mount;
	struct path top;
	uint32_t parent;
};

static struct mount_namespace *request_mounts(struct request *request)
{
	struct mount_namespace *space;
	(void)subject_lock(&request->subject);
	space = request->subject.process->mounts;
	if (space)
		mount_namespace_get(space);
	subject_unlock(&request->subject);
	return space;
}

/* The mount at `index`, referenced; false past the last. */
static bool mount_at(struct mount_namespace *space, uint32_t index, struct mount_view *view)
{
	struct mount *mount;
	lock_acquire(&mount_lock);
	mount = space->mounts;
	while (mount && index--)
		mount = mount->next;
	if (mount) {
		view->mount = mount;
		view->top = (struct path){ mount, mount->root };
		view->parent = mount->parent ? mount->parent->id : mount->id;
		path_get(&view->top);
	}
	lock_release(&mount_lock);
	return mount;
}

static void put_option(struct text *out, uint32_t flags, uint32_t bit, const char *name)
{
	if (flags & bit)
		text_string(out, name);
}

static void put_mount_flags(struct text *out, uint32_t flags)
{
	put_option(out, flags, LINUX_MS_NOSUID, ",nosuid");
	put_option(out, flags, LINUX_MS_NODEV, ",nodev");
	put_option(out, flags, LINUX_MS_NOEXEC, ",noexec");
	put_option(out, flags, LINUX_MS_NOATIME, ",noatime");
	put_option(out, flags, LINUX_MS_NODIRATIME, ",nodiratime");
	put_option(out, flags, LINUX_MS_RELATIME, ",relatime");
}

static void put_super_options(struct text *out, const struct superblock *super)
{
	if (!super->options[0])
		return;
	text_char(out, ',');
	text_escaped(out, super->options, strnlen(super->options, sizeof(super->options)), " \t\n\\");
}

static void put_source(struct text *out, const struct mount *mount)
{
	text_escaped(out, mount->source[0] ? mount->source : "none",
		     mount->source[0] ? strlen(mount->source) : 4, ESCAPED);
}

static int put_point(struct request *request, const struct mount_view *view, struct text *out)
{
	struct text name = { 0 };
	int error = text_place(request->self, &view->top, &name);
	if (!error && name.failed)
		error = -ENOMEM;
	if (!error)
		text_escaped(out, name.bytes, name.used, ESCAPED);
	text_free(&name);
	return error;
}

static int put_mount(struct request *request, const struct mount_view *view, struct text *out)
{
	const struct mount *mount = view->mount;
	int error;
	put_source(out, mount);
	text_char(out, ' ');
	error = put_point(request, view, out);
	text_char(out, ' ');
	text_string(out, mount->super->type_name);
	text_string(out, mount_writable(&view->top) ? " ro" : " rw");
	put_mount_flags(out, mount->flags);
	put_super_options(out, mount->super);
	text_string(out, " 0 0\n");
	return error;
}

/* The mounted root's name within its file system: not "/" for what was bound from below. */
static int put_mounted_root(const struct mount *mount, struct text *out)
{
	char *name = slab_allocate(LINUX_PATH_MAX);
	uint32_t at = LINUX_PATH_MAX;
	const struct dentry *dentry;
	if (!name)
		return -ENOMEM;
	lock_acquire(&dentry_lock);
	for (dentry = mount->root; dentry->parent && at > dentry->name_bytes + 1u; dentry = dentry->parent) {
		at -= dentry->name_bytes;
		memcpy(name + at, dentry->name, dentry->name_bytes);
		name[--at] = '/';
	}
	lock_release(&dentry_lock);
	if (at == LINUX_PATH_MAX)
		name[--at] = '/';
	text_escaped(out, name + at, LINUX_PATH_MAX - at, ESCAPED);
	slab_free(name, LINUX_PATH_MAX);
	return 0;
}

static void put_numbers(struct text *out, const struct mount_view *view)
{
	text_unsigned(out, view->mount->id);
	text_char(out, ' ');
	text_unsigned(out, view->parent);
	text_string(out, " 0:");
	text_unsigned(out, view->mount->super->device);
	text_char(out, ' ');
}

static int put_mount_info(struct request *request, const struct mount_view *view, struct text *out)
{
	const struct mount *mount = view->mount;
	int error;
	put_numbers(out, view);
	error = put_mounted_root(mount, out);
	text_char(out, ' ');
	if (!error)
		error = put_point(request, view, out);
	text_string(out, mount->flags & LINUX_MS_RDONLY ? " ro" : " rw");
	put_mount_flags(out, mount->flags);
	if (mount->shared) {
		text_string(out, " shared:");
		text_unsigned(out, mount->id);
	}
	text_string(out, " - ");
	text_string(out, mount->super->type_name);
	text_char(out, ' ');
	put_source(out, mount);
	text_string(out, mount->super->flags & LINUX_MS_RDONLY ? " ro" : " rw");
	put_super_options(out, mount->super);
	text_char(out, '\n');
	return error;
}

static int put_mount_statistics(struct request *request, const struct mount_view *view, struct text *out)
{
	int error;
	text_string(out, "device ");
	put_source(out, view->mount);
	text_string(out, " mounted on ");
	error = put_point(request, view, out);
	text_string(out, " with fstype ");
	text_string(out, view->mount->super->type_name);
	text_char(out, '\n');
	return error;
}

typedef int mount_put_line(struct request *request, const struct mount_view *view, struct text *out);

static int show_each(struct request *request, struct text *out, mount_put_line *put_line)
{
	struct mount_namespace *space = request_mounts(request);
	struct mount_view view;
	int error = 0;
	if (!space)
		return -EINVAL;
	for (uint32_t i = 0; !error && mount_at(space, i, &view); i++) {
		error = put_line(request, &view, out);
		path_put(&view.top);
	}
	mount_namespace_put(space);
	return error;
}

int show_mounts(struct request *request, struct text *out)
{
	return show_each(request, out, put_mount);
}

int show_mount_info(struct request *request, struct text *out)
{
	return show_each(request, out, put_mount_info);
}

int show_mount_statistics(struct request *request, struct text *out)
{
	return show_each(request, out, put_mount_statistics);
}
