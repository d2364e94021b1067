/* SPDX-License-Identifier: MIT */
/*
 * FPU images between kernel and guest stack.
 *
 * An image in XSAVE format carries, in bytes the CPU leaves to software, a magic number and its size, and a second magic
 * number behind it: programs may have moved or cut it. What does not carry both is taken as an FXSAVE image alone.
 */
#include "signal/fpu_image.h"

#include <string.h>
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/signal.h"
#include "runtime/kernel.h"

#define FEATURES_LEGACY 3ull /* x87 and SSE */

static struct {
	uint32_t bytes;
	bool has_header;
	uint64_t features;
} format = { .bytes = LINUX_FXSAVE_BYTES };

void fpu_image_init(uint32_t bytes, bool has_xsave, uint64_t features)
{
	format.bytes = bytes > FPU_IMAGE_BYTES_MAX - 8 ? FPU_IMAGE_BYTES_MAX - 8 : bytes;
	format.has_header = has_xsave;
	format.features = features;
}

bool fpu_image_has_header(void)
{
	return format.has_header;
}

uint64_t fpu_image_frame_bytes(void)
{
	return format.has_header ? format.bytes + sizeof(uint32_t) : format.bytes;
}

uint64_t fpu_image_minimum_stack(void)
{
	uint64_t frame = 440 + fpu_image_frame_bytes() + 64 + 16 + 8; /* frame, image, their alignment */
	return (frame + 15) & ~15ull;
}

int fpu_image_save(gaddr_t where)
{
	uint8_t image[FPU_IMAGE_BYTES_MAX];
	const uint32_t trailer = LINUX_FP_XSTATE_MAGIC2;
	struct linux_fx_software software = {
		.magic1 = LINUX_FP_XSTATE_MAGIC1,
		.extended_size = (uint32_t)fpu_image_frame_bytes(),
		.features = format.features,
		.state_size = format.bytes,
	};
	if (k_guest_fpu_read(HANDLE_NONE, own_address(image), format.bytes).status < 0)
		return -EFAULT;
	memset(image + LINUX_FX_SW_OFFSET, 0, sizeof(software));
	if (format.has_header) {
		memcpy(image + LINUX_FX_SW_OFFSET, &software, sizeof(software));
		memcpy(image + format.bytes, &trailer, sizeof(trailer));
	}
	return guest_write(where, image, fpu_image_frame_bytes());
}

/* Does the frame hold an image with a header, and of how many bytes; 0: only the FXSAVE area counts. */
static uint32_t extended_bytes(gaddr_t where, const struct linux_fx_software *software)
{
	uint32_t trailer;
	if (!format.has_header || software->magic1 != LINUX_FP_XSTATE_MAGIC1 ||
	    software->state_size < LINUX_FXSAVE_BYTES + LINUX_XSAVE_HEADER ||
	    software->state_size > format.bytes || software->state_size > software->extended_size)
		return 0;
	if (guest_read(&trailer, gaddr_add(where, software->state_size), sizeof(trailer)) ||
	    trailer != LINUX_FP_XSTATE_MAGIC2)
		return 0;
	return software->state_size;
}

static int write_image(uint8_t *image)
{
	memset(image + LINUX_FX_SW_OFFSET, 0, sizeof(struct linux_fx_software));
	return k_guest_fpu_write(HANDLE_NONE, own_address(image), format.bytes).status < 0 ? -EFAULT : 0;
}

int fpu_image_restore(gaddr_t where)
{
	uint8_t image[FPU_IMAGE_BYTES_MAX];
	struct linux_fx_software software;
	uint32_t extended;
	if (!where.value)
		return k_guest_fpu_reset(HANDLE_NONE).status < 0 ? -EFAULT : 0;
	if (guest_read(&software, gaddr_add(where, LINUX_FX_SW_OFFSET), sizeof(software)))
		return -EFAULT;
	extended = extended_bytes(where, &software);
	memset(image, 0, format.bytes);
	if (guest_read(image, where, extended ? extended : LINUX_FXSAVE_BYTES))
		return -EFAULT;
	if (extended) {
		uint64_t present;
		memcpy(&present, image + LINUX_FXSAVE_BYTES, sizeof(present));
		present &= software.features & format.features;
		memcpy(image + LINUX_FXSAVE_BYTES, &present, sizeof(present));
	} else if (format.has_header) {
		const uint64_t legacy = FEATURES_LEGACY;
		memcpy(image + LINUX_FXSAVE_BYTES, &legacy, sizeof(legacy));
	}
	return write_image(image);
}

uint32_t fpu_image_read(handle_t thread, uint8_t image[FPU_IMAGE_BYTES_MAX])
{
	if (k_guest_fpu_read(thread, own_address(image), format.bytes).status < 0)
		return 0;
	memset(image + LINUX_FX_SW_OFFSET, 0, sizeof(struct linux_fx_software));
	if (format.has_header)
		memcpy(image + LINUX_FX_SW_OFFSET, &format.features, sizeof(format.features));
	return format.bytes;
}
