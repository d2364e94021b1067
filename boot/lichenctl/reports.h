/* SPDX-License-Identifier: MIT */
/*
 * Reports of deaths, as the kernel's log still has them (docs/reports.md).
 */
#ifndef LICHENCTL_REPORTS_H
#define LICHENCTL_REPORTS_H

#include "table.h"

/* Show a table of all reports or, with a number, the lines of those that have it. False, and said on standard error, when the log
   cannot be read or has no such report. */
bool reports_show(const char *number, const struct output *output);

#endif
