/* SPDX-License-Identifier: MIT */
/*
 * programs: preparing and starting; see programs.h.
 */
#include "programs.h"

#include <string.h>
#include "grants.h"
#include "runtime/kernel.h"
#include "runtime/loader.h"
#include "runtime/log.h"

static status_t make_account(struct program *program)
{
	const struct manifest_quota *quota = &program->manifest->quota;
	struct account_limits limits = {
		.frames = quota->frames,
		.objects = quota->objects,
		.guaranteed = quota->guaranteed,
	};
	struct call_result made = k_account_create(HANDLE_ROOT_ACCOUNT, own_address(&limits));

	program->account = call_handle(made);
	return call_status(made);
}

static status_t make_endpoint(handle_t *receive, handle_t *endpoint)
{
	struct call_result made = k_endpoint_create(HANDLE_ROOT_ACCOUNT);

	if (made.status < 0)
		return call_status(made);
	*receive = call_handle(made);
	made = k_handle_copy(*receive, RIGHT_WRITE | RIGHT_TRANSFER, 0);
	*endpoint = call_handle(made);
	return call_status(made);
}

static status_t prepare_one(struct program *program)
{
	status_code_t status = make_account(program);

	if (status != STATUS_OK || program->manifest->serves[0] == '\0')
		return status;
	return make_endpoint(&program->receive, &program->endpoint);
}

status_t programs_prepare(struct programs *programs, const struct boot_files *files,
			  const struct manifest *manifest)
{
	struct call_result made = k_notification_create(HANDLE_ROOT_ACCOUNT);
	status_code_t status = call_status(made);

	*programs = (struct programs){ .files = files,
				       .ends = call_handle(made),
				       .count = manifest->program_count };
	if (status == STATUS_OK)
		status = make_endpoint(&programs->receive, &programs->endpoint);
	for (uint32_t i = 0; i < programs->count && status == STATUS_OK; i++) {
		programs->list[i].manifest = &manifest->programs[i];
		status = prepare_one(&programs->list[i]);
	}
	return status;
}

static status_t load(struct programs *programs, uint32_t index, const struct archive_entry *file)
{
	struct program *program = &programs->list[index];
	struct loader_request request = {
		.name = program->manifest->name,
		.file = programs->files->archive.bytes + file->data_offset,
		.file_bytes = file->data_bytes,
		.account = program->account,
		.stack_bytes = program->manifest->stack_bytes,
		.level = program->manifest->level,
		.fpu = program->manifest->fpu,
	};
	struct grants grants = { .request = &request };
	status_code_t status = grants_collect(&grants, programs, program);

	if (status == STATUS_OK)
		status = loader_start(&request, programs->ends, 1ull << index, &program->domain);
	program->started_ns = k_clock_read().value;
	grants_release(&grants);
	program->dma = grants.dma;
	program->device = grants.device_place;
	program->has_device = grants.has_device;
	if (status != STATUS_OK)
		program_release_device(program);
	return status;
}

void program_release_device(struct program *program)
{
	if (program->has_device)
		grants_stop_device(program->device);
	program->has_device = false;
	if (program->dma.value != 0)
		(void)k_handle_close(program->dma);
	program->dma = HANDLE_NONE;
}

/* From here on only the program itself can receive from its endpoint. */
static void drop_receive(struct program *program)
{
	if (program->receive.value != 0)
		(void)k_handle_close(program->receive);
	program->receive = HANDLE_NONE;
}

static bool start_one(struct programs *programs, uint32_t index)
{
	struct program *program = &programs->list[index];
	const struct manifest_program *manifest = program->manifest;
	struct archive_entry file;
	status_code_t status = STATUS_NOT_FOUND;

	if (programs->files->archive.size != 0)
		status = archive_find(&programs->files->archive, manifest->file, &file);
	if (status == STATUS_NOT_FOUND && manifest->optional)
		log_info("%s: %s is not in the boot archive", manifest->name, manifest->file);
	else if (status != STATUS_OK)
		log_error("%s: %s: %s", manifest->name, manifest->file, status_name(status));
	if (status == STATUS_OK) {
		status = load(programs, index, &file);
		if (status == STATUS_NOT_FOUND && manifest->optional)
			log_info("%s: there is no such device", manifest->name);
		else if (status != STATUS_OK)
			log_error("%s cannot be started: %s", manifest->name, status_name(status));
	}
	drop_receive(program);
	if (status != STATUS_OK && manifest->vital)
		programs_stop_system(manifest->name,
				     "cannot be started, and the system cannot go on without it");
	return status == STATUS_OK;
}

uint32_t programs_start(struct programs *programs)
{
	uint32_t running = 0;

	for (uint32_t i = 0; i < programs->count; i++)
		running += start_one(programs, i);
	if (running == 0)
		programs_stop_system(programs->count == 0 ? "the manifest" : "the boot archive",
				     "holds no program that can be started");
	return running;
}
