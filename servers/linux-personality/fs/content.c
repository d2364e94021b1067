/* SPDX-License-Identifier: MIT */
/*
 * Contents of vfs inodes: the page-cache object, reservation, truncation, and what the last close owes.
 */
#include "fs/inode.h"

#include "abi/stubs.h"
#include "core/errno.h"
#include "fs/remote.h"

/* Fetch the object and reserve [start, end) where end is not 0. */
static int content_open(struct inode *inode, uint64_t start, uint64_t end, handle_t *object)
{
	struct vfs_open_object_request request = { .inode = inode->ref, .start = start, .end = end };
	struct vfs_open_object_reply reply;
	status_code_t status;
	if (!inode->super || inode->super->type != SUPER_VFS)
		return -ENODEV;
	status = vfs_open_object(vfs_endpoint, &request, &reply);
	if (status < 0)
		return errno_from_status(status);
	lock_acquire(&inode->lock);
	if (end || !inode->object.value)
		__atomic_store_n(&inode->writable_end, reply.writable_end, __ATOMIC_RELEASE);
	if (inode->object.value)
		k_handle_close(reply.object);
	else
		__atomic_store_n(&inode->object.value, reply.object.value, __ATOMIC_RELEASE);
	*object = inode->object;
	lock_release(&inode->lock);
	return 0;
}

int inode_object(struct inode *inode, handle_t *object)
{
	if (!__atomic_load_n(&inode->object.value, __ATOMIC_ACQUIRE))
		return content_open(inode, 0, 0, object);
	*object = inode->object;
	return 0;
}

int inode_reserve(struct inode *inode, uint64_t start, uint64_t end)
{
	struct vfs_reserve_request request = {
		.request_id = remote_request_id(), .inode = inode->ref, .start = start, .end = end
	};
	struct vfs_reserve_reply reply;
	status_code_t status;
	if (end <= __atomic_load_n(&inode->writable_end, __ATOMIC_ACQUIRE))
		return 0;
	status = vfs_reserve(vfs_endpoint, &request, &reply);
	if (status < 0)
		return errno_from_status(status);
	__atomic_store_n(&inode->writable_end, reply.writable_end, __ATOMIC_RELEASE);
	return 0;
}

int inode_writable_object(struct inode *inode, uint64_t start, uint64_t end, handle_t *object)
{
	int error;
	if (!__atomic_load_n(&inode->object.value, __ATOMIC_ACQUIRE))
		return content_open(inode, start, end, object);
	error = inode_reserve(inode, start, end);
	*object = inode->object;
	return error;
}

/* Nothing to cut and nothing promised: the server need not be asked. */
static bool content_is_empty(const struct inode *inode)
{
	return !inode->attributes.size && !inode->attributes.blocks && !inode->writable_end &&
	       !inode->mapped_shared && !__atomic_load_n(&inode->outdated, __ATOMIC_ACQUIRE);
}

int inode_truncate(struct inode *inode, uint64_t size)
{
	const uint32_t mask = VFS_SET_SIZE | VFS_SET_MODIFIED | VFS_SET_CHANGED;
	struct vfs_attributes attributes = inode->attributes;
	uint64_t end = (size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	int error;
	if (!inode->super || !inode_provider(inode)->set_attributes)
		return -EINVAL;
	attributes.size = size;
	attributes.modified = attributes.changed = time_now();
	if (!size && content_is_empty(inode)) {
		inode_set(inode, mask, &attributes);
		__atomic_or_fetch(&inode->dirty, VFS_SET_MODIFIED | VFS_SET_CHANGED, __ATOMIC_RELEASE);
		return 0;
	}
	error = inode_provider(inode)->set_attributes(inode, mask, &attributes);
	if (error)
		return error;
	inode_set(inode, mask, &attributes);
	__atomic_and_fetch(&inode->dirty, ~(uint32_t)VFS_SET_GROWN, __ATOMIC_RELAXED);
	if (inode->writable_end > end)
		__atomic_store_n(&inode->writable_end, 0, __ATOMIC_RELEASE);
	return 0;
}

static void content_give_back(struct inode *inode)
{
	struct vfs_reserve_request request = { .request_id = remote_request_id(), .inode = inode->ref };
	struct vfs_reserve_reply reply;
	request.start = request.end = inode->attributes.size;
	if (vfs_reserve(vfs_endpoint, &request, &reply) == STATUS_OK)
		__atomic_store_n(&inode->writable_end, reply.writable_end, __ATOMIC_RELEASE);
}

int inode_prepare_map(struct inode *inode, uint64_t start, uint64_t end, bool writable)
{
	uint64_t size = inode->attributes.size;
	int error = 0;
	mutex_acquire(&inode->content);
	lock_acquire(&inode->lock);
	inode->mapped_shared |= writable;
	inode_changed(inode);
	lock_release(&inode->lock);
	if (inode->writable_end > size + PAGE_SIZE)
		content_give_back(inode);
	if (writable && start < size)
		error = inode_reserve(inode, start, end < size ? end : size);
	mutex_release(&inode->content);
	return error;
}

void inode_closed(struct inode *inode)
{
	struct vfs_forget_request request = { .inode = inode->ref };
	if (__atomic_sub_fetch(&inode->opens, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	if (inode->stale || !inode->super || inode->super->type != SUPER_VFS)
		return;
	if (inode->nameless) {
		inode->stale = true;
		request.request_id = remote_request_id();
		(void)!vfs_forget(vfs_endpoint, &request);
	} else if (inode->writable_end > inode->attributes.size + PAGE_SIZE) {
		content_give_back(inode);
	}
}
