/* SPDX-License-Identifier: MIT */
/*
 * The kernel log as Linux programs read and write it: syslog(2) and /dev/kmsg.
 *
 * Reading is of the kernel's own ring; each reader keeps its position. Messages written by programs go to the same ring.
 */
#include "system/log.h"

#include "abi/blocks.h"
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/kinds.h"
#include "linux_abi/files.h"
#include "linux_abi/poll.h"
#include "process/credentials.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define LOG_BYTES 65536u
#define LINE_MAX_BYTES 976u
#define LEVEL_DEFAULT 7

enum syslog_action {
	SYSLOG_READ = 2,
	SYSLOG_READ_ALL,
	SYSLOG_READ_CLEAR,
	SYSLOG_CLEAR,
	SYSLOG_CONSOLE_OFF,
	SYSLOG_CONSOLE_ON,
	SYSLOG_CONSOLE_LEVEL,
	SYSLOG_SIZE_UNREAD,
	SYSLOG_SIZE_BUFFER
};

static handle_t system_handle;
SURVIVES static uint64_t cleared_position, read_position;
SURVIVES static int32_t console_level;

void system_log_init(handle_t system)
{
	system_handle = system;
	console_level = LEVEL_DEFAULT;
}

/* Bytes from a position of the ring on; the position moves behind them. */
static int64_t ring_read(uint64_t *position, void *buffer, uint64_t bytes)
{
	struct call_result result = k_log_read(system_handle, (uaddr_t){ (uintptr_t)position },
					       (uaddr_t){ (uintptr_t)buffer }, bytes);
	return result.status < 0 ? errno_from_status(result.status) : (int64_t)result.value;
}

/* The newest `bytes` of the log behind a position. */
static int64_t log_tail(uint64_t position, gaddr_t out, uint64_t bytes)
{
	char *text = slab_allocate(LOG_BYTES);
	int64_t length;
	if (!text)
		return -ENOMEM;
	length = ring_read(&position, text, LOG_BYTES);
	if (length > 0) {
		int64_t skip = (uint64_t)length > bytes ? length - (int64_t)bytes : 0;
		length -= skip;
		if (guest_write(out, text + skip, (size_t)length))
			length = -EFAULT;
	}
	slab_free(text, LOG_BYTES);
	return length;
}

static int64_t log_unread(uint64_t position)
{
	char *text = slab_allocate(LOG_BYTES);
	int64_t length = text ? ring_read(&position, text, LOG_BYTES) : -ENOMEM;
	if (text)
		slab_free(text, LOG_BYTES);
	return length;
}

static int64_t log_read_call(int32_t action, gaddr_t out, int32_t bytes)
{
	int64_t length;
	if (!out.value || bytes < 0)
		return -EINVAL;
	if (!bytes)
		return 0;
	length = log_tail(action == SYSLOG_READ ? read_position : cleared_position, out, (uint64_t)bytes);
	if (action == SYSLOG_READ && length > 0)
		read_position += (uint64_t)length;
	if (action == SYSLOG_READ_CLEAR && length >= 0)
		cleared_position += (uint64_t)log_unread(cleared_position);
	return length;
}

static int64_t log_console_call(int32_t action, int32_t level)
{
	if (action == SYSLOG_CONSOLE_LEVEL && (level < 1 || level > 8))
		return -EINVAL;
	console_level = action == SYSLOG_CONSOLE_OFF  ? 1
			: action == SYSLOG_CONSOLE_ON ? LEVEL_DEFAULT
						      : level;
	return 0;
}

int64_t sys_syslog(struct thread *self, int32_t action, gaddr_t out, int32_t bytes)
{
	bool open_to_all = action == SYSLOG_READ_ALL || action == SYSLOG_SIZE_BUFFER;
	if (!open_to_all && !thread_capable(self, LINUX_CAP_SYSLOG) &&
	    !thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	switch (action) {
	case 0:
	case 1: return 0;
	case SYSLOG_READ:
	case SYSLOG_READ_ALL:
	case SYSLOG_READ_CLEAR: return log_read_call(action, out, bytes);
	case SYSLOG_CLEAR: cleared_position += (uint64_t)log_unread(cleared_position); return 0;
	case SYSLOG_CONSOLE_OFF:
	case SYSLOG_CONSOLE_ON:
	case SYSLOG_CONSOLE_LEVEL: return log_console_call(action, bytes);
	case SYSLOG_SIZE_UNREAD: return log_unread(read_position);
	case SYSLOG_SIZE_BUFFER: return LOG_BYTES;
	default: return -EINVAL;
	}
}

static int64_t kmsg_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	char line[LINE_MAX_BYTES];
	uint64_t bytes = iter->remaining;
	int64_t moved;
	(void)self;
	(void)file;
	(void)offset;
	if (bytes > LINE_MAX_BYTES)
		return -EINVAL;
	moved = iter_from_guest(iter, line, bytes);
	if (moved > 0)
		(void)k_log_write((uaddr_t){ (uintptr_t)line }, (uint64_t)moved);
	return moved;
}

/* A record is one line, "level,sequence,microseconds,-;text". The file's offset is the position in the ring. */
static int64_t kmsg_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	static const char prefix[] = "6,0,0,-;";
	char line[sizeof(prefix) + LINE_MAX_BYTES];
	uint64_t position = *offset;
	int64_t length, used = 0;
	(void)self;
	for (unsigned i = 0; i < sizeof(prefix) - 1; i++)
		line[i] = prefix[i];
	length = ring_read(&position, line + sizeof(prefix) - 1, LINE_MAX_BYTES);
	if (length <= 0)
		return length < 0 ? length : file->flags & LINUX_O_NONBLOCK ? -EAGAIN : 0;
	while (used < length && line[(int64_t)sizeof(prefix) - 1 + used++] != '\n')
		;
	if (iter->remaining < (uint64_t)used + sizeof(prefix) - 1)
		return -EINVAL;
	*offset = position - (uint64_t)(length - used);
	return iter_to_guest(iter, line, (uint64_t)used + sizeof(prefix) - 1);
}

static int64_t kmsg_seek(struct thread *self, struct file *file, int64_t offset, int32_t whence)
{
	(void)self;
	if (offset)
		return -ESPIPE;
	if (whence == LINUX_SEEK_SET)
		file->offset = 0;
	else if (whence == LINUX_SEEK_END)
		file->offset += (uint64_t)log_unread(file->offset);
	else
		return -EINVAL;
	return 0;
}

static uint32_t kmsg_poll(struct file *file, struct poll_table *table)
{
	(void)table;
	return LINUX_POLLOUT | LINUX_POLLWRNORM |
	       (log_unread(file->offset) > 0 ? LINUX_POLLIN | LINUX_POLLRDNORM : 0);
}

const struct file_operations kmsg_operations = {
	.read = kmsg_read,
	.write = kmsg_write,
	.seek = kmsg_seek,
	.poll = kmsg_poll,
	.seekable = true,
	.no_pread = true,
};
