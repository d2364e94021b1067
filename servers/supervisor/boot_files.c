/* SPDX-License-Identifier: MIT */
/*
 * boot_files: see boot_files.h.
 */
#include "boot_files.h"

#include "runtime/kernel.h"

static status_t map_object(handle_t object, uint64_t bytes, const void **address)
{
	struct map_request request = {
		.length = (bytes + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1),
		.object = object,
		.prot = PROT_BIT_READ,
		.flags = MAP_FLAG_SHARED,
	};
	struct call_result result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));

	*address = (const void *)result.value;
	return call_status(result);
}

status_t boot_files_open(struct boot_files *files)
{
	const void *address;
	status_code_t status = map_object(HANDLE_BOOT_INFO, sizeof(struct boot_info), &address);

	if (status != STATUS_OK)
		return status;
	files->info = address;
	files->archive = (struct archive){ 0 };
	if (files->info->module_bytes == 0)
		return STATUS_OK;
	status = map_object(HANDLE_BOOT_MODULE, files->info->module_bytes, &address);
	if (status == STATUS_OK)
		files->archive = (struct archive){ .bytes = address, .size = files->info->module_bytes };
	return status;
}
