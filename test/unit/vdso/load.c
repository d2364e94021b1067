/* SPDX-License-Identifier: MIT */
/*
 * Loading the image and looking symbols up: by either hash table, then by the hash and name of the version.
 */
#define _GNU_SOURCE
#include "load.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static void must(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(2);
}

static size_t read_image(uint8_t *bytes)
{
	int fd = open(VDSO_IMAGE, O_RDONLY);
	ssize_t count = fd < 0 ? -1 : read(fd, bytes, PAGE + 1);
	must(count > 0, VDSO_IMAGE);
	close(fd);
	return (size_t)count;
}

static void find_dynamic(struct vdso *vdso)
{
	const Elf64_Ehdr *header = (const void *)vdso->image;
	const Elf64_Phdr *program = (const void *)(vdso->image + header->e_phoff);
	for (unsigned i = 0; i < header->e_phnum; i++) {
		if (program[i].p_type == PT_DYNAMIC)
			vdso->dynamic = (const void *)(vdso->image + program[i].p_vaddr);
	}
	must(vdso->dynamic != NULL, "dynamic section");
	while (vdso->dynamic[vdso->dynamic_count].d_tag != DT_NULL)
		vdso->dynamic_count++;
}

void vdso_load(struct vdso *vdso)
{
	static uint8_t bytes[PAGE + 1];
	int memory = memfd_create("clock page", 0);
	must(memory >= 0 && !ftruncate(memory, PAGE), "memory for the clock page");
	uint8_t *place = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(place != MAP_FAILED, "memory for the image");
	must(mmap(place, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, memory, 0) == place, "clock page");
	vdso->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	must((void *)vdso->page != MAP_FAILED, "writable clock page");
	close(memory);
	vdso->file_bytes = read_image(bytes);
	memcpy(place + PAGE, bytes, PAGE);
	must(!mprotect(place + PAGE, PAGE, PROT_READ | PROT_EXEC), "executable image");
	vdso->image = place + PAGE;
	find_dynamic(vdso);
}

const void *vdso_dynamic(const struct vdso *vdso, int64_t tag)
{
	for (size_t i = 0; i < vdso->dynamic_count; i++) {
		if (vdso->dynamic[i].d_tag == tag)
			return vdso->image + vdso->dynamic[i].d_un.d_ptr;
	}
	return NULL;
}

static uint32_t hash_elf(const char *name)
{
	uint32_t hash = 0;
	for (; *name; name++) {
		hash = (hash << 4) + (uint8_t)*name;
		hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
	}
	return hash;
}

static uint32_t hash_gnu(const char *name)
{
	uint32_t hash = 5381;
	for (; *name; name++)
		hash = hash * 33 + (uint8_t)*name;
	return hash;
}

static bool version_matches(const struct vdso *vdso, uint32_t index, const char *version)
{
	const uint16_t *versions = vdso_dynamic(vdso, DT_VERSYM);
	const uint8_t *definition = vdso_dynamic(vdso, DT_VERDEF);
	const char *strings = vdso_dynamic(vdso, DT_STRTAB);
	while (versions && definition) {
		const Elf64_Verdef *here = (const void *)definition;
		const Elf64_Verdaux *name = (const void *)(definition + here->vd_aux);
		if (!(here->vd_flags & VER_FLG_BASE) && here->vd_ndx == (versions[index] & 0x7fff))
			return here->vd_hash == hash_elf(version) &&
			       !strcmp(strings + name->vda_name, version);
		definition = here->vd_next ? definition + here->vd_next : NULL;
	}
	return false;
}

static bool symbol_matches(const struct vdso *vdso, uint32_t index, const char *name, const char *version)
{
	const Elf64_Sym *symbol = (const Elf64_Sym *)vdso_dynamic(vdso, DT_SYMTAB) + index;
	const char *strings = vdso_dynamic(vdso, DT_STRTAB);
	return symbol->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC &&
	       !strcmp(strings + symbol->st_name, name) && version_matches(vdso, index, version);
}

/* nbucket, nchain, buckets, chains. */
static uint32_t find_elf(const struct vdso *vdso, const char *name, const char *version)
{
	const uint32_t *table = vdso_dynamic(vdso, DT_HASH);
	if (!table)
		return 0;
	const uint32_t *chains = table + 2 + table[0];
	uint32_t index = table[2 + hash_elf(name) % table[0]];
	while (index && !symbol_matches(vdso, index, name, version))
		index = chains[index];
	return index;
}

/* The filter must let the name pass, as it must for glibc. */
static bool filter_passes(const uint32_t *table, uint32_t hash)
{
	const uint64_t *filter = (const void *)(table + 4);
	uint64_t word = filter[hash / 64 % table[2]];
	return word >> hash % 64 & word >> (hash >> table[3]) % 64 & 1;
}

/* nbuckets, first symbol, filter words, shift; filter, buckets, chains: hashes whose bit 0 ends the chain. */
static uint32_t find_gnu(const struct vdso *vdso, const char *name, const char *version)
{
	const uint32_t *table = vdso_dynamic(vdso, DT_GNU_HASH);
	uint32_t hash = hash_gnu(name);
	if (!table || !filter_passes(table, hash))
		return 0;
	const uint32_t *buckets = table + 4 + 2 * table[2], *chains = buckets + table[0];
	uint32_t index = buckets[hash % table[0]];
	if (index < table[1])
		return 0;
	for (;; index++) {
		uint32_t chain = chains[index - table[1]];
		if ((chain | 1) == (hash | 1) && symbol_matches(vdso, index, name, version))
			return index;
		if (chain & 1)
			return 0;
	}
}

const Elf64_Sym *vdso_symbol(const struct vdso *vdso, const char *name, const char *version, bool gnu_hash)
{
	uint32_t index = gnu_hash ? find_gnu(vdso, name, version) : find_elf(vdso, name, version);
	return index ? (const Elf64_Sym *)vdso_dynamic(vdso, DT_SYMTAB) + index : NULL;
}

void *vdso_function(const struct vdso *vdso, const char *name)
{
	const Elf64_Sym *symbol = vdso_symbol(vdso, name, "LINUX_2.6", true);
	must(symbol != NULL, name);
	return (void *)(uintptr_t)(vdso->image + symbol->st_value);
}
