/* SPDX-License-Identifier: MIT */
/*
 * The kernel log as Linux programs read it: syslog(2), and what /dev/kmsg (kmsg.c) needs of it.
 *
 * Reading is of the kernel's own ring; each reader keeps its position. Messages written by programs go to the same ring
 * and wake who waits for more. Those of the kernel and of other servers do not: who waits looks again each second.
 */
#include "system/log.h"

#include "abi/blocks.h"
#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "core/survive.h"
#include "process/credentials.h"
#include "process/restart.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define LOG_BYTES 65536u
#define LOOK_AGAIN_SECONDS 1
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
SURVIVES struct wait_queue log_readers;

void system_log_init(handle_t system)
{
	system_handle = system;
	console_level = LEVEL_DEFAULT;
	wait_queue_init(&log_readers);
}

int64_t log_ring_read(uint64_t *position, void *buffer, uint64_t bytes)
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
	length = log_ring_read(&position, text, LOG_BYTES);
	if (length > 0) {
		int64_t skip = (uint64_t)length > bytes ? length - (int64_t)bytes : 0;
		length -= skip;
		if (guest_write(out, text + skip, (size_t)length))
			length = -EFAULT;
	}
	slab_free(text, LOG_BYTES);
	return length;
}

uint64_t log_end(void)
{
	uint64_t position = UINT64_MAX;
	char byte;
	return log_ring_read(&position, &byte, 1) ? 0 : position;
}

uint64_t log_unread(uint64_t position)
{
	uint64_t unread = log_end() - position;
	return unread < LOG_BYTES ? unread : LOG_BYTES;
}

int log_wait(struct thread *self, uint64_t position)
{
	struct wait_node node = { 0 };
	int error = 0;
	wait_prepare(self, &node, &log_readers);
	for (;;) {
		char byte;
		uint64_t from = position;
		if (error || log_ring_read(&from, &byte, 1))
			break;
		error = wait_sleep(self, deadline_after(LOOK_AGAIN_SECONDS, 0), WAIT_SIGNALS);
		if (error == -ETIMEDOUT)
			error = 0;
	}
	wait_finish(self, &node);
	return error;
}

/* The oldest text that nobody has read yet, once there is some; another reader may be first with it. */
static int64_t take_unread(struct thread *self, char *text, uint64_t bytes)
{
	for (;;) {
		uint64_t from = __atomic_load_n(&read_position, __ATOMIC_RELAXED), position = from;
		int64_t length = log_wait(self, from);
		if (!length)
			length = log_ring_read(&position, text, bytes);
		if (length <= 0 || __atomic_compare_exchange_n(&read_position, &from, position, false,
							       __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return length;
	}
}

static int64_t log_consume(struct thread *self, gaddr_t out, uint64_t bytes)
{
	uint64_t most = bytes < LOG_BYTES ? bytes : LOG_BYTES;
	char *text = slab_allocate(most);
	int64_t length;
	if (!text)
		return -ENOMEM;
	length = take_unread(self, text, most);
	if (length > 0 && guest_write(out, text, (size_t)length))
		length = -EFAULT;
	slab_free(text, most);
	return length;
}

static int64_t log_read_call(struct thread *self, int32_t action, gaddr_t out, int32_t bytes)
{
	int64_t length;
	if (!out.value || bytes < 0)
		return -EINVAL;
	if (!bytes)
		return 0;
	if (action == SYSLOG_READ)
		return log_consume(self, out, (uint64_t)bytes);
	length = log_tail(cleared_position, out, (uint64_t)bytes);
	if (action == SYSLOG_READ_CLEAR && length >= 0)
		cleared_position = log_end();
	return length;
}

uint64_t log_cleared(void)
{
	return cleared_position;
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
	case SYSLOG_READ_CLEAR: return log_read_call(self, action, out, bytes);
	case SYSLOG_CLEAR: cleared_position = log_end(); return 0;
	case SYSLOG_CONSOLE_OFF:
	case SYSLOG_CONSOLE_ON:
	case SYSLOG_CONSOLE_LEVEL: return log_console_call(action, bytes);
	case SYSLOG_SIZE_UNREAD: return (int64_t)log_unread(read_position);
	case SYSLOG_SIZE_BUFFER: return LOG_BYTES;
	default: return -EINVAL;
	}
}
