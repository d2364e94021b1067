/* SPDX-License-Identifier: MIT */
/*
 * /proc/cpuinfo: what CPUID says, and the frequency of the time stamp counter as measured since start.
 */
#include <string.h>

#include "core/clock.h"
#include "proc/cpu_flags.h"
#include "proc/cpu_text.h"
#include "proc/global_nodes.h"

#define LEAF_BRAND 0x80000002u
#define LEAF_CACHE 0x80000006u
#define LEAF_ADDRESS 0x80000008u
#define KHZ_FACTOR 1000000ull /* cycles per ns to kHz */

/* Where measuring began; a new instance of this server begins anew. */
static uint64_t first_tsc, first_ns;

static uint64_t read_tsc(void)
{
	uint32_t low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

void cpu_measure_start(void)
{
	first_tsc = read_tsc();
	first_ns = clock_monotonic_ns();
}

static uint64_t frequency_khz(void)
{
	uint64_t ns = clock_monotonic_ns() - first_ns, cycles = read_tsc() - first_tsc;
	return ns ? (uint64_t)((unsigned __int128)cycles * KHZ_FACTOR / ns) : 0;
}

struct cpu_identity {
	char vendor[13];
	char name[49];
	uint32_t family, model, stepping, apic_id, clflush_bytes, level;
};

static void read_name(struct cpu_identity *cpu)
{
	if (cpuid(0x80000000u, 0).eax < LEAF_BRAND + 2)
		return;
	for (uint32_t i = 0; i < 3; i++) {
		struct cpuid_registers part = cpuid(LEAF_BRAND + i, 0);
		memcpy(cpu->name + 16 * i, &part, sizeof(part));
	}
}

static struct cpu_identity read_identity(void)
{
	struct cpuid_registers first = cpuid(0, 0), version = cpuid(1, 0);
	struct cpu_identity cpu = { .level = first.eax };
	memcpy(cpu.vendor, &first.ebx, 4);
	memcpy(cpu.vendor + 4, &first.edx, 4);
	memcpy(cpu.vendor + 8, &first.ecx, 4);
	cpu.family = version.eax >> 8 & 0xf;
	cpu.model = version.eax >> 4 & 0xf;
	cpu.stepping = version.eax & 0xf;
	if (cpu.family == 6 || cpu.family == 0xf)
		cpu.model |= version.eax >> 12 & 0xf0;
	if (cpu.family == 0xf)
		cpu.family += version.eax >> 20 & 0xff;
	cpu.apic_id = version.ebx >> 24;
	cpu.clflush_bytes = (version.ebx >> 8 & 0xff) * 8;
	read_name(&cpu);
	return cpu;
}

static void put_text(struct text *out, const char *label, const char *value)
{
	text_string(out, label);
	text_string(out, ": ");
	text_string(out, value);
	text_char(out, '\n');
}

static void put_number(struct text *out, const char *label, uint64_t value)
{
	text_string(out, label);
	text_string(out, ": ");
	text_unsigned(out, value);
	text_char(out, '\n');
}

static void put_fraction(struct text *out, const char *label, uint64_t whole, uint64_t part, uint32_t digits)
{
	text_string(out, label);
	text_string(out, ": ");
	text_unsigned(out, whole);
	text_char(out, '.');
	text_unsigned_zeros(out, part, digits);
	text_char(out, '\n');
}

static void put_cache(struct text *out)
{
	if (cpuid(0x80000000u, 0).eax < LEAF_CACHE)
		return;
	text_string(out, "cache size\t: ");
	text_unsigned(out, cpuid(LEAF_CACHE, 0).ecx >> 16);
	text_string(out, " KB\n");
}

static void put_identity(struct text *out, const struct cpu_identity *cpu, uint64_t khz)
{
	put_number(out, "processor\t", 0);
	put_text(out, "vendor_id\t", cpu->vendor);
	put_number(out, "cpu family\t", cpu->family);
	put_number(out, "model\t\t", cpu->model);
	put_text(out, "model name\t", cpu->name[0] ? cpu->name : "unknown");
	put_number(out, "stepping\t", cpu->stepping);
	put_fraction(out, "cpu MHz\t\t", khz / 1000, khz % 1000, 3);
	put_cache(out);
}

static void put_topology(struct text *out, const struct cpu_identity *cpu)
{
	put_number(out, "physical id\t", 0);
	put_number(out, "siblings\t", 1);
	put_number(out, "core id\t\t", 0);
	put_number(out, "cpu cores\t", 1);
	put_number(out, "apicid\t\t", cpu->apic_id);
	put_number(out, "initial apicid\t", cpu->apic_id);
	put_text(out, "fpu\t\t", "yes");
	put_text(out, "fpu_exception\t", "yes");
	put_number(out, "cpuid level\t", cpu->level);
	put_text(out, "wp\t\t", "yes");
}

static void put_sizes(struct text *out, const struct cpu_identity *cpu)
{
	uint32_t address = cpuid(0x80000000u, 0).eax >= LEAF_ADDRESS ? cpuid(LEAF_ADDRESS, 0).eax
								     : 36 | 48 << 8;
	put_number(out, "clflush size\t", cpu->clflush_bytes);
	put_number(out, "cache_alignment\t", cpu->clflush_bytes);
	text_string(out, "address sizes\t: ");
	text_unsigned(out, address & 0xff);
	text_string(out, " bits physical, ");
	text_unsigned(out, address >> 8 & 0xff);
	text_string(out, " bits virtual\npower management:\n\n");
}

int show_cpu_info(struct request *request, struct text *out)
{
	struct cpu_identity cpu = read_identity();
	uint64_t khz = frequency_khz();
	(void)request;
	put_identity(out, &cpu, khz);
	put_topology(out, &cpu);
	text_string(out, "flags\t\t: ");
	text_cpu_flags(out);
	text_string(out, "\nbugs\t\t:\n");
	put_fraction(out, "bogomips\t", khz * 2 / 1000, khz * 2 / 10 % 100, 2);
	put_sizes(out, &cpu);
	return 0;
}
