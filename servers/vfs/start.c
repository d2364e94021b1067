/* SPDX-License-Identifier: MIT */
/*
 * The arena is the memory object "arena" where the supervisor keeps one for us; without it we make our own, and what is
 * in it ends with us. It is mapped at one fixed address, larger than it will ever be used: its pages appear as they are
 * touched.
 */
#include "backing.h"
#include "kernel_backing.h"
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "runtime/random.h"
#include "start.h"
#include "store.h"

#define ARENA_BASE 0x100000000000ull
#define ARENA_PAGES (1ull << 20)
#define SPARED_SHARE 64u
#define SPARED_PAGES_MAX 2048u

static handle_t arena;

static void arena_release(uint64_t page, uint64_t count)
{
	struct object_range_request request = { .object = arena, .page = page, .count = count };

	if (k_object_discard(own_address(&request)).status < 0)
		log_warning("%lu pages of the arena could not be released", (unsigned long)count);
}

static bool arena_commit(uint64_t page, uint64_t count)
{
	return k_aspace_advise(HANDLE_SELF_ASPACE, ARENA_BASE + page * PAGE_SIZE, count * PAGE_SIZE,
			       ADVICE_POPULATE_WRITE)
		       .status == STATUS_OK;
}

static status_t map_object(handle_t object, uint64_t address, uint64_t bytes, const void **place)
{
	struct map_request request = { .address = address,
				       .length = pages_of(bytes) * PAGE_SIZE,
				       .object = object,
				       .prot = PROT_BIT_READ | (address ? PROT_BIT_WRITE : 0),
				       .flags = MAP_FLAG_SHARED | (address ? MAP_FLAG_FIXED : 0) };
	struct call_result result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));

	*place = (const void *)result.value;
	return call_status(result);
}

static status_t arena_open(handle_t account)
{
	const void *place;
	struct call_result made;
	status_code_t status;

	arena = bootstrap_handle("arena");
	if (arena.value == 0) {
		made = k_object_create(account, ARENA_PAGES, 0);
		arena = call_handle(made);
		if (made.status < 0)
			return call_status(made);
	}
	status = map_object(arena, ARENA_BASE, ARENA_PAGES * PAGE_SIZE, &place);
	if (status != STATUS_OK)
		return status;
	return store_start((void *)ARENA_BASE, ARENA_PAGES, arena_release, arena_commit) ? STATUS_OK
											 : STATUS_CORRUPT;
}

static status_t archive_open(struct vfs_context *vfs)
{
	const struct boot_info *info;
	const void *place;
	status_code_t status = map_object(bootstrap_handle("boot.info"), 0, sizeof *info, &place);

	if (status != STATUS_OK)
		return status;
	info = place;
	vfs->memory_pages = info->memory_bytes / PAGE_SIZE;
	vfs->archive_bytes = info->module_bytes;
	if (info->module_bytes == 0)
		return STATUS_OK;
	status = map_object(bootstrap_handle("boot.module"), 0, info->module_bytes, &place);
	vfs->archive = place;
	return status;
}

/* Do the objects of an earlier vfs still answer? */
static status_t check_objects(const struct vfs_context *vfs, const struct inode *inode)
{
	uint64_t pages;

	for (; inode; inode = inode->next) {
		if (!inode_is(inode, MODE_REGULAR) || !inode->file.object)
			continue;
		if (vfs->backing->resident(inode->file.object, &pages) != STATUS_OK)
			return STATUS_CORRUPT;
	}
	return STATUS_OK;
}

static status_t check_left_tree(const struct vfs_context *vfs)
{
	const char *wrong = tree_check(vfs->tree);
	status_code_t status = STATUS_OK;

	if (wrong) {
		log_error("the arena cannot be used: %s", wrong);
		return STATUS_CORRUPT;
	}
	for (uint32_t i = 0; i < FILESYSTEMS_MAX; i++) {
		const struct filesystem *filesystem = vfs->tree->filesystems[i];

		for (uint32_t j = 0; filesystem && status == STATUS_OK && j < filesystem->bucket_count; j++)
			status = check_objects(vfs, filesystem->buckets[j]);
	}
	if (status != STATUS_OK)
		log_error("the arena cannot be used: objects of files are gone");
	return status;
}

static status_t tree_open(struct vfs_context *vfs)
{
	void **root = store_root();
	uint64_t seed;

	vfs->tree = *root;
	if (vfs->tree)
		return check_left_tree(vfs);
	random_fill(&seed, sizeof seed);
	vfs->tree = tree_create(seed);
	*root = vfs->tree;
	return vfs->tree ? STATUS_OK : STATUS_NO_MEMORY;
}

/* Contents of files leave some memory to the servers, less than guests do. */
static status_t make_file_account(handle_t account, uint64_t memory_pages, handle_t *made)
{
	struct account_limits limits = {
		.frames = UINT64_MAX,
		.objects = UINT64_MAX,
		.spared = memory_pages / SPARED_SHARE < SPARED_PAGES_MAX ? memory_pages / SPARED_SHARE
									 : SPARED_PAGES_MAX,
	};
	struct call_result result = k_account_create(account, own_address(&limits));

	*made = call_handle(result);
	return call_status(result);
}

status_t vfs_start_up(struct vfs_context *vfs)
{
	handle_t account = bootstrap_handle("account");
	handle_t files = HANDLE_NONE;
	status_code_t status = arena_open(account);

	vfs->backing = &kernel_backing;
	if (status == STATUS_OK)
		status = archive_open(vfs);
	if (status == STATUS_OK)
		status = make_file_account(account, vfs->memory_pages, &files);
	kernel_backing_use(files, bootstrap_handle("boot.module"));
	return status == STATUS_OK ? tree_open(vfs) : status;
}
