/* SPDX-License-Identifier: MIT */
/*
 * Operations on extended attributes. An inode has few of them: they are a list, newest first, and a replaced value keeps its place.
 * The names of one inode together fit into one reply of list_xattr; more are refused with NO_SPACE.
 */
#include <string.h>
#include "inode.h"
#include "store.h"
#include "xattr.h"

#define LIST_BYTES_MAX 3584u

static bool has_prefix(struct name name, const char *prefix)
{
	size_t bytes = strlen(prefix);

	return name.bytes > bytes && memcmp(name.text, prefix, bytes) == 0;
}

static bool is_kept(struct name name)
{
	return has_prefix(name, "trusted.") || has_prefix(name, "security.");
}

static bool is_access_list(const struct inode *inode, struct name name)
{
	return has_prefix(name, "system.posix_acl_") && !inode_is(inode, MODE_SYMLINK);
}

static size_t xattr_bytes(const struct xattr *xattr)
{
	return sizeof *xattr + xattr->name_bytes + xattr->value_bytes;
}

/* The link that leads to an attribute, or to the end of the list. */
static struct xattr **find_link(struct inode *inode, struct name name)
{
	struct xattr **link = &inode->xattrs;

	while (*link &&
	       ((*link)->name_bytes != name.bytes || memcmp((*link)->bytes, name.text, name.bytes) != 0))
		link = &(*link)->next;
	return link;
}

static void remove_link(struct xattr **link)
{
	struct xattr *gone = *link;

	*link = gone->next;
	store_free(gone, xattr_bytes(gone));
}

void xattr_clear(struct inode *inode)
{
	while (inode->xattrs)
		remove_link(&inode->xattrs);
}

status_t xattr_get_op(struct vfs_context *vfs, const struct vfs_get_xattr_request *request,
		      struct vfs_get_xattr_reply *reply)
{
	struct name name = { request->name, request->name_bytes };
	struct inode *inode;
	const struct xattr *xattr;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	if (!is_kept(name))
		return is_access_list(inode, name) ? STATUS_NOT_FOUND : STATUS_NOT_SUPPORTED;
	xattr = *find_link(inode, name);
	if (!xattr)
		return STATUS_NOT_FOUND;
	memcpy(reply->value, xattr->bytes + xattr->name_bytes, xattr->value_bytes);
	reply->value_bytes = xattr->value_bytes;
	return STATUS_OK;
}

static uint32_t listed_bytes(const struct inode *inode)
{
	uint32_t bytes = 0;

	for (const struct xattr *xattr = inode->xattrs; xattr; xattr = xattr->next)
		bytes += xattr->name_bytes + 1;
	return bytes;
}

static status_t check_set(struct inode *inode, const struct vfs_set_xattr_request *request)
{
	struct name name = { request->name, request->name_bytes };
	bool there = *find_link(inode, name) != NULL;

	if (!is_kept(name))
		return STATUS_NOT_SUPPORTED;
	if (request->flags & ~(VFS_XATTR_CREATE | VFS_XATTR_REPLACE))
		return STATUS_INVALID;
	if (filesystem_is_read_only(inode->filesystem))
		return STATUS_READ_ONLY;
	if (there && (request->flags & VFS_XATTR_CREATE))
		return STATUS_EXISTS;
	if (!there && (request->flags & VFS_XATTR_REPLACE))
		return STATUS_NOT_FOUND;
	if (!there && listed_bytes(inode) + name.bytes + 1 > LIST_BYTES_MAX)
		return STATUS_NO_SPACE;
	return STATUS_OK;
}

status_t xattr_set_op(struct vfs_context *vfs, const struct vfs_set_xattr_request *request)
{
	struct name name = { request->name, request->name_bytes };
	struct inode *inode;
	struct xattr *xattr, **link;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status == STATUS_OK)
		status = check_set(inode, request);
	if (status != STATUS_OK)
		return status;
	xattr = store_allocate(sizeof *xattr + name.bytes + request->value_bytes);
	if (!xattr)
		return STATUS_NO_MEMORY;
	xattr->name_bytes = name.bytes;
	xattr->value_bytes = request->value_bytes;
	memcpy(xattr->bytes, name.text, name.bytes);
	if (request->value_bytes)
		memcpy(xattr->bytes + name.bytes, request->value, request->value_bytes);
	link = find_link(inode, name);
	if (*link)
		remove_link(link);
	else
		link = &inode->xattrs;
	xattr->next = *link;
	*link = xattr;
	inode->changed = request->now;
	return STATUS_OK;
}

status_t xattr_list_op(struct vfs_context *vfs, const struct vfs_list_xattr_request *request,
		       struct vfs_list_xattr_reply *reply)
{
	struct inode *inode;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	reply->names_bytes = 0;
	for (const struct xattr *xattr = inode->xattrs; xattr; xattr = xattr->next) {
		memcpy(reply->names + reply->names_bytes, xattr->bytes, xattr->name_bytes);
		reply->names_bytes += xattr->name_bytes;
		reply->names[reply->names_bytes++] = 0;
	}
	return STATUS_OK;
}

status_t xattr_remove_op(struct vfs_context *vfs, const struct vfs_remove_xattr_request *request)
{
	struct name name = { request->name, request->name_bytes };
	struct inode *inode;
	struct xattr **link;
	status_code_t status = inode_find(vfs, &request->inode, &inode);

	if (status != STATUS_OK)
		return status;
	if (!is_kept(name))
		return STATUS_NOT_SUPPORTED;
	if (filesystem_is_read_only(inode->filesystem))
		return STATUS_READ_ONLY;
	link = find_link(inode, name);
	if (!*link)
		return STATUS_NOT_FOUND;
	remove_link(link);
	inode->changed = request->now;
	return STATUS_OK;
}
