/* SPDX-License-Identifier: MIT */
/*
 * firmware: maps the physical ranges "acpi.0", "acpi.1", ... that the driver was granted as windows for tables.h.
 */
#ifndef LICHEN_POWER_FIRMWARE_H
#define LICHEN_POWER_FIRMWARE_H

#include "tables.h"

void firmware_map(struct table_memory *memory);

#endif
