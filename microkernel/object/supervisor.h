/* SPDX-License-Identifier: MIT */
/*
 * Start of the first domain, the supervisor, from the flat image linked into the kernel (abi/boot.h). Panics with a
 * clear line when there is none or it makes no sense.
 */
#ifndef LICHEN_OBJECT_SUPERVISOR_H
#define LICHEN_OBJECT_SUPERVISOR_H

#include <stddef.h>
#include "abi/boot.h"
#include "abi/status.h"

struct domain;

void supervisor_start(void);

/* Is the image whole and are all its numbers such that loading it stays in bounds? CORRUPT. */
status_t flat_image_check(const struct flat_image *image, size_t bytes);
/* Map its segments into a domain's space. */
status_t flat_image_load(struct domain *domain, const struct flat_image *image);

#endif
