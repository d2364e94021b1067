/* SPDX-License-Identifier: MIT */
/*
 * Feature bits of CPUID and their names, by register in Linux's order: Intel SDM vol. 2A, CPUID; AMD APM vol. 3, appendix E.
 * A string lists the names of bits 0 to 31; "-" has none.
 */
#include "proc/cpu_flags.h"

#include <string.h>

enum cpuid_register { REGISTER_EAX, REGISTER_EBX, REGISTER_ECX, REGISTER_EDX };

struct feature_word {
	uint32_t leaf, subleaf;
	enum cpuid_register in;
	const char *names;
};

static const struct feature_word feature_words[] = {
	{ 1, 0, REGISTER_EDX,
	  "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush - dts acpi "
	  "mmx fxsr "
	  "sse sse2 ss ht tm ia64 pbe" },
	{ 0x80000001, 0, REGISTER_EDX,
	  "- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt pdpe1gb rdtscp - lm "
	  "3dnowext "
	  "3dnow" },
	{ 1, 0, REGISTER_ECX,
	  "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm - pcid dca "
	  "sse4_1 "
	  "sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave - avx f16c rdrand hypervisor" },
	{ 0x80000001, 0, REGISTER_ECX,
	  "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit "
	  "wdt - "
	  "lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb - bpext ptsc perfctr_llc mwaitx - "
	  "-" },
	{ 7, 0, REGISTER_EBX,
	  "fsgsbase tsc_adjust - bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - mpx rdt_a avx512f avx512dq "
	  "rdseed "
	  "adx smap avx512ifma - clflushopt clwb intel_pt avx512pf avx512er avx512cd sha_ni avx512bw "
	  "avx512vl" },
	{ 0xd, 1, REGISTER_EAX, "xsaveopt xsavec xgetbv1 xsaves" },
	{ 0x80000008, 0, REGISTER_EBX, "clzero irperf xsaveerptr - rdpru - - - - wbnoinvd" },
	{ 6, 0, REGISTER_EAX, "dtherm ida arat - pln - pts" },
	{ 7, 0, REGISTER_ECX,
	  "- avx512vbmi umip pku ospke waitpkg avx512_vbmi2 - gfni vaes vpclmulqdq avx512_vnni avx512_bitalg "
	  "tme "
	  "avx512_vpopcntdq - la57 - - - - - rdpid - bus_lock_detect cldemote - movdiri movdir64b enqcmd - "
	  "-" },
	{ 7, 0, REGISTER_EDX,
	  "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect - md_clear - - - serialize - "
	  "tsxldtrk - "
	  "pconfig arch_lbr ibt - amx_bf16 avx512_fp16 amx_tile amx_int8 - - flush_l1d arch_capabilities - "
	  "-" },
};

static uint32_t feature_bits(const struct feature_word *word)
{
	struct cpuid_registers highest = cpuid(word->leaf & 0x80000000u, 0), found;
	if (highest.eax < word->leaf)
		return 0;
	found = cpuid(word->leaf, word->subleaf);
	switch (word->in) {
	case REGISTER_EAX: return found.eax;
	case REGISTER_EBX: return found.ebx;
	case REGISTER_ECX: return found.ecx;
	default: return found.edx;
	}
}

static void put_names(struct text *out, const char *names, uint32_t bits)
{
	for (; *names; bits >>= 1) {
		size_t length = strcspn(names, " ");
		if (bits & 1 && names[0] != '-') {
			if (out->used && out->bytes[out->used - 1] != ' ')
				text_char(out, ' ');
			text_bytes(out, names, length);
		}
		names += length + (names[length] == ' ');
	}
}

void text_cpu_flags(struct text *out)
{
	for (unsigned i = 0; i < sizeof(feature_words) / sizeof(feature_words[0]); i++)
		put_names(out, feature_words[i].names, feature_bits(&feature_words[i]));
}
