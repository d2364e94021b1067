/* SPDX-License-Identifier: MIT */
/*
 * FPU and vector registers: save, restore, check (cpu.h). The kernel itself never computes with them.
 *
 * Images have the standard XSAVE format, or FXSAVE's 512 bytes on a CPU without XSAVE. A saved image is whole: where the
 * CPU leaves out a component of the legacy area that is in its initial state, its bytes are written here, since
 * programs read them in signal frames without looking at XSTATE_BV.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "structure/bytes.h"

#define COMPONENT_X87 0x1u
#define COMPONENT_SSE 0x2u
#define COMPONENT_AVX 0x4u
#define COMPONENT_AVX512 0xe0u
#define COMPONENTS_LEGACY (COMPONENT_X87 | COMPONENT_SSE)

#define LEGACY_BYTES 512u
#define HEADER_BYTES 64u
#define FCW_INITIAL 0x37fu
#define MXCSR_INITIAL 0x1f80u
#define MXCSR_MASK_DEFAULT 0xffbfu
#define CR0_TS 0x8u

struct fpu_image {
	uint16_t fcw, fsw;
	uint8_t ftw, reserved0;
	uint16_t fop;
	uint64_t fip, fdp;
	uint32_t mxcsr, mxcsr_mask;
	uint64_t st[16];
	uint64_t xmm[32];
	uint64_t reserved1[12];
	/* XSAVE only */
	uint64_t xstate_bv, xcomp_bv;
	uint64_t reserved2[6];
};
_Static_assert(sizeof(struct fpu_image) == LEGACY_BYTES + HEADER_BYTES, "as the CPU defines it");

static uint32_t mxcsr_mask;
static struct fpu_image initial __attribute__((aligned(64)));

static uint64_t components_wanted(void)
{
	struct cpuid leaf = cpuid(13, 0);
	uint64_t there = leaf.a | (uint64_t)leaf.d << 32;
	uint64_t wanted = there & (COMPONENTS_LEGACY | COMPONENT_AVX);
	if ((wanted & COMPONENT_AVX) && (there & COMPONENT_AVX512) == COMPONENT_AVX512)
		wanted |= COMPONENT_AVX512;
	return wanted;
}

#define XCR0_WORDS "a"((uint32_t)cpu_features.xcr0), "d"((uint32_t)(cpu_features.xcr0 >> 32))

static void xsave(void *image)
{
	if (cpu_features.xsaveopt)
		__asm__ volatile("xsaveopt64 (%0)" ::"r"(image), XCR0_WORDS : "memory");
	else
		__asm__ volatile("xsave64 (%0)" ::"r"(image), XCR0_WORDS : "memory");
}

static void fxsave(void *image)
{
	__asm__ volatile("fxsave64 (%0)" ::"r"(image) : "memory");
}

void fpu_init(void)
{
	__asm__ volatile("fninit");
	fxsave(&initial);
	mxcsr_mask = initial.mxcsr_mask ? initial.mxcsr_mask : MXCSR_MASK_DEFAULT;
	memset(&initial, 0, sizeof(initial));
	initial.fcw = FCW_INITIAL;
	initial.mxcsr = MXCSR_INITIAL;
	initial.mxcsr_mask = mxcsr_mask;

	cpu_features.fpu_bytes = LEGACY_BYTES;
	if (cpu_features.xsave) {
		cpu_features.xcr0 = components_wanted();
		__asm__ volatile("xsetbv" ::"c"(0), XCR0_WORDS);
		cpu_features.fpu_bytes = cpuid(13, 0).b;
	}
	fpu_restore(&initial);
}

static void legacy_complete(struct fpu_image *image)
{
	if (!(image->xstate_bv & COMPONENT_X87)) {
		memcpy(image, &initial, offsetof(struct fpu_image, mxcsr));
		memset(image->st, 0, sizeof(image->st));
	}
	if (!(image->xstate_bv & COMPONENT_SSE))
		memset(image->xmm, 0, sizeof(image->xmm));
}

void fpu_save(void *memory)
{
	struct fpu_image *image = memory;
	if (!cpu_features.xsave) {
		fxsave(image);
		return;
	}
	xsave(image);
	if ((image->xstate_bv & COMPONENTS_LEGACY) != COMPONENTS_LEGACY)
		legacy_complete(image);
}

void fpu_restore(const void *image)
{
	if (cpu_features.xsave)
		__asm__ volatile("xrstor64 (%0)" ::"r"(image), XCR0_WORDS : "memory");
	else
		__asm__ volatile("fxrstor64 (%0)" ::"r"(image) : "memory");
}

void fpu_init_image(void *image)
{
	memset(image, 0, cpu_features.fpu_bytes);
	memcpy(image, &initial, LEGACY_BYTES);
}

bool fpu_image_valid(const void *memory)
{
	const struct fpu_image *image = memory;
	if (image->mxcsr & ~mxcsr_mask)
		return false;
	if (!cpu_features.xsave)
		return true;
	if (image->xcomp_bv || (image->xstate_bv & ~cpu_features.xcr0))
		return false;
	for (unsigned i = 0; i < sizeof(image->reserved2) / sizeof(image->reserved2[0]); i++)
		if (image->reserved2[i])
			return false;
	return true;
}

void fpu_trap_write(bool on)
{
	cpu_self()->task_switched = on;
	if (on)
		cr0_write(cr0_read() | CR0_TS);
	else
		__asm__ volatile("clts");
}
