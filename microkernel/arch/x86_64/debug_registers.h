/* SPDX-License-Identifier: MIT */
/*
 * The debug registers, as far as guests use them: breakpoint addresses DR0 to DR3, status DR6, control DR7.
 *
 * Guest addresses look like addresses of native code, so DR7 is 0 whenever native code runs.
 */
#ifndef LICHEN_ARCH_DEBUG_REGISTERS_H
#define LICHEN_ARCH_DEBUG_REGISTERS_H

#include <stdint.h>

#define DR7_FIXED 0x400ull

static inline void debug_registers_load(const uint64_t address[4], uint64_t control)
{
	__asm__ volatile("mov %0, %%dr0" ::"r"(address[0]));
	__asm__ volatile("mov %0, %%dr1" ::"r"(address[1]));
	__asm__ volatile("mov %0, %%dr2" ::"r"(address[2]));
	__asm__ volatile("mov %0, %%dr3" ::"r"(address[3]));
	__asm__ volatile("mov %0, %%dr7" ::"r"(control | DR7_FIXED));
}

static inline void debug_registers_off(void)
{
	__asm__ volatile("mov %0, %%dr7" ::"r"(DR7_FIXED));
}

/* What hit; the CPU only ever sets bits, so it is cleared here. */
static inline uint64_t debug_status_take(void)
{
	uint64_t status, none = 0;
	__asm__ volatile("mov %%dr6, %0" : "=r"(status));
	__asm__ volatile("mov %0, %%dr6" ::"r"(none));
	return status;
}

#endif
