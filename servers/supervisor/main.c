/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: the first program. It reads the manifest from the boot archive, starts what it lists with exactly
 * the rights that it lists, and watches.
 *
 * A manifest that cannot be used, with its file and line, or a vital program that cannot be started, stops the system
 * with a panic that names it: there is nothing that could go on without it.
 */
#include <string.h>
#include "boot_files.h"
#include "manifest.h"
#include "programs.h"
#include "runtime/log.h"

#define MANIFEST_FILE "/lichen/policy/manifest.lua"

static struct boot_files files;
static struct manifest manifest;
static struct programs programs;

static status_t read_manifest(char error[MANIFEST_ERROR_BYTES])
{
	struct archive_entry file;
	status_code_t status = STATUS_NOT_FOUND;

	strcpy(error, "there is no boot archive");
	if (files.archive.size == 0)
		return status;
	status = archive_find(&files.archive, MANIFEST_FILE, &file);
	if (status != STATUS_OK) {
		strcpy(error, status == STATUS_CORRUPT ? "the boot archive is corrupt" : status_name(status));
		return status;
	}
	return manifest_read("@" MANIFEST_FILE, (const char *)files.archive.bytes + file.data_offset,
			     file.data_bytes, &manifest, error);
}

int main(void)
{
	char error[MANIFEST_ERROR_BYTES];
	status_code_t status = boot_files_open(&files);

	if (status == STATUS_OK && read_manifest(error) != STATUS_OK)
		programs_stop_system(MANIFEST_FILE, error);
	if (status == STATUS_OK)
		status = programs_prepare(&programs, &files, &manifest);
	if (status != STATUS_OK)
		programs_stop_system("the supervisor cannot start", status_name(status));
	log_info("%u programs started", programs_start(&programs));
	programs_watch(&programs);
}
