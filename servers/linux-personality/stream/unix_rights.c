/* SPDX-License-Identifier: MIT */
/*
 * Descriptors in messages (SCM_RIGHTS): counted in flight while queued, dropped without recursion.
 *
 * Dropping the last reference of a socket drops its queue, which may hold sockets, and so on: each thread that drops rights puts
 * them on a list, and only the outermost call works the list off.
 */
#include "stream/unix_socket.h"

#include "core/slab.h"
#include "core/survive.h"

SURVIVES uint32_t unix_inflight;
SURVIVES static struct unix_rights *dying; /* U */
static __thread bool dropping;

static size_t rights_bytes(uint32_t capacity)
{
	return sizeof(struct unix_rights) + capacity * sizeof(struct file *);
}

struct unix_socket *unix_of_file(const struct file *file)
{
	return file->kind == FILE_SOCKET ? file->object : NULL;
}

struct unix_rights *unix_rights_create(uint32_t capacity)
{
	struct unix_rights *rights = slab_allocate(rights_bytes(capacity));
	if (rights)
		rights->capacity = capacity;
	return rights;
}

struct unix_rights *unix_rights_copy(const struct unix_rights *rights)
{
	struct unix_rights *copy = unix_rights_create(rights->count);
	if (!copy)
		return NULL;
	copy->count = rights->count;
	for (uint32_t i = 0; i < rights->count; i++) {
		copy->files[i] = rights->files[i];
		file_get(copy->files[i]);
	}
	return copy;
}

void unix_rights_fly(struct unix_rights *rights, bool fly)
{
	for (uint32_t i = 0; rights && i < rights->count; i++) {
		struct unix_socket *socket = unix_of_file(rights->files[i]);
		if (!socket)
			continue;
		socket->inflight += fly ? 1 : -1u;
		unix_inflight += fly ? 1 : -1u;
	}
}

static struct unix_rights *dying_take(void)
{
	struct unix_rights *rights;
	lock_acquire(&unix_lock);
	rights = dying;
	if (rights)
		dying = rights->next;
	lock_release(&unix_lock);
	return rights;
}

void unix_rights_drop(struct unix_rights *rights)
{
	if (!rights)
		return;
	lock_acquire(&unix_lock);
	rights->next = dying;
	dying = rights;
	lock_release(&unix_lock);
	if (dropping)
		return;
	dropping = true;
	while ((rights = dying_take())) {
		for (uint32_t i = 0; i < rights->count; i++)
			file_put(rights->files[i]);
		slab_free(rights, rights_bytes(rights->capacity));
	}
	dropping = false;
}
