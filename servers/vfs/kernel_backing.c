/* SPDX-License-Identifier: MIT */
/*
 * struct backing in kernel calls. vfs maps none of these objects but the window, and others for the length of a populate:
 * they are anonymous, so touching them asks no pager.
 */
#include "kernel_backing.h"
#include "runtime/kernel.h"

static handle_t account_handle, archive_handle;

void kernel_backing_use(handle_t account, handle_t archive)
{
	account_handle = account;
	archive_handle = archive;
}

static handle_t handle_of(uint32_t object)
{
	return (handle_t){ object };
}

/* All or nothing, where the kernel answers how many bytes it moved. */
static status_t whole(struct call_result result, uint64_t bytes)
{
	if (result.status < 0)
		return call_status(result);
	return result.value == bytes ? STATUS_OK : STATUS_OUT_OF_RANGE;
}

static status_t kernel_resize(uint32_t object, uint64_t pages)
{
	return call_status(k_object_resize(handle_of(object), pages));
}

static void kernel_destroy(uint32_t object)
{
	(void)k_handle_close(handle_of(object));
}

/* An object is never made empty, but may become so. */
static status_t kernel_create(uint64_t pages, uint32_t *object)
{
	struct call_result result = k_object_create(account_handle, pages ? pages : 1, 0);
	status_code_t status;

	if (result.status < 0)
		return call_status(result);
	*object = (uint32_t)result.value;
	status = pages ? STATUS_OK : kernel_resize(*object, 0);
	if (status != STATUS_OK)
		kernel_destroy(*object);
	return status;
}

static status_t kernel_share_archive(uint32_t object, uint64_t page, uint64_t archive_page, uint64_t count)
{
	struct object_range_request request = { .object = handle_of(object),
						.source = archive_handle,
						.page = page,
						.source_page = archive_page,
						.count = count };

	return call_status(k_object_share(own_address(&request)));
}

static status_t kernel_read(uint32_t object, uint64_t offset, void *bytes, uint64_t count)
{
	return whole(k_object_read(handle_of(object), offset, own_address(bytes), count), count);
}

static status_t kernel_write(uint32_t object, uint64_t offset, const void *bytes, uint64_t count)
{
	return whole(k_object_write(handle_of(object), offset, own_address(bytes), count), count);
}

static status_t kernel_discard(uint32_t object, uint64_t page, uint64_t count)
{
	struct object_range_request request = { .object = handle_of(object), .page = page, .count = count };

	return call_status(k_object_discard(own_address(&request)));
}

static status_t kernel_populate(uint32_t object, uint64_t page, uint64_t count)
{
	struct map_request request = { .length = count * PAGE_SIZE,
				       .object = handle_of(object),
				       .prot = PROT_BIT_READ | PROT_BIT_WRITE,
				       .offset = page * PAGE_SIZE,
				       .flags = MAP_FLAG_SHARED };
	struct call_result mapped = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));
	struct call_result populated;

	if (mapped.status < 0)
		return call_status(mapped);
	populated = k_aspace_advise(HANDLE_SELF_ASPACE, mapped.value, request.length, ADVICE_POPULATE_WRITE);
	(void)k_aspace_unmap(HANDLE_SELF_ASPACE, mapped.value, request.length);
	return call_status(populated);
}

static status_t kernel_window(uint64_t bytes, uint32_t *object, uint8_t **place)
{
	struct map_request request = { .length = bytes,
				       .prot = PROT_BIT_READ | PROT_BIT_WRITE,
				       .flags = MAP_FLAG_SHARED };
	status_code_t status = kernel_create(bytes / PAGE_SIZE, object);
	struct call_result mapped;

	if (status != STATUS_OK)
		return status;
	status = kernel_populate(*object, 0, bytes / PAGE_SIZE);
	request.object = handle_of(*object);
	mapped = status == STATUS_OK ? k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request))
				     : (struct call_result){ .status = status };
	if (mapped.status < 0)
		kernel_destroy(*object);
	else
		*place = (uint8_t *)mapped.value;
	return call_status(mapped);
}

static status_t kernel_resident(uint32_t object, uint64_t *pages)
{
	struct object_info info;
	struct call_result result = k_object_info(handle_of(object), own_address(&info));

	*pages = result.status < 0 ? 0 : info.resident_pages;
	return call_status(result);
}

/* The kernel passes over a bounded number of present pages at once: a hole is where it stays. */
static status_t kernel_seek(uint32_t object, uint64_t page, bool hole, uint64_t *found)
{
	struct call_result result;
	uint64_t asked;

	*found = page;
	do {
		asked = *found;
		result = k_object_seek(handle_of(object), asked, hole);
		if (result.status < 0)
			return call_status(result);
		*found = result.value;
	} while (hole && *found != asked);
	return STATUS_OK;
}

const struct backing kernel_backing = {
	.create = kernel_create,
	.destroy = kernel_destroy,
	.resize = kernel_resize,
	.share_archive = kernel_share_archive,
	.read = kernel_read,
	.write = kernel_write,
	.discard = kernel_discard,
	.populate = kernel_populate,
	.resident = kernel_resident,
	.seek = kernel_seek,
	.window = kernel_window,
};
