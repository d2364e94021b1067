/* SPDX-License-Identifier: MIT */
/*
 * The battery-backed clock as the wall clock's source.
 */
#ifndef LICHEN_PERSONALITY_RTC_H
#define LICHEN_PERSONALITY_RTC_H

#include "abi/types.h"

/* Set the wall clock from the device. */
void rtc_init(handle_t system, handle_t rtc);

#endif
