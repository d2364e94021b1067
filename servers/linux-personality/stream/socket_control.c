/* SPDX-License-Identifier: MIT */
/*
 * Control data of messages: SCM_RIGHTS and SCM_CREDENTIALS (cmsg(3), unix(7)).
 */
#include "stream/socket.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "process/credentials.h"
#include "process/process.h"

#define CONTROL_MAX 131072u /* /proc/sys/net/core/optmem_max */
#define INFLIGHT_MAX 65536u
#define OVERFLOW_ID 65534u
#define HEADER ((uint64_t)sizeof(struct linux_cmsghdr))

/* The rights found so far move into a block with room for `more`. */
static int rights_extend(struct socket_send *send, uint32_t more)
{
	struct unix_rights *old = send->rights, *fresh;
	uint32_t count = old ? old->count : 0;
	if (count + more > LINUX_SCM_FILES_MAX)
		return -EINVAL;
	fresh = unix_rights_create(count + more);
	if (!fresh)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		fresh->files[i] = old->files[i];
	fresh->count = count;
	if (old)
		old->count = 0;
	unix_rights_drop(old);
	send->rights = fresh;
	return 0;
}

static int rights_read(struct thread *self, const uint8_t *data, uint64_t bytes, struct socket_send *send)
{
	uint32_t count = bytes / sizeof(int32_t) > LINUX_SCM_FILES_MAX ? LINUX_SCM_FILES_MAX + 1
								       : (uint32_t)(bytes / sizeof(int32_t));
	int error = count ? rights_extend(send, count) : 0;
	if (!error && __atomic_load_n(&unix_inflight, __ATOMIC_RELAXED) + count > INFLIGHT_MAX)
		error = -ETOOMANYREFS;
	for (uint32_t i = 0; !error && i < count; i++) {
		struct file *file;
		int32_t fd;
		memcpy(&fd, data + i * sizeof(fd), sizeof(fd));
		file = files_find_path(self->files, fd);
		if (file)
			send->rights->files[send->rights->count++] = file;
		else
			error = -EBADF;
	}
	return error;
}

static bool id_exists(int32_t id)
{
	bool exists;
	lock_acquire(&process_tree_lock);
	exists = process_find(id) || thread_find(id) || process_group_find(id);
	lock_release(&process_tree_lock);
	return exists;
}

static int credentials_read(struct thread *self, const uint8_t *data, uint64_t bytes,
			    struct socket_send *send)
{
	const struct credentials *own = self->credentials;
	struct linux_ucred claimed;
	if (bytes != sizeof(claimed))
		return -EINVAL;
	memcpy(&claimed, data, sizeof(claimed));
	if (claimed.pid != self->process->pid && !thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	if (claimed.uid != own->uid && claimed.uid != own->euid && claimed.uid != own->suid &&
	    !thread_capable(self, LINUX_CAP_SETUID))
		return -EPERM;
	if (claimed.gid != own->gid && claimed.gid != own->egid && claimed.gid != own->sgid &&
	    !thread_capable(self, LINUX_CAP_SETGID))
		return -EPERM;
	if (!id_exists(claimed.pid))
		return -ESRCH;
	send->credentials = claimed;
	send->claimed = true;
	return 0;
}

static int block_read(struct thread *self, const struct linux_cmsghdr *header, const uint8_t *data,
		      struct socket_send *send)
{
	if (header->level != LINUX_SOL_SOCKET)
		return 0;
	switch (header->type) {
	case LINUX_SCM_RIGHTS: return rights_read(self, data, header->length - HEADER, send);
	case LINUX_SCM_CREDENTIALS: return credentials_read(self, data, header->length - HEADER, send);
	default: return -EINVAL;
	}
}

static int blocks_read(struct thread *self, const uint8_t *control, uint64_t length, struct socket_send *send)
{
	struct linux_cmsghdr header;
	int error = 0;
	for (uint64_t at = 0; !error && length - at >= HEADER;) {
		memcpy(&header, control + at, sizeof(header));
		if (header.length < HEADER || header.length > length - at)
			return -EINVAL;
		error = block_read(self, &header, control + at + HEADER, send);
		if (LINUX_CMSG_ALIGN(header.length) >= length - at)
			break;
		at += LINUX_CMSG_ALIGN(header.length);
	}
	return error;
}

int socket_control_read(struct thread *self, gaddr_t control, uint64_t length, struct socket_send *send)
{
	uint8_t *copy;
	int error;
	if (!control.value || !length)
		return 0;
	if (length > CONTROL_MAX)
		return -ENOBUFS;
	copy = slab_allocate(length);
	if (!copy)
		return -ENOBUFS;
	error = guest_read(copy, control, length);
	if (!error)
		error = blocks_read(self, copy, length, send);
	slab_free(copy, length);
	if (error) {
		unix_rights_drop(send->rights);
		send->rights = NULL;
	}
	return error;
}

struct control_out {
	gaddr_t at;
	uint64_t room;
	uint32_t *flags;
};

/* One block, cut to the room there is. */
static void block_write(struct control_out *out, int32_t type, const void *data, uint64_t bytes)
{
	uint8_t block[HEADER + LINUX_SCM_FILES_MAX * sizeof(int32_t)];
	struct linux_cmsghdr header = { HEADER + bytes, LINUX_SOL_SOCKET, type };
	uint64_t space = LINUX_CMSG_ALIGN(header.length);
	if (!out->at.value || out->room < HEADER) {
		*out->flags |= LINUX_MSG_CTRUNC;
		return;
	}
	if (header.length > out->room) {
		*out->flags |= LINUX_MSG_CTRUNC;
		header.length = out->room;
	}
	memcpy(block, &header, sizeof(header));
	memcpy(block + HEADER, data, bytes);
	if (guest_write(out->at, block, header.length))
		return;
	space = space < out->room ? space : out->room;
	out->at = gaddr_add(out->at, space);
	out->room -= space;
}

/* Install as many as there is room for; the others are dropped by the caller and MSG_CTRUNC says so. */
static void rights_write(struct thread *self, struct control_out *out, const struct unix_rights *rights,
			 bool close_on_exec)
{
	uint64_t fits = out->at.value && out->room > HEADER ? (out->room - HEADER) / sizeof(int32_t) : 0;
	int32_t fds[LINUX_SCM_FILES_MAX];
	uint32_t count = 0;
	while (count < rights->count && count < fits) {
		file_get(rights->files[count]);
		fds[count] = files_install(self, rights->files[count], 0, close_on_exec);
		if (fds[count] < 0)
			break;
		count++;
	}
	if (count)
		block_write(out, LINUX_SCM_RIGHTS, fds, count * sizeof(fds[0]));
	if (count < rights->count)
		*out->flags |= LINUX_MSG_CTRUNC;
}

/* Ids that nobody noted when the message was sent are shown as the overflow ids. */
static void credentials_write(struct control_out *out, struct linux_ucred credentials)
{
	if (credentials.uid == UINT32_MAX)
		credentials.uid = OVERFLOW_ID;
	if (credentials.gid == UINT32_MAX)
		credentials.gid = OVERFLOW_ID;
	block_write(out, LINUX_SCM_CREDENTIALS, &credentials, sizeof(credentials));
}

int socket_control_write(struct thread *self, struct socket_receive *receive, gaddr_t control,
			 uint64_t *length)
{
	struct control_out out = { control, *length, &receive->flags_out };
	if (receive->has_credentials)
		credentials_write(&out, receive->credentials);
	if (receive->rights)
		rights_write(self, &out, receive->rights, receive->flags & LINUX_MSG_CMSG_CLOEXEC);
	unix_rights_drop(receive->rights);
	receive->rights = NULL;
	*length -= out.room;
	return 0;
}
