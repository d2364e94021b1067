/* SPDX-License-Identifier: MIT */
/*
 * Names of processor features as /proc/cpuinfo shows them.
 */
#ifndef LICHEN_PERSONALITY_CPU_FLAGS_H
#define LICHEN_PERSONALITY_CPU_FLAGS_H

#include "proc/text.h"

struct cpuid_registers {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid_registers cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_registers r;
	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

/* All features, a space behind each but the last. */
void text_cpu_flags(struct text *out);

#endif
