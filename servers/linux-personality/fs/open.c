/* SPDX-License-Identifier: MIT */
/*
 * open and its relatives: open(2), openat2(2), creat(2).
 *
 * An open is decoded into struct open_request, checked as Linux checks it, walked, made if it does not exist, and turned
 * into a file of the kind its inode calls for (file/open_kind.c).
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/file.h"
#include "file/open_kind.h"
#include "fs/change.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"

#define OPEN_FLAGS_KNOWN                                                                                     \
	(LINUX_O_ACCMODE | LINUX_O_CREAT | LINUX_O_EXCL | LINUX_O_NOCTTY | LINUX_O_TRUNC | LINUX_O_APPEND |  \
	 LINUX_O_NONBLOCK | LINUX_O_SYNC | LINUX_O_ASYNC | LINUX_O_DIRECT | LINUX_O_LARGEFILE |              \
	 LINUX_O_DIRECTORY | LINUX_O_NOFOLLOW | LINUX_O_NOATIME | LINUX_O_CLOEXEC | LINUX_O_PATH |           \
	 LINUX_O_TMPFILE)
#define OPEN_PATH_FLAGS (LINUX_O_DIRECTORY | LINUX_O_NOFOLLOW | LINUX_O_PATH | LINUX_O_CLOEXEC)
#define TMPFILE_BIT 020000000u

struct open_request {
	int32_t directory;
	const char *name;
	uint32_t flags, mode;
	uint32_t walk_flags;
};

/* Access a descriptor with these flags needs. */
static uint32_t open_wants(uint32_t flags)
{
	static const uint8_t wants[4] = { LINUX_R_OK, LINUX_W_OK, LINUX_R_OK | LINUX_W_OK,
					  LINUX_R_OK | LINUX_W_OK };
	return wants[flags & LINUX_O_ACCMODE] | (flags & LINUX_O_TRUNC ? LINUX_W_OK : 0);
}

static int open_check_type(const struct inode *inode, uint32_t flags)
{
	uint32_t type = inode_type(inode);
	if (type == LINUX_S_IFLNK)
		return -ELOOP;
	if (type == LINUX_S_IFDIR && (open_wants(flags) & LINUX_W_OK || flags & LINUX_O_CREAT))
		return -EISDIR;
	if (flags & LINUX_O_DIRECTORY && type != LINUX_S_IFDIR)
		return -ENOTDIR;
	return 0;
}

static int open_check_device(const struct path *path, uint32_t type)
{
	bool node = type == LINUX_S_IFCHR || type == LINUX_S_IFBLK;
	return node && path_mount_flags(path) & LINUX_MS_NODEV ? -EACCES : 0;
}

static int open_check_write(const struct path *path, uint32_t wants)
{
	const struct inode *inode = path->dentry->inode;
	uint32_t type = inode_type(inode);
	if (!(wants & LINUX_W_OK) || (type != LINUX_S_IFREG && type != LINUX_S_IFDIR))
		return 0;
	if (__atomic_load_n(&inode->executes, __ATOMIC_ACQUIRE))
		return -ETXTBSY;
	return mount_writable(path);
}

static int open_check(struct thread *self, const struct path *path, uint32_t flags, bool created)
{
	const struct inode *inode = path->dentry->inode;
	uint32_t wants = open_wants(flags);
	int error = open_check_type(inode, flags);
	if (!error)
		error = open_check_device(path, inode_type(inode));
	if (!error && !created)
		error = permission_check(self, inode, wants);
	if (!error)
		error = open_check_write(path, wants);
	if (!error && flags & LINUX_O_NOATIME && !permission_owner(self, inode))
		error = -EPERM;
	return error;
}

static struct file *open_finish(struct thread *self, const struct path *path, uint32_t flags, bool created,
				int *error)
{
	struct inode *inode = path->dentry->inode;
	struct file *file = NULL;
	if (flags & LINUX_O_PATH) {
		*error = flags & LINUX_O_DIRECTORY && inode_type(inode) != LINUX_S_IFDIR ? -ENOTDIR : 0;
		return *error ? NULL : open_path_only(path, flags, error);
	}
	*error = open_check(self, path, flags, created);
	if (*error)
		return NULL;
	file = open_kind(self, path, flags, error);
	if (file && flags & LINUX_O_TRUNC && !created && inode_type(inode) == LINUX_S_IFREG) {
		mutex_acquire(&inode->content);
		*error = inode_truncate(inode, 0);
		mutex_release(&inode->content);
		if (*error) {
			file_put(file);
			return NULL;
		}
	}
	return file;
}

static struct file *open_existing(struct thread *self, const struct open_request *request, int *error)
{
	uint32_t walk_flags = request->walk_flags | (request->flags & LINUX_O_NOFOLLOW ? 0 : WALK_FOLLOW) |
			      (request->flags & LINUX_O_DIRECTORY ? WALK_DIRECTORY : 0);
	struct path path;
	struct file *file;
	*error = walk_path(self, request->directory, request->name, walk_flags, &path);
	if (*error)
		return NULL;
	file = open_finish(self, &path, request->flags, false, error);
	path_put(&path);
	return file;
}

/* What stands at the last component, made if there is nothing; somebody else may make or remove it at the same time. */
static int open_create_last(struct thread *self, const struct open_request *request,
			    const struct walk_parent *parent, struct path *path, bool *created)
{
	int error;
	if (parent->kind != LAST_NAME)
		return request->flags & LINUX_O_EXCL ? -EEXIST : walk_last(self, parent, 0, path);
	if (parent->slashes)
		return -EISDIR;
	do {
		error = walk_last(self, parent, 0, path);
		*created = error == -ENOENT;
		if (*created)
			error = change_create(self, parent, request->mode | LINUX_S_IFREG, 0, path);
	} while (error == -EEXIST && !(request->flags & LINUX_O_EXCL));
	if (!error && !*created && request->flags & LINUX_O_EXCL) {
		path_put(path);
		return -EEXIST;
	}
	return error;
}

/* A name that the caches do not know is made without asking for it. -EAGAIN: they do, or it is there. */
static int open_create_unknown(struct thread *self, const struct open_request *request, struct path *path)
{
	struct walk_parent parent;
	int error = request->walk_flags
			    ? -EAGAIN
			    : walk_cached_parent(self, request->directory, request->name, 0, &parent);
	if (error)
		return error;
	error = -EAGAIN;
	if (parent.kind == LAST_NAME && !parent.slashes &&
	    !dentry_known(parent.directory.dentry, parent.name, parent.bytes))
		error = change_create(self, &parent, request->mode | LINUX_S_IFREG, 0, path);
	path_put(&parent.directory);
	return error == -EEXIST && !(request->flags & LINUX_O_EXCL) ? -EAGAIN : error;
}

static struct file *open_creating(struct thread *self, const struct open_request *request, int *error)
{
	uint32_t follow = request->flags & (LINUX_O_NOFOLLOW | LINUX_O_EXCL) ? 0 : WALK_FOLLOW;
	struct walk_parent parent;
	struct file *file = NULL;
	struct path path;
	bool created = false;
	*error = open_create_unknown(self, request, &path);
	if (!*error) {
		file = open_finish(self, &path, request->flags, true, error);
		path_put(&path);
	}
	if (*error != -EAGAIN)
		return file;
	*error = walk_to_parent(self, request->directory, request->name, request->walk_flags | follow,
				&parent);
	if (*error)
		return NULL;
	*error = open_create_last(self, request, &parent, &path, &created);
	if (!*error) {
		file = open_finish(self, &path, request->flags, created, error);
		path_put(&path);
	}
	path_put(&parent.directory);
	return file;
}

static struct file *open_unnamed(struct thread *self, const struct open_request *request, int *error)
{
	struct path directory, path;
	struct file *file;
	*error = walk_path(self, request->directory, request->name,
			   request->walk_flags | WALK_FOLLOW | WALK_DIRECTORY, &directory);
	if (*error)
		return NULL;
	*error = change_create_unnamed(self, &directory, request->mode | LINUX_S_IFREG, &path);
	path_put(&directory);
	if (*error)
		return NULL;
	file = open_finish(self, &path, request->flags & ~LINUX_O_TMPFILE, true, error);
	path_put(&path);
	return file;
}

static struct file *open_any(struct thread *self, const struct open_request *request, int *error)
{
	struct file *file;
	*error = 0;
	if ((request->flags & LINUX_O_TMPFILE) == LINUX_O_TMPFILE)
		file = open_unnamed(self, request, error);
	else if (request->flags & LINUX_O_CREAT)
		file = open_creating(self, request, error);
	else
		file = open_existing(self, request, error);
	return file;
}

/* Flags as open(2) and openat(2) take them: unknown bits are ignored, O_PATH keeps only its own. */
static uint32_t open_flags_lenient(uint32_t flags)
{
	flags &= OPEN_FLAGS_KNOWN;
	return flags & LINUX_O_PATH ? flags & OPEN_PATH_FLAGS : flags | LINUX_O_LARGEFILE;
}

static int open_flags_check(uint32_t flags)
{
	if (flags & TMPFILE_BIT &&
	    ((flags & LINUX_O_TMPFILE) != LINUX_O_TMPFILE || !(flags & (LINUX_O_WRONLY | LINUX_O_RDWR))))
		return -EINVAL;
	if ((flags & (LINUX_O_CREAT | LINUX_O_DIRECTORY)) == (LINUX_O_CREAT | LINUX_O_DIRECTORY))
		return -EINVAL;
	return 0;
}

static uint32_t open_mode(struct thread *self, uint32_t flags, uint32_t mode)
{
	if (!(flags & (LINUX_O_CREAT | TMPFILE_BIT)))
		return 0;
	return mode & 07777 & ~self->fs->umask;
}

static int64_t open_install(struct thread *self, const struct open_request *request)
{
	int error;
	struct file *file = open_any(self, request, &error);
	if (!file)
		return error;
	return files_install(self, file, 0, request->flags & LINUX_O_CLOEXEC);
}

static int64_t open_guest(struct thread *self, int32_t directory, gaddr_t guest_name,
			  struct open_request request)
{
	int64_t result;
	struct guest_name name;
	int error = open_flags_check(request.flags);
	if (!error)
		error = name_read(&name, guest_name);
	if (error)
		return error;
	request.directory = directory;
	request.name = name.text;
	result = open_install(self, &request);
	name_free(&name);
	return result;
}

int64_t sys_openat(struct thread *self, int32_t directory, gaddr_t name, uint32_t flags, uint32_t mode)
{
	struct open_request request = { .flags = open_flags_lenient(flags),
					.mode = open_mode(self, flags, mode) };
	return open_guest(self, directory, name, request);
}

int64_t sys_open(struct thread *self, gaddr_t name, uint32_t flags, uint32_t mode)
{
	return sys_openat(self, LINUX_AT_FDCWD, name, flags, mode);
}

int64_t sys_creat(struct thread *self, gaddr_t name, uint32_t mode)
{
	return sys_openat(self, LINUX_AT_FDCWD, name, LINUX_O_CREAT | LINUX_O_WRONLY | LINUX_O_TRUNC, mode);
}

static int open_how_check(const struct linux_open_how *how)
{
	const uint64_t known = LINUX_RESOLVE_NO_XDEV | LINUX_RESOLVE_NO_MAGICLINKS |
			       LINUX_RESOLVE_NO_SYMLINKS | LINUX_RESOLVE_BENEATH | LINUX_RESOLVE_IN_ROOT |
			       LINUX_RESOLVE_CACHED;
	if (how->flags & ~(uint64_t)OPEN_FLAGS_KNOWN || how->resolve & ~known)
		return -EINVAL;
	if (how->mode & ~07777ull || (how->mode && !(how->flags & (LINUX_O_CREAT | TMPFILE_BIT))))
		return -EINVAL;
	if (how->flags & LINUX_O_PATH && how->flags & ~(uint64_t)OPEN_PATH_FLAGS)
		return -EINVAL;
	if (how->resolve & LINUX_RESOLVE_BENEATH && how->resolve & LINUX_RESOLVE_IN_ROOT)
		return -EINVAL;
	return how->resolve & LINUX_RESOLVE_CACHED ? -EAGAIN : 0;
}

static uint32_t open_how_walk(uint64_t resolve)
{
	return (resolve & LINUX_RESOLVE_NO_XDEV ? WALK_NO_CROSS : 0) |
	       (resolve & LINUX_RESOLVE_NO_SYMLINKS ? WALK_NO_LINKS : 0) |
	       (resolve & LINUX_RESOLVE_NO_MAGICLINKS ? WALK_NO_MAGIC : 0) |
	       (resolve & LINUX_RESOLVE_BENEATH ? WALK_BENEATH : 0) |
	       (resolve & LINUX_RESOLVE_IN_ROOT ? WALK_IN_ROOT : 0);
}

/* Bytes beyond the structure we know must be zero, as every extensible structure's. */
static int open_how_read(struct linux_open_how *how, gaddr_t guest, uint64_t bytes)
{
	uint8_t block[256] = { 0 };
	if (bytes < sizeof(*how))
		return -EINVAL;
	if (bytes > sizeof(block))
		return -E2BIG;
	if (guest_read(block, guest, bytes))
		return -EFAULT;
	for (uint64_t i = sizeof(*how); i < bytes; i++) {
		if (block[i])
			return -E2BIG;
	}
	memcpy(how, block, sizeof(*how));
	return open_how_check(how);
}

int64_t sys_openat2(struct thread *self, int32_t directory, gaddr_t name, gaddr_t guest_how, uint64_t bytes)
{
	struct open_request request = { 0 };
	struct linux_open_how how;
	int error = open_how_read(&how, guest_how, bytes);
	if (error)
		return error;
	request.flags = open_flags_lenient((uint32_t)how.flags);
	request.mode = open_mode(self, request.flags, (uint32_t)how.mode);
	request.walk_flags = open_how_walk(how.resolve);
	return open_guest(self, directory, name, request);
}

struct file *file_open_name(struct thread *self, const char *name, uint32_t flags, uint32_t mode, int *error)
{
	struct open_request request = { LINUX_AT_FDCWD, name, flags, mode, 0 };
	return open_any(self, &request, error);
}

/* Execution needs search and execute rights on a regular file of a mount that allows it. */
static int open_exec_check(struct thread *self, const struct path *path)
{
	const struct inode *inode = path->dentry->inode;
	if (inode_type(inode) == LINUX_S_IFLNK)
		return -ELOOP;
	if (inode_type(inode) != LINUX_S_IFREG || path_mount_flags(path) & LINUX_MS_NOEXEC)
		return -EACCES;
	if (__atomic_load_n(&inode->writers, __ATOMIC_ACQUIRE))
		return -ETXTBSY;
	return permission_check(self, inode, LINUX_X_OK);
}

/* A file that has no name (memfd_create): the description itself is what is executed. */
static struct file *open_exec_nameless(struct thread *self, int32_t fd, int *error)
{
	struct file *file = files_find_path(self->files, fd);
	*error = -EBADF;
	if (!file)
		return NULL;
	*error = -EACCES;
	if (file->inode && inode_type(file->inode) == LINUX_S_IFREG)
		*error = permission_check(self, file->inode, LINUX_X_OK);
	if (!*error)
		return file;
	file_put(file);
	return NULL;
}

struct file *file_open_exec(struct thread *self, int32_t directory, const char *name, uint32_t at_flags,
			    int *error)
{
	uint32_t walk_flags = (at_flags & LINUX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
			      (at_flags & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
	struct file *file = NULL;
	struct path path;
	*error = walk_path(self, directory, name, walk_flags, &path);
	if (*error)
		return NULL;
	*error = path.mount ? open_exec_check(self, &path) : 0;
	if (!path.mount)
		file = open_exec_nameless(self, directory, error);
	else if (!*error)
		file = open_kind(self, &path, LINUX_O_RDONLY, error);
	path_put(&path);
	return file;
}
