/* SPDX-License-Identifier: MIT */
/*
 * The calls that make, name and connect sockets. AF_UNIX is the one family there is: EAFNOSUPPORT for others.
 */
#include "stream/socket_calls.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "linux_abi/files.h"
#include "process/process.h"
#include "stream/socket.h"

int socket_find(struct thread *self, int32_t fd, struct file **file)
{
	*file = files_find(self->files, fd);
	if (!*file)
		return -EBADF;
	if ((*file)->kind == FILE_SOCKET)
		return 0;
	file_put(*file);
	return -ENOTSOCK;
}

/* O_* flags of SOCK_* ones: they have the same values. */
static int type_decode(int32_t family, int32_t kind, int32_t protocol, uint32_t *type)
{
	*type = (uint32_t)kind & LINUX_SOCK_TYPE_MASK;
	if ((uint32_t)kind & ~(LINUX_SOCK_TYPE_MASK | LINUX_SOCK_CLOEXEC | LINUX_SOCK_NONBLOCK))
		return -EINVAL;
	if (family != LINUX_AF_UNIX)
		return -EAFNOSUPPORT;
	if (*type >= LINUX_SOCK_TYPE_MAX)
		return -EINVAL;
	if (protocol && protocol != LINUX_AF_UNIX)
		return -EPROTONOSUPPORT;
	if (*type == LINUX_SOCK_RAW)
		*type = LINUX_SOCK_DGRAM;
	if (*type != LINUX_SOCK_STREAM && *type != LINUX_SOCK_DGRAM && *type != LINUX_SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	return 0;
}

static struct file *socket_create(struct thread *self, uint32_t type, uint32_t flags)
{
	struct unix_socket *socket = unix_create(type);
	return socket ? unix_open_file(self, socket, flags) : NULL;
}

int64_t sys_socket(struct thread *self, int32_t family, int32_t kind, int32_t protocol)
{
	struct file *file;
	uint32_t type;
	int error = type_decode(family, kind, protocol, &type);
	if (error)
		return error;
	file = socket_create(self, type, (uint32_t)kind);
	return file ? files_install(self, file, 0, (uint32_t)kind & LINUX_SOCK_CLOEXEC) : -ENFILE;
}

static void pair_connect(struct thread *self, struct unix_socket *one, struct unix_socket *other)
{
	struct linux_ucred identity = unix_identity(self);
	lock_acquire(&unix_lock);
	unix_connect_pair(one, other);
	one->peer_identity = other->peer_identity = identity;
	lock_release(&unix_lock);
}

/* Both files are given away. */
static int pair_install(struct thread *self, struct file *files[2], bool close_on_exec, gaddr_t descriptors)
{
	int32_t fds[2];
	int error;
	fds[0] = files_install(self, files[0], 0, close_on_exec);
	if (fds[0] < 0) {
		file_put(files[1]);
		return fds[0];
	}
	fds[1] = files_install(self, files[1], 0, close_on_exec);
	error = fds[1] < 0 ? fds[1] : guest_write(descriptors, fds, sizeof(fds));
	if (!error)
		return 0;
	(void)files_close(self->files, fds[0]);
	if (fds[1] >= 0)
		(void)files_close(self->files, fds[1]);
	return error;
}

int64_t sys_socketpair(struct thread *self, int32_t family, int32_t kind, int32_t protocol,
		       gaddr_t descriptors)
{
	struct file *files[2];
	uint32_t type;
	int error = type_decode(family, kind, protocol, &type);
	if (error)
		return error;
	files[0] = socket_create(self, type, (uint32_t)kind);
	if (!files[0])
		return -ENFILE;
	files[1] = socket_create(self, type, (uint32_t)kind);
	if (!files[1]) {
		file_put(files[0]);
		return -ENFILE;
	}
	pair_connect(self, files[0]->object, files[1]->object);
	return pair_install(self, files, (uint32_t)kind & LINUX_SOCK_CLOEXEC, descriptors);
}

static int name_read(gaddr_t guest, int32_t length, uint8_t name[LINUX_SOCKADDR_MAX])
{
	if (length < 0 || length > (int32_t)LINUX_SOCKADDR_MAX)
		return -EINVAL;
	return guest_read(name, guest, (size_t)length);
}

int64_t sys_bind(struct thread *self, int32_t fd, gaddr_t guest, int32_t length)
{
	uint8_t name[LINUX_SOCKADDR_MAX];
	struct file *file;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	error = name_read(guest, length, name);
	if (!error)
		error = unix_bind(self, file->object, name, (uint32_t)length);
	file_put(file);
	return error;
}

static bool blocks(const struct file *file)
{
	return !(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

int64_t sys_connect(struct thread *self, int32_t fd, gaddr_t guest, int32_t length)
{
	uint8_t name[LINUX_SOCKADDR_MAX];
	struct file *file;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	error = name_read(guest, length, name);
	if (!error)
		error = unix_connect(self, file->object, name, (uint32_t)length, blocks(file));
	file_put(file);
	return error;
}

int64_t sys_listen(struct thread *self, int32_t fd, int32_t backlog)
{
	struct file *file;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	error = unix_listen(self, file->object, backlog);
	file_put(file);
	return error;
}

int64_t sys_shutdown(struct thread *self, int32_t fd, int32_t how)
{
	struct file *file;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	error = unix_shutdown(file->object, how);
	file_put(file);
	return error;
}

int socket_name_write(gaddr_t guest, gaddr_t guest_length, const struct linux_sockaddr_un *name,
		      uint32_t length)
{
	int32_t room, full = (int32_t)length;
	if (guest_read(&room, guest_length, sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (room > full)
		room = full;
	if (room && guest_write(guest, name, (size_t)room))
		return -EFAULT;
	return guest_write(guest_length, &full, sizeof(full));
}

/* The name of a socket or of its peer: 0 or -ENOTCONN. */
static int name_of(struct unix_socket *socket, bool peer, struct linux_sockaddr_un *name, uint32_t *length)
{
	int error = 0;
	lock_acquire(&unix_lock);
	if (peer)
		socket = socket->peer;
	if (socket)
		*length = unix_show_name(socket->address, name);
	else
		error = -ENOTCONN;
	lock_release(&unix_lock);
	return error;
}

static int64_t name_call(struct thread *self, int32_t fd, bool peer, gaddr_t guest, gaddr_t guest_length)
{
	struct linux_sockaddr_un name;
	struct file *file;
	uint32_t length;
	int error = socket_find(self, fd, &file);
	if (error)
		return error;
	error = name_of(file->object, peer, &name, &length);
	if (!error)
		error = socket_name_write(guest, guest_length, &name, length);
	file_put(file);
	return error;
}

int64_t sys_getsockname(struct thread *self, int32_t fd, gaddr_t name, gaddr_t length)
{
	return name_call(self, fd, false, name, length);
}

int64_t sys_getpeername(struct thread *self, int32_t fd, gaddr_t name, gaddr_t length)
{
	return name_call(self, fd, true, name, length);
}

static int accept_name(struct unix_socket *socket, gaddr_t guest, gaddr_t guest_length)
{
	struct linux_sockaddr_un name;
	uint32_t length;
	if (!guest.value)
		return 0;
	if (name_of(socket, true, &name, &length))
		return -ECONNABORTED;
	return socket_name_write(guest, guest_length, &name, length);
}

static int64_t accept_file(struct thread *self, struct file *listener, gaddr_t name, gaddr_t length,
			   uint32_t flags)
{
	struct unix_socket *socket;
	struct file *file;
	int error = unix_accept(self, listener->object, blocks(listener), &socket);
	if (error)
		return error;
	file = unix_open_file(self, socket, flags);
	if (!file)
		return -ENFILE;
	error = accept_name(socket, name, length);
	if (error) {
		file_put(file);
		return error;
	}
	return files_install(self, file, 0, flags & LINUX_SOCK_CLOEXEC);
}

int64_t sys_accept4(struct thread *self, int32_t fd, gaddr_t name, gaddr_t length, int32_t flags)
{
	struct file *file;
	int64_t result;
	result = socket_find(self, fd, &file);
	if (result)
		return result;
	if ((uint32_t)flags & ~(LINUX_SOCK_CLOEXEC | LINUX_SOCK_NONBLOCK))
		result = -EINVAL;
	else
		result = accept_file(self, file, name, length, (uint32_t)flags);
	file_put(file);
	return result;
}

int64_t sys_accept(struct thread *self, int32_t fd, gaddr_t name, gaddr_t length)
{
	return sys_accept4(self, fd, name, length, 0);
}
