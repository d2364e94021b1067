/* SPDX-License-Identifier: MIT */
/*
 * Single instructions for C code of arch/, debug/ and device/: ports, model-specific registers, CPUID, control
 * registers. Each function is the instruction of its name and nothing else.
 */
#ifndef LICHEN_ARCH_INSTRUCTIONS_H
#define LICHEN_ARCH_INSTRUCTIONS_H

#include <stdint.h>

static inline void port_write8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static inline void port_write32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static inline uint8_t port_read8(uint16_t port)
{
	uint8_t value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint16_t port_read16(uint16_t port)
{
	uint16_t value;
	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint32_t port_read32(uint16_t port)
{
	uint32_t value;
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint64_t msr_read(uint32_t number)
{
	uint32_t low, high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t number, uint64_t value)
{
	__asm__ volatile("wrmsr" ::"c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

struct cpuid {
	uint32_t a, b, c, d;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid result;
	__asm__ volatile("cpuid"
			 : "=a"(result.a), "=b"(result.b), "=c"(result.c), "=d"(result.d)
			 : "a"(leaf), "c"(subleaf));
	return result;
}

static inline uint64_t tsc_read(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

#define CONTROL_REGISTER(name)                                                                               \
	static inline uint64_t name##_read(void)                                                             \
	{                                                                                                    \
		uint64_t value;                                                                              \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(value));                                       \
		return value;                                                                                \
	}                                                                                                    \
	static inline void name##_write(uint64_t value)                                                      \
	{                                                                                                    \
		__asm__ volatile("mov %0, %%" #name ::"r"(value) : "memory");                                \
	}
CONTROL_REGISTER(cr0)
CONTROL_REGISTER(cr2)
CONTROL_REGISTER(cr3)
CONTROL_REGISTER(cr4)
#undef CONTROL_REGISTER

/* Breakpoint addresses DR0 to DR3 and control DR7. A guest's addresses look like addresses of native code, so DR7 is 0
   whenever native code runs. */
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
