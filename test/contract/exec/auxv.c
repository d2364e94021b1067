/* SPDX-License-Identifier: MIT
 *
 * getauxval(3): the auxiliary vector: which entries there are and in what order, program headers as mapped, entry
 * point, page size, ids, clock ticks, platform, file name, 16 random bytes that differ from run to run, the vDSO.
 */
#include "../contract.h"

#include <cpuid.h>
#include <elf.h>
#include <sys/auxv.h>

extern char **environ;
extern int main(int argc, char **argv);

static void show_types(void)
{
	char **entry = environ;
	while (*entry)
		entry++;
	say("types:");
	for (Elf64_auxv_t *vector = (Elf64_auxv_t *)(entry + 1); vector->a_type != AT_NULL; vector++)
		say(" %lu", (unsigned long)vector->a_type);
	say("\n");
	IS(((unsigned long)(entry + 1) & 7) == 0);
}

static void show_headers(void)
{
	Elf64_Phdr *headers = (Elf64_Phdr *)getauxval(AT_PHDR);
	unsigned long base = 0, entry = getauxval(AT_ENTRY);
	bool main_inside = false, entry_inside = false;
	IS(getauxval(AT_PHENT) == sizeof(Elf64_Phdr));
	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
		if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0)
			base = (unsigned long)headers - sizeof(Elf64_Ehdr) - headers[i].p_vaddr;
	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) {
		unsigned long begin = base + headers[i].p_vaddr, end = begin + headers[i].p_memsz;
		if (headers[i].p_type != PT_LOAD || !(headers[i].p_flags & PF_X))
			continue;
		main_inside |= (unsigned long)main >= begin && (unsigned long)main < end;
		entry_inside |= entry >= begin && entry < end;
	}
	say("code segment holds main %d, entry point %d\n", main_inside, entry_inside);
	SHOW(getauxval(AT_BASE) != 0);
}

static void show_vdso(void)
{
	Elf64_Ehdr *vdso = (Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	IS(vdso && memcmp(vdso->e_ident, ELFMAG, SELFMAG) == 0 && vdso->e_type == ET_DYN);
}

int main(int argc, char **argv)
{
	unsigned a = 0, b = 0, c = 0, d = 0;
	unsigned char *random = (unsigned char *)getauxval(AT_RANDOM);
	if (argc > 1) {
		IS(random && memcmp(random, argv[1], 16) != 0);
		TEXT((char *)getauxval(AT_EXECFN));
		return 0;
	}
	show_types();
	show_headers();
	show_vdso();
	SHOW(getauxval(AT_PAGESZ));
	SHOW(getauxval(AT_CLKTCK));
	SHOW(getauxval(AT_FLAGS));
	SHOW(getauxval(AT_SECURE));
	say("ids %lu %lu %lu %lu\n", getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID),
	    getauxval(AT_EGID));
	TEXT((char *)getauxval(AT_PLATFORM));
	IS(strcmp((char *)getauxval(AT_EXECFN), argv[0]) == 0);
	__get_cpuid(1, &a, &b, &c, &d);
	IS(getauxval(AT_HWCAP) == d);
	char copy[17] = { 0 };
	memcpy(copy, random, 16);
	for (int i = 0; i < 16; i++)
		copy[i] = copy[i] ? copy[i] : 1;
	pid_t child = fork();
	if (child == 0) {
		execl("/proc/self/exe", "self", copy, (char *)NULL);
		_exit(1);
	}
	reap("again", child);
	return 0;
}
