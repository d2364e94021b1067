/* SPDX-License-Identifier: MIT */
/*
 * Names of sockets: in the file system, where the inode's `attached` is the socket, and abstract, which are found among all
 * sockets by type and bytes (unix(7), "Address format").
 */
#include "stream/unix_socket.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "fs/change.h"
#include "fs/inode.h"
#include "process/process.h"

#define FAMILY_BYTES 2u
#define AUTOBIND_DIGITS 5u
#define AUTOBIND_RANGE (1u << 20)

void unix_address_put(struct unix_address *address)
{
	if (address && __atomic_sub_fetch(&address->references, 1, __ATOMIC_ACQ_REL) == 0)
		slab_free(address, sizeof(*address));
}

uint32_t unix_show_name(const struct unix_address *address, struct linux_sockaddr_un *name)
{
	*name = (struct linux_sockaddr_un){ .family = LINUX_AF_UNIX };
	if (!address)
		return FAMILY_BYTES;
	*name = address->name;
	return address->length;
}

static struct unix_address *address_create(const struct linux_sockaddr_un *name, uint32_t length)
{
	struct unix_address *address = slab_allocate(sizeof(*address));
	if (!address)
		return NULL;
	address->references = 1;
	address->length = length;
	address->name = *name;
	return address;
}

/* Checked copy of a guest's address; -EINVAL. A length of two asks for an automatic name. */
static int name_decode(const uint8_t *bytes, uint32_t length, struct linux_sockaddr_un *name)
{
	memset(name, 0, sizeof(*name));
	if (length < FAMILY_BYTES || length > sizeof(*name))
		return -EINVAL;
	memcpy(name, bytes, length);
	return name->family == LINUX_AF_UNIX ? 0 : -EINVAL;
}

static bool is_abstract(const struct linux_sockaddr_un *name)
{
	return !name->path[0];
}

/* The path with a NUL behind it, for the walk. */
static void path_string(const struct linux_sockaddr_un *name, char path[LINUX_UNIX_PATH_MAX + 1])
{
	memcpy(path, name->path, LINUX_UNIX_PATH_MAX);
	path[LINUX_UNIX_PATH_MAX] = 0;
}

/* U. */
static struct unix_socket *find_abstract(uint32_t type, const struct linux_sockaddr_un *name, uint32_t length)
{
	struct unix_socket *socket = unix_all;
	for (; socket; socket = socket->next_all) {
		const struct unix_address *address = socket->address;
		if (address && !socket->dead && socket->type == type && is_abstract(&address->name) &&
		    address->length == length && memcmp(&address->name, name, length) == 0)
			break;
	}
	return socket;
}

static int bind_abstract(struct unix_socket *socket, const struct linux_sockaddr_un *name, uint32_t length)
{
	struct unix_address *address = address_create(name, length);
	int error = 0;
	if (!address)
		return -ENOMEM;
	lock_acquire(&unix_lock);
	if (find_abstract(socket->type, name, length))
		error = -EADDRINUSE;
	else
		socket->address = address;
	lock_release(&unix_lock);
	if (error)
		unix_address_put(address);
	return error;
}

static int bind_create(struct thread *self, const char *path, struct path *place)
{
	struct walk_parent parent;
	uint32_t mode = LINUX_S_IFSOCK | (0777 & ~self->fs->umask);
	int error = walk_to_parent(self, LINUX_AT_FDCWD, path, 0, &parent);
	if (error)
		return error;
	error = parent.kind != LAST_NAME ? -EEXIST : parent.slashes ? -ENOENT : 0;
	if (!error)
		error = change_create(self, &parent, mode, 0, place);
	path_put(&parent.directory);
	return error == -EEXIST ? -EADDRINUSE : error;
}

static int bind_path(struct thread *self, struct unix_socket *socket, struct linux_sockaddr_un *name)
{
	char path[LINUX_UNIX_PATH_MAX + 1];
	struct unix_address *address;
	struct path place;
	int error;
	path_string(name, path);
	address = address_create(name, FAMILY_BYTES + (uint32_t)strlen(path) + 1);
	if (!address)
		return -ENOMEM;
	error = bind_create(self, path, &place);
	if (error) {
		unix_address_put(address);
		return error;
	}
	inode_get(place.dentry->inode);
	lock_acquire(&unix_lock);
	socket->path = place;
	socket->inode = place.dentry->inode;
	socket->inode->attached = socket;
	socket->address = address;
	lock_release(&unix_lock);
	return 0;
}

static int autobind_locked(struct unix_socket *socket)
{
	static const char digits[] = "0123456789abcdef";
	SURVIVES static uint32_t next;
	struct linux_sockaddr_un name = { .family = LINUX_AF_UNIX };
	int error = -EADDRINUSE;
	if (socket->address)
		return 0;
	for (uint32_t tries = 0; error == -EADDRINUSE && tries < AUTOBIND_RANGE; tries++) {
		uint32_t number = __atomic_add_fetch(&next, 1, __ATOMIC_RELAXED);
		for (uint32_t i = 0; i < AUTOBIND_DIGITS; i++)
			name.path[1 + i] = digits[number >> 4 * (AUTOBIND_DIGITS - 1 - i) & 15];
		error = bind_abstract(socket, &name, FAMILY_BYTES + 1 + AUTOBIND_DIGITS);
	}
	return error == -EADDRINUSE ? -ENOSPC : error;
}

int unix_autobind(struct unix_socket *socket)
{
	int error;
	mutex_acquire(&socket->bind_mutex);
	error = autobind_locked(socket);
	mutex_release(&socket->bind_mutex);
	return error;
}

int unix_bind(struct thread *self, struct unix_socket *socket, const uint8_t *bytes, uint32_t length)
{
	struct linux_sockaddr_un name;
	int error = name_decode(bytes, length, &name);
	if (error)
		return error;
	if (length == FAMILY_BYTES)
		return unix_autobind(socket);
	mutex_acquire(&socket->bind_mutex);
	if (socket->address)
		error = -EINVAL;
	else if (is_abstract(&name))
		error = bind_abstract(socket, &name, length);
	else
		error = bind_path(self, socket, &name);
	mutex_release(&socket->bind_mutex);
	return error;
}

void unix_unbind(struct unix_socket *socket)
{
	if (socket->inode && socket->inode->attached == socket)
		socket->inode->attached = NULL;
	socket->inode = NULL;
}

/* The socket of an inode, referenced. */
static int find_attached(const struct inode *inode, uint32_t type, struct unix_socket **found)
{
	struct unix_socket *socket;
	int error = 0;
	if (inode_type(inode) != LINUX_S_IFSOCK)
		return -ECONNREFUSED;
	lock_acquire(&unix_lock);
	socket = inode->attached;
	if (!socket)
		error = -ECONNREFUSED;
	else if (socket->type != type)
		error = -EPROTOTYPE;
	else
		unix_get(socket);
	lock_release(&unix_lock);
	*found = socket;
	return error;
}

static int find_path(struct thread *self, uint32_t type, const struct linux_sockaddr_un *name,
		     struct unix_socket **found)
{
	char string[LINUX_UNIX_PATH_MAX + 1];
	struct path place;
	int error;
	path_string(name, string);
	error = walk_path(self, LINUX_AT_FDCWD, string, WALK_FOLLOW, &place);
	if (error)
		return error;
	error = permission_check(self, place.dentry->inode, LINUX_W_OK);
	if (!error)
		error = find_attached(place.dentry->inode, type, found);
	if (!error && type != LINUX_SOCK_DGRAM)
		inode_touch(place.dentry->inode, VFS_SET_ACCESSED);
	path_put(&place);
	return error;
}

int unix_find(struct thread *self, uint32_t type, const uint8_t *bytes, uint32_t length,
	      struct unix_socket **found)
{
	struct linux_sockaddr_un name;
	int error = name_decode(bytes, length, &name);
	if (error || length == FAMILY_BYTES)
		return -EINVAL;
	if (!is_abstract(&name))
		return find_path(self, type, &name, found);
	lock_acquire(&unix_lock);
	*found = find_abstract(type, &name, length);
	if (*found)
		unix_get(*found);
	lock_release(&unix_lock);
	return *found ? 0 : -ECONNREFUSED;
}

void unix_for_each(void (*visit)(const struct unix_socket *socket, void *context), void *context)
{
	lock_acquire(&unix_lock);
	for (const struct unix_socket *socket = unix_all; socket; socket = socket->next_all)
		visit(socket, context);
	lock_release(&unix_lock);
}
