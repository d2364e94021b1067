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

/*
 * Where the parts of the kernel file lie (kernel.ld). All names are page-aligned virtual addresses; the physical
 * address is KERNEL_BASE lower. From image_boot_start to image_data_end the image is one piece of memory.
 */
extern char image_boot_start[];                       /* boot code, not needed after boot */
extern char image_text_start[], image_text_end[];     /* read, execute */
extern char image_rodata_start[], image_rodata_end[]; /* read */
extern const char image_build_id[];                   /* 20 bytes */
extern char image_data_start[], image_data_end[]; /* read, write; stacks with their guard pages at the end */

/* The supervisor's flat image (abi/boot.h); of length 0 in a kernel built without one. */
extern const char supervisor_image[], supervisor_image_end[];

#endif
