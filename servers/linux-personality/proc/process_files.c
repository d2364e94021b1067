/* SPDX-License-Identifier: MIT */
/*
 * What a process holds open: /proc/PID/fd, fdinfo, exe, cwd, root (proc(5)).
 *
 * These links are magic: following one leads to the file itself, whatever its text says.
 */
#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "file/files.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "memory/mm.h"
#include "proc/process_nodes.h"

static void text_bracketed(struct text *out, const char *what, uint64_t number)
{
	text_string(out, what);
	text_string(out, ":[");
	text_unsigned(out, number);
	text_char(out, ']');
}

/* A file in no mounted tree: a memory file, or what a namespace link led to. */
static void text_unmounted(const struct dentry *dentry, struct text *out)
{
	bool memory = dentry->super && dentry->super->type == SUPER_VFS;
	text_string(out, memory ? "/" : "");
	text_bytes(out, dentry->name, dentry->name_bytes);
	text_string(out, memory ? " (deleted)" : "");
}

int text_place(struct thread *self, const struct path *place, struct text *out)
{
	char *name;
	int64_t length;
	if (!place->mount) {
		text_unmounted(place->dentry, out);
		return 0;
	}
	name = slab_allocate(LINUX_PATH_MAX);
	if (!name)
		return -ENOMEM;
	length = path_name(self, place, name, LINUX_PATH_MAX);
	if (length > 0)
		text_bytes(out, name, (uint64_t)length);
	slab_free(name, LINUX_PATH_MAX);
	return length < 0 ? (int)length : 0;
}

int text_file(struct thread *self, struct file *file, struct text *out)
{
	if (file->path.dentry)
		return text_place(self, &file->path, out);
	switch (file->kind) {
	case FILE_PIPE: text_bracketed(out, "pipe", file->inode->attributes.inode); return 0;
	case FILE_SOCKET: text_bracketed(out, "socket", file->inode->attributes.inode); return 0;
	case FILE_EVENTFD: text_string(out, "anon_inode:[eventfd]"); return 0;
	case FILE_EPOLL: text_string(out, "anon_inode:[eventpoll]"); return 0;
	case FILE_TIMERFD: text_string(out, "anon_inode:[timerfd]"); return 0;
	case FILE_SIGNALFD: text_string(out, "anon_inode:[signalfd]"); return 0;
	case FILE_PIDFD: text_string(out, "anon_inode:[pidfd]"); return 0;
	case FILE_INOTIFY: text_string(out, "anon_inode:inotify"); return 0;
	default: text_string(out, "anon_inode:[unknown]"); return 0;
	}
}

static struct file *request_file(struct request *request)
{
	struct files *files = subject_files(&request->subject);
	struct file *file = files ? files_find_path(files, (int32_t)request->node.number) : NULL;
	if (files)
		files_put(files);
	return file;
}

int show_descriptor(struct request *request, struct text *out)
{
	struct file *file;
	int error = -ENOENT;
	if (!subject_readable(request->self, &request->subject))
		return -EACCES;
	file = request_file(request);
	if (file) {
		error = text_file(request->self, file, out);
		file_put(file);
	}
	return error;
}

/* A file without a name gets its text as one, for the walk, which ends there. */
static int file_place(struct thread *self, struct file *file, struct path *place)
{
	struct text name = { 0 };
	*place = file->path;
	if (place->dentry) {
		path_get(place);
		return 0;
	}
	if (text_file(self, file, &name) == 0)
		text_char(&name, 0);
	if (!name.failed && name.used) {
		inode_get(file->inode);
		place->dentry = dentry_create_named(file->inode->super, file->inode, name.bytes);
		if (!place->dentry)
			inode_put(file->inode);
	}
	text_free(&name);
	return place->dentry ? 0 : -ENOMEM;
}

int follow_descriptor(struct request *request, struct path *place)
{
	struct file *file;
	int error = -ENOENT;
	if (!subject_readable(request->self, &request->subject))
		return -EACCES;
	file = request_file(request);
	if (file) {
		error = file_place(request->self, file, place);
		file_put(file);
	}
	return error;
}

static bool request_closes_on_exec(struct request *request)
{
	struct files *files = subject_files(&request->subject);
	bool closes = files && files_flag(files, (int32_t)request->node.number) == 1;
	if (files)
		files_put(files);
	return closes;
}

int show_descriptor_info(struct request *request, struct text *out)
{
	struct file *file = request_file(request);
	uint32_t flags;
	if (!file)
		return -ENOENT;
	flags = __atomic_load_n(&file->flags, __ATOMIC_RELAXED) |
		(request_closes_on_exec(request) ? LINUX_O_CLOEXEC : 0);
	text_string(out, "pos:\t");
	text_unsigned(out, __atomic_load_n(&file->offset, __ATOMIC_RELAXED));
	text_string(out, "\nflags:\t0");
	text_octal(out, flags);
	text_string(out, "\nmnt_id:\t");
	text_unsigned(out, file->path.mount ? file->path.mount->id : 0);
	text_string(out, "\nino:\t");
	text_unsigned(out, file->inode->attributes.inode);
	text_char(out, '\n');
	file_put(file);
	return 0;
}

static struct file *request_executable(struct request *request, int *error)
{
	struct mm *mm;
	struct file *file = NULL;
	*error = subject_readable(request->self, &request->subject) ? -ENOENT : -EACCES;
	mm = *error == -ENOENT ? subject_mm(&request->subject) : NULL;
	if (!mm)
		return NULL;
	mutex_acquire(&mm->mutex);
	file = mm->executable;
	if (file)
		file_get(file);
	mutex_release(&mm->mutex);
	mm_put(mm);
	return file;
}

int show_executable(struct request *request, struct text *out)
{
	int error;
	struct file *file = request_executable(request, &error);
	if (!file)
		return error;
	error = text_file(request->self, file, out);
	file_put(file);
	return error;
}

int follow_executable(struct request *request, struct path *place)
{
	int error;
	struct file *file = request_executable(request, &error);
	if (!file)
		return error;
	error = file_place(request->self, file, place);
	file_put(file);
	return error;
}

int follow_working(struct request *request, struct path *place)
{
	if (!subject_readable(request->self, &request->subject))
		return -EACCES;
	return subject_working(&request->subject, place);
}

int follow_root(struct request *request, struct path *place)
{
	if (!subject_readable(request->self, &request->subject))
		return -EACCES;
	return subject_root(&request->subject, place);
}

static int show_followed(struct request *request, node_follow *follow, struct text *out)
{
	struct path place;
	int error = follow(request, &place);
	if (error)
		return error;
	error = text_place(request->self, &place, out);
	path_put(&place);
	return error;
}

int show_working(struct request *request, struct text *out)
{
	return show_followed(request, follow_working, out);
}

int show_root(struct request *request, struct text *out)
{
	return show_followed(request, follow_root, out);
}

static int64_t descriptor_next(const struct node *directory, int64_t from)
{
	struct subject subject;
	struct files *files;
	int64_t next = -1;
	if (!subject_find(directory->tid, directory->task, &subject))
		return -1;
	files = subject_files(&subject);
	if (files) {
		next = files_next(files, (int32_t)from);
		files_put(files);
	}
	subject_put(&subject);
	return next;
}

/* Owner's bits say how it was opened; 0: it is not open. */
static uint32_t descriptor_mode(const struct node *entry)
{
	static const uint32_t modes[4] = { 0500, 0300, 0700, 0700 };
	struct request request = { .node = *entry };
	struct file *file = NULL;
	uint32_t mode = 0;
	if (subject_find(entry->tid, entry->task, &request.subject))
		file = request_file(&request);
	if (file) {
		mode = LINUX_S_IFLNK | (file->kind == FILE_PATH ? 0 : modes[file->flags & LINUX_O_ACCMODE]);
		file_put(file);
	}
	subject_put(&request.subject);
	return mode;
}

static const struct node_numbers descriptor_numbers = {
	.row = { .name = "",
		 .mode = LINUX_S_IFLNK | 0700,
		 .show = show_descriptor,
		 .follow = follow_descriptor },
	.next = descriptor_next,
	.mode = descriptor_mode,
};
const struct node_table descriptors_table = { NULL, 0, &descriptor_numbers };

static const struct node_numbers descriptor_info_numbers = {
	.row = { .name = "", .mode = MODE_FILE, .show = show_descriptor_info },
	.next = descriptor_next,
};
const struct node_table descriptor_info_table = { NULL, 0, &descriptor_info_numbers };
