/* SPDX-License-Identifier: MIT */
/*
 * File contents in the kernel's memory objects.
 */
#ifndef LICHEN_VFS_KERNEL_BACKING_H
#define LICHEN_VFS_KERNEL_BACKING_H

#include "backing.h"

/* The account that pays for objects, and the boot archive's object. Once, before the first use. */
void kernel_backing_use(handle_t account, handle_t archive);
extern const struct backing kernel_backing;

#endif
