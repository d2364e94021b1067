/* SPDX-License-Identifier: MIT */
/*
 * Routes of Linux calls: what the kernel answers without us (abi/route.h).
 *
 * rows.c and, for waiting, wait_rows.c are the table: the one place where Linux's numbers meet the kernel's operations. A route answers only what the call's
 * handler would have answered; the handlers stay, for everything that the kernel forwards and for a system started with
 * lichen.routes=off on its command line.
 */
#ifndef LICHEN_PERSONALITY_ROUTES_H
#define LICHEN_PERSONALITY_ROUTES_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/route.h"

struct thread;

extern const struct route route_rows[], route_wait_rows[];
extern const size_t route_row_count, route_wait_row_count;

/* Give the rows to the kernel, unless the command line says no. */
void routes_init(const char *command_line);
/* What a call answers whose wait in the kernel a kick ended: the exit INTERRUPTED. (interrupted.c) */
int64_t routes_interrupted(struct thread *self);
/* Whether the kernel answers calls at all. */
bool routes_enabled(void);

#endif
