/* SPDX-License-Identifier: MIT */
/*
 * Where the parts of the kernel file lie (kernel.ld). All names are page-aligned virtual addresses; the physical
 * address is KERNEL_BASE lower. From image_boot_start to image_data_end the image is one piece of memory.
 */
#ifndef LICHEN_ARCH_IMAGE_H
#define LICHEN_ARCH_IMAGE_H

extern char image_boot_start[];                       /* boot code, not needed after boot */
extern char image_text_start[], image_text_end[];     /* read, execute */
extern char image_rodata_start[], image_rodata_end[]; /* read */
extern char image_data_start[], image_data_end[]; /* read, write; stacks with their guard pages at the end */

/* The supervisor's flat image (abi/boot.h); of length 0 in a kernel built without one. */
extern const char supervisor_image[], supervisor_image_end[];

#endif
