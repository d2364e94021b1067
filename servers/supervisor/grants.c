/* SPDX-License-Identifier: MIT */
/*
 * grants: see grants.h.
 */
#include "grants.h"

#include <string.h>
#include "runtime/format.h"
#include "runtime/kernel.h"

#define IRQ_BIT 0x1
#define BIOS_AREA_BASE 0xe0000ull
#define BIOS_AREA_BYTES 0x20000ull
#define ACPI_RANGE_BYTES_MAX (16ull << 20)
#define ACPI_RANGES_MAX 6

status_t grants_add(struct grants *grants, const char *name, handle_t handle, uint32_t rights, uint64_t badge)
{
	struct loader_request *request = grants->request;

	if (request->grant_count == LOADER_GRANTS_MAX)
		return STATUS_TOO_BIG;
	request->grants[request->grant_count++] = (struct loader_grant){
		.name = name, .handle = handle, .rights = rights, .badge = badge
	};
	return STATUS_OK;
}

char *grants_name(struct grants *grants, const char *stem, const char *suffix)
{
	char *name = grants->names[grants->request->grant_count % LOADER_GRANTS_MAX];
	struct format_buffer out = format_start(name, sizeof grants->names[0]);

	format_append(&out, "%s%s", stem, suffix);
	return name;
}

status_t grants_add_own(struct grants *grants, const char *name, struct call_result made, uint32_t rights)
{
	if (made.status < 0)
		return call_status(made);
	if (grants->own_count == LOADER_GRANTS_MAX) {
		(void)k_handle_close(call_handle(made));
		return STATUS_TOO_BIG;
	}
	grants->own[grants->own_count++] = call_handle(made);
	return grants_add(grants, name, call_handle(made), rights, 0);
}

static status_t add_base(struct grants *grants, const struct program *program)
{
	const struct manifest_program *manifest = program->manifest;
	status_code_t status = grants_add(grants, "account", program->account, manifest->account_rights, 0);

	if (status == STATUS_OK)
		status = grants_add(grants, "clock.page", HANDLE_CLOCK_PAGE, RIGHT_READ, 0);
	if (status == STATUS_OK && program->receive.value != 0)
		status = grants_add(grants, "endpoint", program->receive, RIGHT_READ, 0);
	if (status == STATUS_OK && manifest->system_rights != 0)
		status = grants_add(grants, "system", HANDLE_SYSTEM, manifest->system_rights, 0);
	return status;
}

static handle_t find_endpoint(const struct programs *programs, const char *name)
{
	if (strcmp(name, MANIFEST_SUPERVISOR) == 0)
		return programs->endpoint;
	for (uint32_t i = 0; i < programs->count; i++) {
		if (strcmp(programs->list[i].manifest->serves, name) == 0)
			return programs->list[i].endpoint;
	}
	return HANDLE_NONE;
}

static status_t add_calls(struct grants *grants, const struct programs *programs,
			  const struct program *program)
{
	status_code_t status = STATUS_OK;
	uint64_t badge = (uint64_t)(program - programs->list) + 1;

	for (uint32_t i = 0; i < program->manifest->call_count && status == STATUS_OK; i++) {
		const struct manifest_call *call = &program->manifest->calls[i];
		handle_t endpoint = find_endpoint(programs, call->endpoint);

		if (endpoint.value == 0)
			return STATUS_NOT_FOUND;
		status = grants_add(grants, grants_name(grants, call->name, ".endpoint"), endpoint,
				    RIGHT_WRITE | RIGHT_TRANSFER, badge);
	}
	return status;
}

static status_t add_interrupt(struct grants *grants, const struct manifest_program *manifest)
{
	struct call_result made;
	status_code_t status;

	if (!manifest->events)
		return STATUS_OK;
	made = k_notification_create(HANDLE_ROOT_ACCOUNT);
	grants->events = call_handle(made);
	status = grants_add_own(grants, "events", made, RIGHT_READ | RIGHT_WRITE | RIGHT_TRANSFER);
	if (status != STATUS_OK || manifest->irq < 0)
		return status;
	made = k_irq_create(HANDLE_SYSTEM, (uint32_t)manifest->irq, call_handle(made), IRQ_BIT);
	return grants_add_own(grants, "irq", made, RIGHT_MANAGE);
}

static status_t add_ranges(struct grants *grants, const struct manifest_program *manifest)
{
	status_code_t status = STATUS_OK;

	for (uint32_t i = 0; i < manifest->port_count && status == STATUS_OK; i++) {
		const struct manifest_range *range = &manifest->ports[i];
		status = grants_add_own(
			grants, range->name,
			k_ioport_carve(HANDLE_IOPORTS, (uint32_t)range->first, (uint32_t)range->count),
			RIGHT_READ | RIGHT_WRITE);
	}
	for (uint32_t i = 0; i < manifest->physical_count && status == STATUS_OK; i++) {
		const struct manifest_range *range = &manifest->physical[i];
		status = grants_add_own(grants, range->name,
					k_physical_carve(HANDLE_PHYSICAL, range->first, range->count),
					RIGHT_READ | RIGHT_WRITE | RIGHT_MANAGE);
	}
	return status;
}

static status_t add_memory(struct grants *grants, const struct manifest_program *manifest)
{
	status_code_t status = STATUS_OK;

	for (uint32_t i = 0; i < manifest->memory_count && status == STATUS_OK; i++) {
		const char *name = manifest->memory[i];

		if (strcmp(name, "boot.module") == 0)
			status = grants_add(grants, name, HANDLE_BOOT_MODULE,
					    RIGHT_READ | RIGHT_EXEC | RIGHT_TRANSFER, 0);
		else if (strcmp(name, "boot.info") == 0)
			status = grants_add(grants, name, HANDLE_BOOT_INFO, RIGHT_READ, 0);
		else
			status = STATUS_NOT_FOUND;
	}
	return status;
}

static status_t add_acpi_range(struct grants *grants, unsigned number, uint64_t base, uint64_t bytes)
{
	char digits[8];
	struct format_buffer out = format_start(digits, sizeof digits);

	format_append(&out, "%u", number);
	return grants_add_own(grants, grants_name(grants, "acpi.", digits),
			      k_physical_carve(HANDLE_PHYSICAL, base, bytes), RIGHT_READ | RIGHT_MANAGE);
}

/* Where the firmware may have put its tables: the BIOS area, and reserved, reclaimable and NVS memory of moderate size. */
static status_t add_acpi(struct grants *grants, const struct boot_info *info)
{
	struct loader_request *request = grants->request;
	struct format_buffer out = format_start(grants->rsdp, sizeof grants->rsdp);
	status_code_t status = add_acpi_range(grants, 0, BIOS_AREA_BASE, BIOS_AREA_BYTES);
	unsigned number = 1;

	format_append(&out, "0x%lx", info->rsdp);
	request->options[request->option_count++] = (struct loader_option){ "rsdp", grants->rsdp };
	for (uint32_t i = 0; i < info->range_count && i < BOOT_RANGES_MAX && status == STATUS_OK; i++) {
		const struct boot_range *range = &info->ranges[i];

		if (range->kind < 2 || range->kind > 4 || range->base < (1u << 20) ||
		    range->base % PAGE_SIZE != 0 || range->length % PAGE_SIZE != 0 || range->length == 0 ||
		    range->length > ACPI_RANGE_BYTES_MAX || number == ACPI_RANGES_MAX)
			continue;
		status = add_acpi_range(grants, number++, range->base, range->length);
	}
	return status;
}

static void add_options(struct grants *grants, const struct manifest_program *manifest)
{
	struct loader_request *request = grants->request;

	for (uint32_t i = 0; i < manifest->option_count; i++)
		request->options[request->option_count++] = (struct loader_option){
			manifest->options[i].name, manifest->options[i].value
		};
}

status_t grants_collect(struct grants *grants, const struct programs *programs, const struct program *program)
{
	const struct manifest_program *manifest = program->manifest;
	status_code_t status = add_base(grants, program);

	if (status == STATUS_OK)
		status = add_calls(grants, programs, program);
	if (status == STATUS_OK)
		status = add_interrupt(grants, manifest);
	if (status == STATUS_OK)
		status = add_ranges(grants, manifest);
	if (status == STATUS_OK)
		status = add_memory(grants, manifest);
	add_options(grants, manifest);
	if (status == STATUS_OK && manifest->acpi)
		status = add_acpi(grants, programs->files->info);
	if (status == STATUS_OK)
		status = grants_add_devices(grants, programs, program);
	return status;
}

void grants_release(struct grants *grants)
{
	for (uint32_t i = 0; i < grants->own_count; i++)
		(void)k_handle_close(grants->own[i]);
	grants->own_count = 0;
}
