/* SPDX-License-Identifier: MIT */
/*
 * The kernel's address layout.
 *
 * The lower half belongs to user space. All physical memory is mapped at DIRECT_MAP_BASE, the kernel's image at KERNEL_BASE
 * plus its physical address. The upper half is the same in every address space.
 */
#ifndef LICHEN_ARCH_LAYOUT_H
#define LICHEN_ARCH_LAYOUT_H

#define DIRECT_MAP_BASE 0xffff800000000000ull
#define KERNEL_BASE 0xffffffff80000000ull
#define USER_LIMIT 0x00007ffffffff000ull /* first address user code may not use */

#endif
