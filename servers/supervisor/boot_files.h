/* SPDX-License-Identifier: MIT */
/*
 * boot_files: the boot archive and the boot information, mapped for reading.
 */
#ifndef LICHEN_SUPERVISOR_BOOT_FILES_H
#define LICHEN_SUPERVISOR_BOOT_FILES_H

#include "abi/boot.h"
#include "abi/status.h"
#include "runtime/archive.h"

struct boot_files {
	const struct boot_info *info;
	struct archive archive; /* empty when there is no boot module */
};

status_t boot_files_open(struct boot_files *files);

#endif
