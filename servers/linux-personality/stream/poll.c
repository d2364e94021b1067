/* SPDX-License-Identifier: MIT */
/*
 * poll(2) and ppoll(2).
 */
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/files.h"
#include "linux_abi/poll.h"
#include "process/process.h"
#include "process/restart.h"
#include "route/descriptors.h"
#include "stream/poll_table.h"
#include "stream/poll_timeout.h"

#define POLL_INLINE 128u
#define RLIMIT_DESCRIPTORS 7
#define NS_PER_MS 1000000ull

struct poll_set {
	struct linux_pollfd *entries;
	uint32_t count;
	struct linux_pollfd own[POLL_INLINE];
};

static int64_t poll_scan_entries(struct thread *self, struct poll_table *table, void *context)
{
	struct poll_set *set = context;
	int64_t ready = 0;
	for (uint32_t i = 0; i < set->count; i++) {
		struct linux_pollfd *entry = &set->entries[i];
		uint32_t events = 0;
		if (entry->fd >= 0)
			events = poll_descriptor(self, entry->fd, entry->events, ready ? NULL : table);
		entry->revents = (uint16_t)events;
		ready += entry->revents != 0;
	}
	return ready;
}

static void poll_set_free(struct poll_set *set)
{
	if (set->entries != set->own)
		slab_free(set->entries, set->count * sizeof(set->entries[0]));
}

static int poll_set_read(struct thread *self, struct poll_set *set, gaddr_t entries, uint32_t count)
{
	int error;
	if (count > self->process->limits[RLIMIT_DESCRIPTORS].soft)
		return -EINVAL;
	set->count = count;
	set->entries = count <= POLL_INLINE ? set->own : slab_allocate(count * sizeof(set->entries[0]));
	if (!set->entries)
		return -ENOMEM;
	error = guest_read(set->entries, entries, count * sizeof(set->entries[0]));
	if (error)
		poll_set_free(set);
	return error;
}

/* Make a row, so that the kernel can tell itself what the descriptor is ready for; false: it never can. */
static bool entry_route(struct thread *self, int32_t fd)
{
	struct file *file = fd < 0 ? NULL : files_find(self->files, fd);
	bool possible = file && file->kind != FILE_EPOLL && descriptor_route_possible(file);
	if (possible)
		files_route(self, fd, file);
	if (file)
		file_put(file);
	return possible || fd < 0;
}

/* The kernel could have answered: the next time it can, if it can for all. */
static void poll_route(struct thread *self, const struct poll_set *set)
{
	for (uint32_t i = 0; i < set->count; i++)
		if (!entry_route(self, set->entries[i].fd))
			break;
}

static int64_t poll_call(struct thread *self, gaddr_t entries, uint32_t count, uint64_t deadline_ns)
{
	struct poll_set set;
	int64_t result = poll_set_read(self, &set, entries, count);
	if (result)
		return result;
	result = poll_until(self, deadline_ns, poll_scan_entries, &set);
	if (result >= 0 && guest_write(entries, set.entries, count * sizeof(set.entries[0])))
		result = -EFAULT;
	if (result > 0 || (!result && !deadline_ns))
		poll_route(self, &set);
	poll_set_free(&set);
	return result;
}

static int64_t poll_restartable(struct thread *self, gaddr_t entries, uint32_t count, uint64_t deadline_ns)
{
	int64_t result = poll_call(self, entries, count, deadline_ns);
	if (result != -ERESTARTNOHAND)
		return result;
	self->restart = (struct restart_block){ .kind = RESTART_POLL, .deadline_ns = deadline_ns };
	self->restart.arguments[0] = entries.value;
	self->restart.arguments[1] = count;
	return -ERESTART_RESTARTBLOCK;
}

int64_t restart_poll(struct thread *self)
{
	const struct restart_block block = self->restart;
	return poll_restartable(self, (gaddr_t){ block.arguments[0] }, (uint32_t)block.arguments[1],
				block.deadline_ns);
}

int64_t sys_poll(struct thread *self, gaddr_t entries, uint32_t count, int32_t timeout_ms)
{
	uint64_t deadline_ns = DEADLINE_NEVER;
	if (timeout_ms >= 0)
		deadline_ns = timeout_ms ? clock_monotonic_ns() + (uint64_t)timeout_ms * NS_PER_MS : 0;
	return poll_restartable(self, entries, count, deadline_ns);
}

int64_t sys_ppoll(struct thread *self, gaddr_t entries, uint32_t count, gaddr_t time, gaddr_t mask,
		  uint64_t set_bytes)
{
	struct poll_timeout timeout;
	int64_t result = poll_timeout_read(&timeout, time, POLL_TIMESPEC);
	if (!result)
		result = poll_mask_begin(self, mask, set_bytes);
	if (result)
		return result;
	result = poll_call(self, entries, count, timeout.deadline_ns);
	poll_mask_end(self, mask, result);
	return poll_timeout_finish(self, &timeout, result);
}
