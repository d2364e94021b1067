/* SPDX-License-Identifier: MIT */
/*
 * Entries of the vfs server's directories: a few come in the reply, many through the server's window, which is ours from
 * the request until the entries are copied out of it.
 */
#include "fs/remote.h"

#include <string.h>

#include "core/errno.h"
#include "core/survive.h"
#include "runtime/kernel.h"

SURVIVES static struct mutex window_mutex;
SURVIVES static handle_t window;

static int64_t entries_from_reply(const struct vfs_read_directory_request *request, void *buffer)
{
	struct vfs_read_directory_reply reply;
	status_code_t status = vfs_read_directory(vfs_endpoint, request, &reply);
	if (status < 0)
		return errno_from_status(status);
	if (reply.entries_bytes > request->max_bytes)
		return -EIO;
	memcpy(buffer, reply.entries, reply.entries_bytes);
	return reply.entries_bytes;
}

static int window_open_locked(void)
{
	struct vfs_open_window_reply reply;
	status_code_t status;
	if (window.value)
		return 0;
	status = vfs_open_window(vfs_endpoint, &reply);
	if (status == STATUS_OK)
		window = reply.object;
	return errno_from_status(status);
}

/* A server that began anew knows no window yet, and says INVALID: then a new one is asked for, once. */
static status_code_t window_request_locked(const struct vfs_read_directory_request *request,
					   struct vfs_read_directory_reply *reply)
{
	status_code_t status = vfs_read_directory(vfs_endpoint, request, reply);
	if (status != STATUS_INVALID)
		return status;
	(void)k_handle_close(window);
	window = HANDLE_NONE;
	return window_open_locked() ? STATUS_NO_MEMORY : vfs_read_directory(vfs_endpoint, request, reply);
}

static int64_t entries_from_window_locked(const struct vfs_read_directory_request *request, void *buffer)
{
	struct vfs_read_directory_reply reply;
	struct call_result copied;
	status_code_t status;
	int error = window_open_locked();
	if (error)
		return error;
	status = window_request_locked(request, &reply);
	if (status < 0)
		return errno_from_status(status);
	if (reply.window_bytes > request->max_bytes)
		return -EIO;
	copied = k_object_read(window, 0, own_address(buffer), reply.window_bytes);
	if (copied.status < 0 || copied.value != reply.window_bytes)
		return -EIO;
	return reply.window_bytes;
}

int64_t remote_read_directory(struct thread *self, struct inode *directory, uint64_t cookie, void *buffer,
			      uint32_t max)
{
	struct vfs_read_directory_request request = { .directory = directory->ref,
						      .cookie = cookie,
						      .max_bytes = max };
	int64_t bytes;
	(void)self;
	if (max <= REMOTE_ENTRIES_BYTES)
		return entries_from_reply(&request, buffer);
	request.in_window = 1;
	mutex_acquire(&window_mutex);
	bytes = entries_from_window_locked(&request, buffer);
	mutex_release(&window_mutex);
	return bytes;
}
