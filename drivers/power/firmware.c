/* SPDX-License-Identifier: MIT */
/*
 * firmware: see firmware.h. A range that cannot be mapped is left out: the tables may well lie in another one.
 */
#include "firmware.h"

#include "runtime/bootstrap.h"
#include "runtime/format.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

static status_t find_range(handle_t range, uint64_t *base, uint64_t *bytes)
{
	struct handle_info info;
	struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, range.value & HANDLE_INDEX_MASK,
						  own_address(&info));

	if (result.status < 0)
		return call_status(result);
	if (info.handle != range.value || info.kind != KIND_PHYSICAL)
		return STATUS_BAD_HANDLE;
	*base = info.detail[0];
	*bytes = info.detail[1];
	return STATUS_OK;
}

static status_t map_range(handle_t range, struct table_window *window)
{
	struct map_request request = { .prot = PROT_BIT_READ, .flags = MAP_FLAG_SHARED };
	status_code_t status = find_range(range, &window->base, &window->length);
	struct call_result result;

	if (status != STATUS_OK)
		return status;
	result = k_object_create_physical(range, window->base, window->length / PAGE_SIZE, 0);
	if (result.status < 0)
		return call_status(result);
	request.object = call_handle(result);
	request.length = window->length;
	result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));
	(void)k_handle_close(request.object);
	window->bytes = (const uint8_t *)result.value;
	return call_status(result);
}

void firmware_map(struct table_memory *memory)
{
	memory->count = 0;
	for (unsigned i = 0; i < TABLE_WINDOWS; i++) {
		char name[16];
		struct format_buffer out = format_start(name, sizeof name);
		handle_t range;

		format_append(&out, "acpi.%u", i);
		range = bootstrap_handle(name);
		if (range.value == 0)
			return;
		status_code_t status = map_range(range, &memory->windows[memory->count]);
		if (status == STATUS_OK)
			memory->count++;
		else
			log_warning("%s cannot be mapped: %s", name, status_name(status));
	}
}
