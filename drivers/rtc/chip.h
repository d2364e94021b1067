/* SPDX-License-Identifier: MIT */
/*
 * chip: the MC146818's registers as a calendar time, whatever format (BCD or binary, 12 or 24 hours) it runs in.
 */
#ifndef LICHEN_RTC_CHIP_H
#define LICHEN_RTC_CHIP_H

#include "abi/status.h"
#include "abi/types.h"
#include "calendar.h"

/* IO_ERROR: an update never ends; CORRUPT: the registers hold no date. */
status_t chip_read(handle_t ports, struct calendar_time *time);
void chip_write(handle_t ports, const struct calendar_time *time);

#endif
