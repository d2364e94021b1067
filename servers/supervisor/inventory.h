/* SPDX-License-Identifier: MIT */
/*
 * inventory: the service "supervisor": what programs there are and which handles they hold, asked from the kernel anew each
 * time. Whoever calls was granted that by the manifest; nothing can be changed through it.
 */
#ifndef LICHEN_SUPERVISOR_INVENTORY_H
#define LICHEN_SUPERVISOR_INVENTORY_H

#include "programs.h"

struct server_call;

/* Serves one message; call->message becomes the reply. */
void inventory_serve(const struct programs *programs, struct server_call *call);

#endif
