/* SPDX-License-Identifier: MIT */
/*
 * One call for each operation, on the host.
 */
#include <string.h>
#include "harness.h"

#define NAMES_BYTES_MAX 8192
#define REPLY_BYTES 4096

struct vfs_context vfs;
bool harness_check = true;
struct vfs_timestamp clock_now = { 1000, 0, 0 };
struct vfs_rename_reply rename_reply;

static void check_tree(void)
{
	const char *wrong = harness_check ? tree_check(vfs.tree) : NULL;

	if (wrong)
		fail_msg("%s", wrong);
}

void vfs_start(const void *archive, size_t bytes)
{
	harness_check = true;
	store_fail_at(0);
	backing_fail_at(0);
	vfs = (struct vfs_context){ .tree = tree_create(12345),
				    .backing = &host_backing,
				    .archive = archive,
				    .archive_bytes = bytes,
				    .memory_pages = MEMORY_PAGES };
	assert_non_null(vfs.tree);
}

void vfs_stop(void)
{
	check_tree();
	tree_destroy(&vfs);
	assert_int_equal(store_live(), 0);
	assert_int_equal(backing_live(), 0);
}

status_t mount_try(const char *type, const char *options, struct vfs_mount_reply *reply)
{
	struct vfs_mount_request request = { .type = type,
					     .type_bytes = (uint32_t)strlen(type),
					     .options = options,
					     .options_bytes = (uint32_t)strlen(options),
					     .source = "",
					     .now = clock_now };
	status_code_t status = mount_op(&vfs, &request, reply);

	check_tree();
	return status;
}

struct vfs_inode_ref mounted(const char *options)
{
	struct vfs_mount_reply reply;

	assert_int_equal(mount_try("tmpfs", options, &reply), STATUS_OK);
	return reply.root;
}

status_t make_try(struct vfs_inode_ref directory, const char *name, uint32_t mode, struct vfs_inode_ref *made)
{
	struct vfs_create_request request = { .directory = directory,
					      .mode = mode,
					      .user = 10,
					      .group = 20,
					      .device = 5ull << 32 | 1,
					      .now = clock_now,
					      .name = name,
					      .name_bytes = (uint32_t)strlen(name) };
	struct vfs_create_reply reply = { 0 };
	status_code_t status = create_op(&vfs, &request, &reply);

	check_tree();
	*made = reply.ref;
	return status;
}

struct vfs_inode_ref make(struct vfs_inode_ref directory, const char *name, uint32_t mode)
{
	struct vfs_inode_ref made;

	assert_int_equal(make_try(directory, name, mode, &made), STATUS_OK);
	return made;
}

status_t symlink_try(struct vfs_inode_ref directory, const char *name, const char *target,
		     struct vfs_inode_ref *made)
{
	struct vfs_symlink_request request = { .directory = directory,
					       .user = 10,
					       .group = 20,
					       .now = clock_now,
					       .name = name,
					       .name_bytes = (uint32_t)strlen(name),
					       .target = target,
					       .target_bytes = (uint32_t)strlen(target) };
	struct vfs_symlink_reply reply = { 0 };
	status_code_t status = symlink_op(&vfs, &request, &reply);

	check_tree();
	*made = reply.ref;
	return status;
}

status_t link_try(struct vfs_inode_ref inode, struct vfs_inode_ref directory, const char *name)
{
	struct vfs_link_request request = { .inode = inode,
					    .directory = directory,
					    .now = clock_now,
					    .name = name,
					    .name_bytes = (uint32_t)strlen(name) };
	struct vfs_link_reply reply;
	status_code_t status = link_op(&vfs, &request, &reply);

	check_tree();
	return status;
}

status_t unlink_try(struct vfs_inode_ref directory, const char *name, uint32_t flags,
		    struct vfs_unlink_reply *reply)
{
	struct vfs_unlink_request request = { .directory = directory,
					      .flags = flags,
					      .now = clock_now,
					      .name = name,
					      .name_bytes = (uint32_t)strlen(name) };
	struct vfs_unlink_reply ignored;
	status_code_t status = unlink_op(&vfs, &request, reply ? reply : &ignored);

	check_tree();
	return status;
}

status_t rename_try(struct vfs_inode_ref from, const char *old_name, struct vfs_inode_ref to,
		    const char *new_name, uint32_t flags)
{
	struct vfs_rename_request request = { .old_directory = from,
					      .new_directory = to,
					      .flags = flags,
					      .now = clock_now,
					      .old_name = old_name,
					      .old_name_bytes = (uint32_t)strlen(old_name),
					      .new_name = new_name,
					      .new_name_bytes = (uint32_t)strlen(new_name) };
	status_code_t status = rename_op(&vfs, &request, &rename_reply);

	check_tree();
	return status;
}

status_t find_try(struct vfs_inode_ref directory, const char *name, struct vfs_inode_ref *found)
{
	struct vfs_lookup_request request = { .directory = directory,
					      .count = 1,
					      .names = (const uint8_t *)name,
					      .names_bytes = (uint32_t)strlen(name) + 1 };
	struct vfs_found answers[VFS_LOOKUP_MAX];
	struct vfs_lookup_reply reply = { .found = answers };
	status_code_t status = lookup_op(&vfs, &request, &reply);

	if (status != STATUS_OK)
		return status;
	assert_int_equal(reply.found_count, 1);
	*found = answers[0].ref;
	return answers[0].status;
}

struct vfs_inode_ref find(struct vfs_inode_ref directory, const char *name)
{
	struct vfs_inode_ref found = { 0 };

	assert_int_equal(find_try(directory, name, &found), STATUS_OK);
	return found;
}

struct vfs_inode_ref find_path(struct vfs_inode_ref directory, const char *path)
{
	char name[VFS_NAME_MAX + 1];

	while (*path) {
		size_t bytes = strcspn(path, "/");

		memcpy(name, path, bytes);
		name[bytes] = 0;
		directory = find(directory, name);
		path += bytes + (path[bytes] == '/');
	}
	return directory;
}

status_t attributes_try(struct vfs_inode_ref inode, struct vfs_attributes *attributes)
{
	struct vfs_get_attributes_request request = { inode };
	struct vfs_get_attributes_reply reply = { 0 };
	status_code_t status = get_attributes_op(&vfs, &request, &reply);

	*attributes = reply.attributes;
	return status;
}

struct vfs_attributes attributes_of(struct vfs_inode_ref inode)
{
	struct vfs_attributes attributes;

	assert_int_equal(attributes_try(inode, &attributes), STATUS_OK);
	return attributes;
}

static status_t set_with(struct vfs_inode_ref inode, uint32_t mask, uint64_t size)
{
	struct vfs_set_attributes_request request = { .inode = inode, .mask = mask, .attributes.size = size };
	struct vfs_set_attributes_reply reply;
	status_code_t status = set_attributes_op(&vfs, &request, &reply);

	check_tree();
	return status;
}

status_t set_size(struct vfs_inode_ref inode, uint64_t size)
{
	return set_with(inode, VFS_SET_SIZE, size);
}

status_t set_grown(struct vfs_inode_ref inode, uint64_t size)
{
	return set_with(inode, VFS_SET_GROWN, size);
}

status_t forget(struct vfs_inode_ref inode)
{
	struct vfs_forget_request request = { .inode = inode };
	status_code_t status = forget_op(&vfs, &request);

	check_tree();
	return status;
}

const char *names_from(struct vfs_inode_ref directory, uint64_t *cookie, uint32_t max_bytes)
{
	static char names[NAMES_BYTES_MAX];
	static uint8_t entries[REPLY_BYTES];
	struct vfs_read_directory_request request = { directory, *cookie, max_bytes, 0 };
	struct vfs_read_directory_reply reply = { .entries = entries };
	size_t used = 0;

	assert_int_equal(read_directory_op(&vfs, &request, &reply), STATUS_OK);
	for (uint32_t at = 0; at < reply.entries_bytes;) {
		struct vfs_directory_entry head;

		memcpy(&head, entries + at, sizeof head);
		assert_int_equal(head.record_bytes % 8, 0);
		memcpy(names + used, entries + at + sizeof head, head.name_bytes);
		used += head.name_bytes;
		names[used++] = ' ';
		*cookie = head.next_cookie;
		at += head.record_bytes;
	}
	names[used] = 0;
	return names;
}

bool same_inode(struct vfs_inode_ref a, struct vfs_inode_ref b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

status_t reserve_try(struct vfs_inode_ref inode, uint64_t start, uint64_t end, uint64_t *writable_end)
{
	struct vfs_reserve_request request = { .inode = inode, .start = start, .end = end };
	struct vfs_reserve_reply reply = { 0 };
	status_code_t status = reserve_op(&vfs, &request, &reply);

	check_tree();
	if (writable_end)
		*writable_end = reply.writable_end;
	return status;
}

static uint32_t object_of(struct vfs_inode_ref inode)
{
	struct vfs_open_object_request request = { .inode = inode };
	struct vfs_open_object_reply reply;

	assert_int_equal(open_object_op(&vfs, &request, &reply), STATUS_OK);
	return reply.object.value;
}

status_t write_try(struct vfs_inode_ref inode, uint64_t offset, const void *bytes, size_t count)
{
	status_code_t status = reserve_try(inode, offset, offset + count, NULL);

	if (status != STATUS_OK)
		return status;
	assert_int_equal(vfs.backing->write(object_of(inode), offset, bytes, count), STATUS_OK);
	return set_grown(inode, offset + count);
}

void read_back(struct vfs_inode_ref inode, uint64_t offset, void *bytes, size_t count)
{
	assert_int_equal(vfs.backing->read(object_of(inode), offset, bytes, count), STATUS_OK);
}

struct vfs_filesystem_info status_of(struct vfs_inode_ref inode)
{
	struct vfs_filesystem_status_request request = { inode.filesystem };
	struct vfs_filesystem_status_reply reply;

	assert_int_equal(filesystem_status_op(&vfs, &request, &reply), STATUS_OK);
	return reply.info;
}

uint32_t random_below(uint64_t *state, uint32_t limit)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*state >> 33) % limit);
}
