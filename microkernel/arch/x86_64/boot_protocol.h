/* SPDX-License-Identifier: MIT */
/*
 * What boot.S and the C side of booting agree on: names of the boot protocols, and where in the boot CPU's stack
 * block the kernel stack ends (pinned by a static assertion in descriptors.c). Included by assembly: no C here.
 */
#ifndef LICHEN_ARCH_BOOT_PROTOCOL_H
#define LICHEN_ARCH_BOOT_PROTOCOL_H

#define BOOT_MULTIBOOT2 1
#define BOOT_PVH 2

#define KERNEL_STACK_BYTES 16384
#define BOOT_KERNEL_STACK_TOP (4096 + KERNEL_STACK_BYTES)

#endif
