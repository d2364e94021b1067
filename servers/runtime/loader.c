/* SPDX-License-Identifier: MIT */
/*
 * loader: see loader.h. Everything is checked (elf.c) before the domain is made; when a later step fails, killing the
 * domain gives back all that it had.
 */
#include "runtime/loader.h"

#include <string.h>

#include "runtime/bootstrap.h"
#include "runtime/elf.h"
#include "runtime/format.h"
#include "runtime/kernel.h"
#include "runtime/random.h"
#include "runtime/start_block.h"

#define STACK_BYTES_DEFAULT (256u << 10)
#define STRING_BYTES 96

struct loader {
	const struct loader_request *request;
	struct elf_plan plan;
	handle_t domain, aspace;
	uint64_t stack;
	char strings[START_BLOCK_STRINGS][STRING_BYTES];
	uint32_t string_count;
	uint8_t block[START_BLOCK_BYTES];
};

static status_t add_string(struct loader *loader, const char *prefix, const char *name, const char *value)
{
	if (loader->string_count == START_BLOCK_STRINGS)
		return STATUS_TOO_BIG;
	struct format_buffer out = format_start(loader->strings[loader->string_count++], STRING_BYTES);
	format_append(&out, "%s%s=%s", prefix, name, value);
	return out.lost != 0 ? STATUS_TOO_BIG : STATUS_OK;
}

static status_t add_number(struct loader *loader, const char *prefix, const char *name, uint64_t value)
{
	char digits[24];
	struct format_buffer out = format_start(digits, sizeof digits);

	format_append(&out, "%lu", value);
	return add_string(loader, prefix, name, digits);
}

static status_t give_handles(struct loader *loader)
{
	for (uint32_t i = 0; i < loader->request->grant_count; i++) {
		const struct loader_grant *grant = &loader->request->grants[i];
		struct call_result given = k_handle_give(loader->domain, grant->handle, grant->rights,
							 grant->badge);
		status_code_t status = call_status(given);

		if (status == STATUS_OK)
			status = add_number(loader, BOOTSTRAP_HANDLE_PREFIX, grant->name, given.value);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static status_t give_options(struct loader *loader)
{
	for (uint32_t i = 0; i < loader->request->option_count; i++) {
		const struct loader_option *option = &loader->request->options[i];
		status_code_t status = add_string(loader, BOOTSTRAP_OPTION_PREFIX, option->name,
						  option->value);
		if (status != STATUS_OK)
			return status;
	}
	status_code_t status = add_number(loader, BOOTSTRAP_OPTION_PREFIX, "level", loader->request->level);
	if (status == STATUS_OK)
		status = add_number(loader, BOOTSTRAP_OPTION_PREFIX, "message_page", LOADER_MESSAGE_PAGE);
	return status;
}

static status_t map_object(struct loader *loader, handle_t object, const struct map_request *where)
{
	struct map_request request = *where;

	request.object = object;
	return call_status(k_aspace_map(loader->aspace, own_address(&request)));
}

static status_t write_object(handle_t object, uint64_t offset, const uint8_t *bytes, uint64_t count)
{
	struct call_result written = { 0 };

	if (count != 0)
		written = k_object_write(object, offset, own_address(bytes), count);
	if (written.status < 0)
		return call_status(written);
	return written.value == count ? STATUS_OK : STATUS_OUT_OF_RANGE;
}

/* A new object with these contents, mapped in the program. */
static status_t map_contents(struct loader *loader, const struct map_request *where, uint64_t offset,
			     const uint8_t *bytes, uint64_t count)
{
	struct call_result made = k_object_create(loader->request->account, where->length / PAGE_SIZE, 0);
	handle_t object = call_handle(made);
	status_code_t status = call_status(made);

	if (status != STATUS_OK)
		return status;
	status = write_object(object, offset, bytes, count);
	if (status == STATUS_OK)
		status = map_object(loader, object, where);
	(void)k_handle_close(object);
	return status;
}

static status_t map_segments(struct loader *loader)
{
	for (uint32_t i = 0; i < loader->plan.segment_count; i++) {
		const struct elf_segment *segment = &loader->plan.segments[i];
		struct map_request where = {
			.address = segment->address,
			.length = segment->memory_bytes,
			.prot = segment->prot,
			.flags = MAP_FLAG_NOREPLACE | MAP_FLAG_SHARED,
		};
		status_code_t status = map_contents(loader, &where, segment->content_at,
						    loader->request->file + segment->file_offset,
						    segment->file_bytes);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static status_t make_start_block(struct loader *loader)
{
	struct start_block_request block = {
		.top = LOADER_STACK_TOP,
		.name = loader->request->name,
		.environment_count = loader->string_count,
		.headers = loader->plan.headers,
		.header_count = loader->plan.header_count,
		.entry = loader->plan.entry,
	};

	for (uint32_t i = 0; i < loader->string_count; i++)
		block.environment[i] = loader->strings[i];
	random_fill(block.random, sizeof block.random);
	return start_block_make(&block, loader->block, &loader->stack);
}

static status_t map_stack(struct loader *loader)
{
	uint64_t bytes = loader->request->stack_bytes != 0 ? loader->request->stack_bytes
							   : STACK_BYTES_DEFAULT;
	struct map_request where = { .prot = PROT_BIT_READ | PROT_BIT_WRITE,
				     .flags = MAP_FLAG_NOREPLACE | MAP_FLAG_SHARED };

	if (bytes % PAGE_SIZE != 0 || bytes > LOADER_STACK_BYTES_MAX || bytes < 2 * START_BLOCK_BYTES)
		return STATUS_INVALID;
	where.address = LOADER_STACK_TOP - bytes;
	where.length = bytes;
	status_code_t status = map_contents(loader, &where, bytes - START_BLOCK_BYTES, loader->block,
					    START_BLOCK_BYTES);
	if (status != STATUS_OK)
		return status;
	where.address = LOADER_MESSAGE_PAGE;
	where.length = PAGE_SIZE;
	where.flags |= MAP_FLAG_POPULATE;
	return map_contents(loader, &where, 0, NULL, 0);
}

static status_t start_thread(struct loader *loader)
{
	struct thread_request request = {
		.entry = loader->plan.entry,
		.stack = loader->stack,
		.message_page = LOADER_MESSAGE_PAGE,
		.flags = loader->request->fpu ? THREAD_FPU : 0,
		.native_level = loader->request->level,
		.guest_level = LEVEL_FAIR,
		.weight = 1024,
	};
	struct call_result made = k_thread_create(loader->domain, own_address(&request));
	handle_t thread = call_handle(made);

	if (made.status < 0)
		return call_status(made);
	made = k_thread_start(thread);
	(void)k_handle_close(thread);
	return call_status(made);
}

/* What the kernel's reports call it. */
static status_t describe(const struct loader *loader)
{
	struct domain_description about = { .reserved = 0 };

	(void)strncpy(about.name, loader->request->name, sizeof about.name - 1);
	memcpy(about.build, loader->plan.build_id, sizeof about.build);
	return call_status(k_domain_describe(loader->domain, own_address(&about)));
}

static status_t fill_domain(struct loader *loader)
{
	status_code_t status = describe(loader);

	if (status == STATUS_OK)
		status = give_handles(loader);
	if (status == STATUS_OK)
		status = give_options(loader);
	if (status == STATUS_OK)
		status = make_start_block(loader);
	if (status == STATUS_OK)
		status = map_segments(loader);
	if (status == STATUS_OK)
		status = map_stack(loader);
	return status;
}

static status_t make_domain(struct loader *loader)
{
	struct call_result made = k_domain_create(loader->request->account);

	if (made.status < 0)
		return call_status(made);
	loader->domain = call_handle(made);
	made = k_domain_aspace(loader->domain);
	loader->aspace = call_handle(made);
	return call_status(made);
}

static void undo(struct loader *loader)
{
	if (loader->domain.value == 0)
		return;
	(void)k_domain_kill(loader->domain, 0);
	(void)k_handle_close(loader->domain);
}

status_t loader_start(const struct loader_request *request, handle_t watch, uint64_t watch_bits,
		      handle_t *domain)
{
	struct loader loader = { .request = request };
	status_code_t status = elf_plan_make(request->file, request->file_bytes, &loader.plan);

	if (status != STATUS_OK)
		return status;
	status = make_domain(&loader);
	if (status == STATUS_OK)
		status = fill_domain(&loader);
	if (status == STATUS_OK && watch.value != 0)
		status = call_status(k_domain_watch(loader.domain, watch, watch_bits));
	if (status == STATUS_OK)
		status = start_thread(&loader);
	if (loader.aspace.value != 0)
		(void)k_handle_close(loader.aspace);
	if (status != STATUS_OK)
		undo(&loader);
	*domain = status == STATUS_OK ? loader.domain : HANDLE_NONE;
	return status;
}
