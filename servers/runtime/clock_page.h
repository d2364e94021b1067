/* SPDX-License-Identifier: MIT */
/*
 * clock_page: time without a kernel call, from the clock page that every program is granted ("clock.page"); where the
 * CPU's counter cannot be used, or there is no page, the kernel is asked. The layout is in abi/boot.h.
 */
#ifndef LICHEN_RUNTIME_CLOCK_PAGE_H
#define LICHEN_RUNTIME_CLOCK_PAGE_H

#include <stdint.h>
#include "abi/types.h"

/* Maps this page to read it; needed only by a program that has it under another name. */
void clock_page_use(handle_t page);
/* Nanoseconds since the kernel's start. */
uint64_t clock_page_monotonic_ns(void);
/* Nanoseconds since 1970, as far as the wall clock was set. */
int64_t clock_page_realtime_ns(void);

#endif
