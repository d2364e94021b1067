/* SPDX-License-Identifier: MIT */
/*
 * A regular file goes through three states: empty without an object; contents in the archive, without an object; an object.
 * Once there is an object it stays until the inode ends, since the client may hold a handle to it.
 * Invariants: (1) charged runs never reach beyond the object, or beyond the contents while they are in the archive;
 * (2) the object covers the size; (3) the sum of charged pages of a file system's files and long symbolic links is its
 * pages_charged.
 */
#include <string.h>
#include "backing.h"
#include "file.h"
#include "page_runs.h"
#include "store.h"

#define SHORT_TARGET_MAX 127u
#define OBJECT_PAGES_MAX (1ull << 40) /* of a kernel object; the rest of a larger file can only be a hole */
#define AHEAD_SHARE 8u                /* of the free pages, one part in so many may be promised ahead */

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Pages that the object of a file of this size has. */
static uint64_t object_pages_for(uint64_t size)
{
	return smaller(pages_of(size), OBJECT_PAGES_MAX);
}

static uint64_t filesystem_available(const struct filesystem *filesystem)
{
	uint64_t limit = filesystem->options.pages_max;

	if (!limit)
		return UINT64_MAX;
	return limit > filesystem->pages_charged ? limit - filesystem->pages_charged : 0;
}

status_t filesystem_charge(struct filesystem *filesystem, uint64_t pages)
{
	if (pages > filesystem_available(filesystem))
		return STATUS_NO_SPACE;
	filesystem->pages_charged += pages;
	return STATUS_OK;
}

void filesystem_uncharge(struct filesystem *filesystem, uint64_t pages)
{
	filesystem->pages_charged -= pages;
}

static void charge_run(struct inode *inode, uint64_t start, uint64_t end)
{
	inode->filesystem->pages_charged += page_runs_missing(&inode->file.charged, start, end);
	page_runs_add(&inode->file.charged, start, end);
}

static void uncharge_run(struct inode *inode, uint64_t start, uint64_t end)
{
	uint64_t before = inode->file.charged.pages;

	page_runs_cut(&inode->file.charged, start, end);
	filesystem_uncharge(inode->filesystem, before - inode->file.charged.pages);
}

/* Whole pages are shared where the archive holds them on page boundaries; the rest is copied. */
static status_t fill_from_archive(const struct vfs_context *vfs, const struct inode *inode, uint32_t object)
{
	uint64_t offset = inode->file.archive_offset;
	uint64_t whole = offset % PAGE_SIZE == 0 ? inode->size / PAGE_SIZE : 0, done = whole * PAGE_SIZE;
	status_code_t status = STATUS_OK;

	if (whole)
		status = vfs->backing->share_archive(object, 0, offset / PAGE_SIZE, whole);
	if (status == STATUS_OK && done < inode->size)
		status = vfs->backing->write(object, done, vfs->archive + offset + done, inode->size - done);
	return status;
}

status_t file_open(struct vfs_context *vfs, struct inode *inode)
{
	struct file_contents *file = &inode->file;
	uint64_t pages = object_pages_for(inode->size);
	uint32_t object;
	status_code_t status;

	if (file->object)
		return STATUS_OK;
	status = vfs->backing->create(pages, &object);
	if (status != STATUS_OK)
		return status;
	if (file->in_archive)
		status = fill_from_archive(vfs, inode, object);
	if (status != STATUS_OK) {
		vfs->backing->destroy(object);
		return status;
	}
	file->object = object;
	file->object_pages = pages;
	file->in_archive = 0;
	return STATUS_OK;
}

static status_t grow_object(struct vfs_context *vfs, struct file_contents *file, uint64_t pages)
{
	status_code_t status;

	if (pages <= file->object_pages)
		return STATUS_OK;
	status = vfs->backing->resize(file->object, pages);
	if (status == STATUS_OK)
		file->object_pages = pages;
	return status;
}

/* How many pages more a writer who goes on from the end of the file is promised: as many as it has, within bounds. */
static uint64_t pages_ahead(const struct file_contents *file, const struct page_run *wanted, uint64_t spare)
{
	uint64_t end = page_runs_end(&file->charged), limit = OBJECT_PAGES_MAX - wanted->end;

	if (wanted->end <= end || wanted->start > end)
		return 0;
	return smaller(limit,
		       smaller(RESERVE_AHEAD_PAGES_MAX, smaller(file->charged.pages, spare / AHEAD_SHARE)));
}

/* Everything about promising pages that may fail. */
static status_t prepare_run(struct vfs_context *vfs, struct inode *inode, struct page_run *wanted, bool ahead)
{
	uint64_t missing = page_runs_missing(&inode->file.charged, wanted->start, wanted->end);
	uint64_t available = filesystem_available(inode->filesystem);
	status_code_t status;

	if (wanted->end > OBJECT_PAGES_MAX)
		return STATUS_TOO_BIG;
	if (missing > available)
		return STATUS_NO_SPACE;
	status = file_open(vfs, inode);
	if (status != STATUS_OK)
		return status;
	if (ahead)
		wanted->end += pages_ahead(&inode->file, wanted, available - missing);
	status = page_runs_prepare(&inode->file.charged);
	return status == STATUS_OK ? grow_object(vfs, &inode->file, wanted->end) : status;
}

status_t file_reserve(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end)
{
	struct page_run wanted = { start / PAGE_SIZE, pages_of(end) };
	status_code_t status = prepare_run(vfs, inode, &wanted, true);

	if (status == STATUS_OK)
		charge_run(inode, wanted.start, wanted.end);
	return status;
}

status_t file_give_back(struct vfs_context *vfs, struct inode *inode, uint64_t end)
{
	struct file_contents *file = &inode->file;
	uint64_t keep = larger(file->kept_pages, object_pages_for(larger(end, inode->size)));
	status_code_t status = STATUS_OK;

	if (!file->object || keep >= file->object_pages)
		return STATUS_OK;
	status = vfs->backing->resize(file->object, keep);
	if (status != STATUS_OK)
		return status;
	file->object_pages = keep;
	uncharge_run(inode, keep, UINT64_MAX);
	return STATUS_OK;
}

/* Clear bytes within one page; a page that is absent, or zero there already, is not touched. */
static status_t clear_in_page(struct vfs_context *vfs, const struct file_contents *file, uint64_t start,
			      uint64_t end)
{
	static const uint8_t zeros[PAGE_SIZE];
	uint8_t bytes[PAGE_SIZE];
	status_code_t status;

	if (start >= end || start / PAGE_SIZE >= file->object_pages)
		return STATUS_OK;
	status = vfs->backing->read(file->object, start, bytes, end - start);
	if (status != STATUS_OK || memcmp(bytes, zeros, end - start) == 0)
		return status;
	return vfs->backing->write(file->object, start, zeros, end - start);
}

static status_t resize_object(struct vfs_context *vfs, struct file_contents *file, uint64_t size)
{
	uint64_t pages = object_pages_for(size);
	status_code_t status = STATUS_OK;

	if (size % PAGE_SIZE)
		status = clear_in_page(vfs, file, size, (size / PAGE_SIZE + 1) * PAGE_SIZE);
	if (status == STATUS_OK)
		status = vfs->backing->resize(file->object, pages);
	if (status == STATUS_OK)
		file->object_pages = pages;
	return status;
}

status_t file_set_size(struct vfs_context *vfs, struct inode *inode, uint64_t size)
{
	struct file_contents *file = &inode->file;
	status_code_t status = STATUS_OK;

	if (size > FILE_SIZE_MAX)
		return STATUS_TOO_BIG;
	if (file->in_archive && size > 0)
		status = file_open(vfs, inode);
	if (status == STATUS_OK && file->object)
		status = resize_object(vfs, file, size);
	if (status != STATUS_OK)
		return status;
	uncharge_run(inode, pages_of(size), UINT64_MAX);
	file->in_archive = 0;
	file->kept_pages = 0;
	inode->size = size;
	return STATUS_OK;
}

status_t file_grown(struct vfs_context *vfs, struct inode *inode, uint64_t size)
{
	status_code_t status = STATUS_OK;

	if (size <= inode->size)
		return STATUS_OK;
	if (inode->file.in_archive)
		status = file_open(vfs, inode);
	if (status == STATUS_OK && inode->file.object)
		status = grow_object(vfs, &inode->file, object_pages_for(size));
	if (status == STATUS_OK)
		inode->size = size;
	return status;
}

status_t file_allocate(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end, bool keep)
{
	struct file_contents *file = &inode->file;
	struct page_run wanted = { start / PAGE_SIZE, pages_of(end) };
	status_code_t status = prepare_run(vfs, inode, &wanted, false);

	if (status == STATUS_OK)
		status = vfs->backing->populate(file->object, wanted.start, wanted.end - wanted.start);
	if (status != STATUS_OK)
		return status;
	charge_run(inode, wanted.start, wanted.end);
	if (!keep && end > inode->size)
		inode->size = end;
	if (wanted.end > pages_of(inode->size))
		file->kept_pages = larger(file->kept_pages, wanted.end);
	return STATUS_OK;
}

static status_t punch_pages(struct vfs_context *vfs, struct inode *inode, uint64_t first, uint64_t last)
{
	status_code_t status = page_runs_prepare(&inode->file.charged);

	if (status == STATUS_OK)
		status = vfs->backing->discard(inode->file.object, first, last - first);
	if (status == STATUS_OK)
		uncharge_run(inode, first, last);
	return status;
}

status_t file_punch(struct vfs_context *vfs, struct inode *inode, uint64_t start, uint64_t end)
{
	struct file_contents *file = &inode->file;
	uint64_t first = pages_of(start), last;
	status_code_t status = file_open(vfs, inode);

	if (status != STATUS_OK)
		return status;
	end = smaller(end, file->object_pages * PAGE_SIZE);
	last = end / PAGE_SIZE;
	if (first > last)
		return clear_in_page(vfs, file, start, end);
	status = clear_in_page(vfs, file, start, first * PAGE_SIZE);
	if (status == STATUS_OK)
		status = clear_in_page(vfs, file, last * PAGE_SIZE, end);
	if (status == STATUS_OK && first < last)
		status = punch_pages(vfs, inode, first, last);
	return status;
}

/* Without an object a file is all data (in the archive) or all hole. */
static status_t seek_plain(const struct inode *inode, uint64_t offset, bool hole, uint64_t *found)
{
	if (inode->file.in_archive)
		*found = hole ? inode->size : offset;
	else if (hole)
		*found = offset;
	else
		return STATUS_NOT_FOUND;
	return STATUS_OK;
}

status_t file_seek(struct vfs_context *vfs, struct inode *inode, uint64_t offset, bool hole, uint64_t *found)
{
	uint64_t page;
	status_code_t status;

	if (offset >= inode->size)
		return STATUS_NOT_FOUND;
	if (!inode->file.object)
		return seek_plain(inode, offset, hole, found);
	status = vfs->backing->seek(inode->file.object, offset / PAGE_SIZE, hole, &page);
	if (status == STATUS_OUT_OF_RANGE && hole)
		page = inode->file.object_pages;
	else if (status == STATUS_OUT_OF_RANGE)
		return STATUS_NOT_FOUND;
	else if (status != STATUS_OK)
		return status;
	*found = smaller(inode->size, larger(offset, page * PAGE_SIZE));
	return !hole && *found == inode->size ? STATUS_NOT_FOUND : STATUS_OK;
}

uint64_t file_writable_end(const struct inode *inode)
{
	return page_runs_prefix(&inode->file.charged) * PAGE_SIZE;
}

status_t file_used_pages(const struct vfs_context *vfs, const struct inode *inode, uint64_t *pages)
{
	if (inode->file.object)
		return vfs->backing->resident(inode->file.object, pages);
	*pages = inode->file.charged.pages;
	return STATUS_OK;
}

status_t file_from_archive(struct inode *inode, uint64_t offset, uint64_t bytes)
{
	status_code_t status = page_runs_prepare(&inode->file.charged);

	if (status != STATUS_OK)
		return status;
	uncharge_run(inode, 0, UINT64_MAX);
	charge_run(inode, 0, pages_of(bytes));
	inode->file.archive_offset = offset;
	inode->file.in_archive = bytes > 0;
	inode->size = bytes;
	return STATUS_OK;
}

void file_clear(struct vfs_context *vfs, struct inode *inode)
{
	if (inode->file.object)
		vfs->backing->destroy(inode->file.object);
	uncharge_run(inode, 0, UINT64_MAX);
	page_runs_free(&inode->file.charged);
	inode->file = (struct file_contents){ 0 };
}

uint64_t symlink_pages(uint32_t target_bytes)
{
	return target_bytes > SHORT_TARGET_MAX ? 1 : 0;
}

status_t symlink_set(struct inode *inode, const char *target, uint32_t bytes)
{
	status_code_t status = filesystem_charge(inode->filesystem, symlink_pages(bytes));
	char *copy = status == STATUS_OK ? store_allocate(bytes) : NULL;

	if (status != STATUS_OK)
		return status;
	if (!copy) {
		filesystem_uncharge(inode->filesystem, symlink_pages(bytes));
		return STATUS_NO_MEMORY;
	}
	memcpy(copy, target, bytes);
	inode->symlink = (struct symlink){ copy, bytes };
	inode->size = bytes;
	return STATUS_OK;
}

status_t symlink_extend(struct inode *inode, const char *more, uint32_t bytes)
{
	struct symlink old = inode->symlink;
	char *longer;
	status_code_t status;

	if (bytes > SYMLINK_TARGET_MAX - old.target_bytes)
		return STATUS_TOO_BIG;
	longer = store_allocate(old.target_bytes + bytes);
	if (!longer)
		return STATUS_NO_MEMORY;
	memcpy(longer, old.target, old.target_bytes);
	memcpy(longer + old.target_bytes, more, bytes);
	status = symlink_set(inode, longer, old.target_bytes + bytes);
	store_free(longer, old.target_bytes + bytes);
	if (status != STATUS_OK)
		return status;
	filesystem_uncharge(inode->filesystem, symlink_pages(old.target_bytes));
	store_free(old.target, old.target_bytes);
	return STATUS_OK;
}

void symlink_clear(struct inode *inode)
{
	if (!inode->symlink.target)
		return;
	filesystem_uncharge(inode->filesystem, symlink_pages(inode->symlink.target_bytes));
	store_free(inode->symlink.target, inode->symlink.target_bytes);
	inode->symlink = (struct symlink){ 0 };
}
