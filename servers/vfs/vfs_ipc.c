/* SPDX-License-Identifier: MIT */
/*
 * Handlers of the generated dispatch: a request with an id that was answered before gets the same answer; any other goes to its
 * operation, and its answer is remembered. Requests without an id change nothing and are simply done.
 */
#include "ops.h"
#include "replies.h"
#include "runtime/kernel.h"
#include "xattr.h"

/* MESSAGE(name, NUMBER): with an id and a reply. */
#define HANDLER_REMEMBERED(name, NUMBER)                                                                     \
	_Static_assert(sizeof(struct vfs_##name##_reply) <= REPLY_BYTES_MAX, #name " fits a slot");          \
	status_t vfs_on_##name(struct vfs_context *context, uint64_t badge,                                  \
			       const struct vfs_##name##_request *request, struct vfs_##name##_reply *reply) \
	{                                                                                                    \
		struct reply_key key = { badge, request->request_id, VFS_MESSAGE_##NUMBER };                 \
		status_code_t status;                                                                        \
		if (reply_repeat(context->tree, &key, &status, reply, sizeof *reply))                        \
			return status;                                                                       \
		status = name##_op(context, request, reply);                                                 \
		reply_remember(context->tree, &key, status, reply, sizeof *reply);                           \
		return status;                                                                               \
	}

/* With an id, without a reply. */
#define HANDLER_REMEMBERED_STATUS(name, operation, NUMBER)                                                   \
	status_t vfs_on_##name(struct vfs_context *context, uint64_t badge,                                  \
			       const struct vfs_##name##_request *request)                                   \
	{                                                                                                    \
		struct reply_key key = { badge, request->request_id, VFS_MESSAGE_##NUMBER };                 \
		status_code_t status;                                                                        \
		if (reply_repeat(context->tree, &key, &status, NULL, 0))                                     \
			return status;                                                                       \
		status = operation(context, request);                                                        \
		reply_remember(context->tree, &key, status, NULL, 0);                                        \
		return status;                                                                               \
	}

/* A question: no id. */
#define HANDLER_PLAIN(name, operation)                                                                       \
	status_t vfs_on_##name(struct vfs_context *context, uint64_t badge,                                  \
			       const struct vfs_##name##_request *request, struct vfs_##name##_reply *reply) \
	{                                                                                                    \
		(void)badge;                                                                                 \
		return operation(context, request, reply);                                                   \
	}

HANDLER_REMEMBERED(mount, MOUNT)
HANDLER_REMEMBERED_STATUS(unmount, unmount_op, UNMOUNT)
HANDLER_REMEMBERED_STATUS(remount, remount_op, REMOUNT)
HANDLER_PLAIN(lookup, lookup_op)
HANDLER_REMEMBERED(create, CREATE)
HANDLER_REMEMBERED(symlink, SYMLINK)
HANDLER_REMEMBERED(link, LINK)
HANDLER_REMEMBERED(unlink, UNLINK)
HANDLER_REMEMBERED(rename, RENAME)
HANDLER_PLAIN(read_directory, read_directory_op)
HANDLER_PLAIN(get_attributes, get_attributes_op)
HANDLER_REMEMBERED(set_attributes, SET_ATTRIBUTES)
HANDLER_PLAIN(read_link, read_link_op)
HANDLER_REMEMBERED_STATUS(extend_link, extend_link_op, EXTEND_LINK)
HANDLER_REMEMBERED(reserve, RESERVE)
HANDLER_REMEMBERED_STATUS(synchronise, synchronise_op, SYNCHRONISE)
HANDLER_PLAIN(filesystem_status, filesystem_status_op)
HANDLER_REMEMBERED_STATUS(forget, forget_op, FORGET)
HANDLER_REMEMBERED(allocate, ALLOCATE)
HANDLER_PLAIN(seek, seek_op)
HANDLER_PLAIN(get_xattr, xattr_get_op)
HANDLER_REMEMBERED_STATUS(set_xattr, xattr_set_op, SET_XATTR)
HANDLER_PLAIN(list_xattr, xattr_list_op)
HANDLER_REMEMBERED_STATUS(remove_xattr, xattr_remove_op, REMOVE_XATTR)
HANDLER_PLAIN(prepare, prepare_op)

/* Handles in a reply move, and vfs keeps its own. */
static status_t answer_copy(handle_t *object, uint32_t rights)
{
	struct call_result copy = k_handle_copy(*object, rights, 0);

	*object = call_handle(copy);
	return copy.status < 0 ? STATUS_NO_MEMORY : STATUS_OK;
}

status_t vfs_on_open_object(struct vfs_context *context, uint64_t badge,
			    const struct vfs_open_object_request *request,
			    struct vfs_open_object_reply *reply)
{
	status_code_t status = open_object_op(context, request, reply);

	(void)badge;
	if (status != STATUS_OK)
		return status;
	return answer_copy(&reply->object, RIGHT_READ | RIGHT_WRITE | RIGHT_EXEC | RIGHT_TRANSFER);
}

status_t vfs_on_open_window(struct vfs_context *context, uint64_t badge, struct vfs_open_window_reply *reply)
{
	status_code_t status = open_window_op(context, reply);

	(void)badge;
	return status == STATUS_OK ? answer_copy(&reply->object, RIGHT_READ | RIGHT_TRANSFER) : status;
}

status_t vfs_on_open_intents(struct vfs_context *context, uint64_t badge,
			     struct vfs_open_intents_reply *reply)
{
	status_code_t status = open_intents_op(context, reply);

	(void)badge;
	return status == STATUS_OK ? answer_copy(&reply->object, RIGHT_READ | RIGHT_WRITE | RIGHT_TRANSFER)
				   : status;
}
