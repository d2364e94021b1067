/* SPDX-License-Identifier: MIT */
/*
 * The FPU state in signal frames: the kernel's image with Linux's software bytes and trailing magic.
 */
#ifndef LICHEN_PERSONALITY_FPU_IMAGE_H
#define LICHEN_PERSONALITY_FPU_IMAGE_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/types.h"

/* What this machine's image looks like; once at start. */
void fpu_image_init(uint32_t bytes, bool has_xsave, uint64_t features);
/* The image is in XSAVE format: a header follows the FXSAVE area. */
bool fpu_image_has_header(void);
/* Bytes that a frame sets aside. */
uint64_t fpu_image_frame_bytes(void);
/* Smallest stack that holds a frame: AT_MINSIGSTKSZ. */
uint64_t fpu_image_minimum_stack(void);
/* The calling thread's guest state to and from its guest's memory. -EFAULT; restore from 0 resets the state. */
int fpu_image_save(gaddr_t where);
int fpu_image_restore(gaddr_t where);
/* A thread's guest state (HANDLE_NONE: the calling one's) as core files hold it: bytes, 0: it cannot be read. */
#define FPU_IMAGE_BYTES_MAX 8192u
uint32_t fpu_image_read(handle_t thread, uint8_t image[FPU_IMAGE_BYTES_MAX]);

#endif
