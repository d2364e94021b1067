/* SPDX-License-Identifier: MIT */
/*
 * The supervisor: the first program. It reads the manifest from the boot archive, starts what it lists with exactly
 * the rights that it lists, and watches.
 *
 * A manifest that cannot be used is reported with file and line, and a built-in one takes its place: the serial console
 * alone, so that there is something to see.
 */
#include <string.h>
#include "boot_files.h"
#include "manifest.h"
#include "programs.h"
#include "runtime/log.h"

#define MANIFEST_FILE "/lichen/policy/manifest.lua"

static const char built_in[] =
	"return { programs = { { name = 'serial.com1', program = '/lichen/drivers/serial', serves = "
	"'serial.com1',\n"
	"level = 'driver', ports = { ports = { 0x3f8, 8 } }, irq = 4, system = { 'WRITE' },\n"
	"options = { console = '1' }, quota = { frames = 512, objects = 64 } } } }\n";

static struct boot_files files;
static struct manifest manifest;
static struct programs programs;

static status_t read_manifest(char error[MANIFEST_ERROR_BYTES])
{
	struct archive_entry file;
	status_code_t status = files.archive.size != 0 ? archive_find(&files.archive, MANIFEST_FILE, &file)
						       : STATUS_NOT_FOUND;

	if (status != STATUS_OK) {
		strcpy(error, status_name(status));
		return status;
	}
	return manifest_read("@" MANIFEST_FILE, (const char *)files.archive.bytes + file.data_offset,
			     file.data_bytes, &manifest, error);
}

static status_t choose_manifest(void)
{
	char error[MANIFEST_ERROR_BYTES];
	status_code_t status = read_manifest(error);

	if (status == STATUS_OK)
		return status;
	log_error("%s: %s; the built-in manifest is used", MANIFEST_FILE, error);
	status = manifest_read("=built-in manifest", built_in, sizeof built_in - 1, &manifest, error);
	if (status != STATUS_OK)
		log_error("%s", error);
	return status;
}

int main(void)
{
	status_code_t status = boot_files_open(&files);

	if (status == STATUS_OK)
		status = choose_manifest();
	if (status == STATUS_OK)
		status = programs_prepare(&programs, &files, &manifest);
	if (status != STATUS_OK) {
		log_error("cannot start: %s", status_name(status));
		return 1;
	}
	log_info("%u of %u programs started", programs_start(&programs), programs.count);
	programs_watch(&programs);
}
