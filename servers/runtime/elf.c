/* SPDX-License-Identifier: MIT */
/*
 * elf: see elf.h. The structures are those of the System V ABI; they are copied out of the file before a field is
 * looked at, so alignment does not matter.
 */
#include "runtime/elf.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>
#include "abi/memory.h"
#include "abi/types.h"

#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))

struct file_view {
	const uint8_t *bytes;
	size_t size;
	Elf64_Ehdr header;
};

static bool in_file(const struct file_view *file, uint64_t offset, uint64_t bytes)
{
	return offset <= file->size && bytes <= file->size - offset;
}

static status_t check_header(const struct file_view *file)
{
	const Elf64_Ehdr *header = &file->header;

	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
		return STATUS_CORRUPT;
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
	    header->e_type != ET_EXEC || header->e_machine != EM_X86_64)
		return STATUS_NOT_SUPPORTED;
	if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 ||
	    !in_file(file, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr)))
		return STATUS_CORRUPT;
	return STATUS_OK;
}

static Elf64_Phdr read_program_header(const struct file_view *file, unsigned index)
{
	Elf64_Phdr header;

	memcpy(&header, file->bytes + file->header.e_phoff + index * sizeof header, sizeof header);
	return header;
}

static bool is_sound(const struct file_view *file, const Elf64_Phdr *header)
{
	uint64_t end = header->p_vaddr + header->p_memsz;

	return header->p_memsz != 0 && header->p_filesz <= header->p_memsz && end > header->p_vaddr &&
	       header->p_vaddr >= ELF_LOWEST && end <= ELF_HIGHEST &&
	       in_file(file, header->p_offset, header->p_filesz) &&
	       (header->p_flags & (PF_W | PF_X)) != (PF_W | PF_X);
}

static uint32_t prot_of(const Elf64_Phdr *header)
{
	return ((header->p_flags & PF_R) ? PROT_BIT_READ : 0) |
	       ((header->p_flags & PF_W) ? PROT_BIT_WRITE : 0) |
	       ((header->p_flags & PF_X) ? PROT_BIT_EXEC : 0);
}

static bool follows_last(const struct elf_plan *plan, uint64_t address)
{
	const struct elf_segment *last = &plan->segments[plan->segment_count - 1];

	return plan->segment_count == 0 || address >= last->address + last->memory_bytes;
}

static status_t add_segment(struct elf_plan *plan, const struct file_view *file, const Elf64_Phdr *header)
{
	uint64_t start = header->p_vaddr & PAGE_MASK;
	uint64_t end = (header->p_vaddr + header->p_memsz + PAGE_SIZE - 1) & PAGE_MASK;

	if (!is_sound(file, header) || !follows_last(plan, start))
		return STATUS_CORRUPT;
	if (plan->segment_count == ELF_SEGMENTS_MAX)
		return STATUS_TOO_BIG;
	plan->segments[plan->segment_count++] = (struct elf_segment){
		.address = start,
		.memory_bytes = end - start,
		.content_at = header->p_vaddr - start,
		.file_offset = header->p_offset,
		.file_bytes = header->p_filesz,
		.prot = prot_of(header),
	};
	return STATUS_OK;
}

static bool entry_is_code(const struct elf_plan *plan)
{
	for (uint32_t i = 0; i < plan->segment_count; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		if ((segment->prot & PROT_BIT_EXEC) && plan->entry >= segment->address &&
		    plan->entry < segment->address + segment->memory_bytes)
			return true;
	}
	return false;
}

/* Address at which the program headers are mapped, 0 when they are not. */
static uint64_t find_headers(const struct elf_plan *plan, const Elf64_Ehdr *header)
{
	uint64_t bytes = (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);

	for (uint32_t i = 0; i < plan->segment_count; i++) {
		const struct elf_segment *segment = &plan->segments[i];
		if ((segment->prot & PROT_BIT_READ) && header->e_phoff >= segment->file_offset &&
		    header->e_phoff - segment->file_offset <= segment->file_bytes &&
		    bytes <= segment->file_bytes - (header->e_phoff - segment->file_offset))
			return segment->address + segment->content_at + header->e_phoff -
			       segment->file_offset;
	}
	return 0;
}

/* The linker puts the build id into a note of its own, the first; other notes matter to nobody here. */
static void read_note(struct elf_plan *plan, const struct file_view *file, const Elf64_Phdr *header)
{
	struct {
		Elf64_Nhdr header;
		char name[sizeof(ELF_NOTE_GNU)];
		uint8_t id[ELF_BUILD_ID_BYTES];
	} note;

	if (header->p_filesz < sizeof note || !in_file(file, header->p_offset, sizeof note))
		return;
	memcpy(&note, file->bytes + header->p_offset, sizeof note);
	if (note.header.n_type == NT_GNU_BUILD_ID && note.header.n_namesz == sizeof note.name &&
	    note.header.n_descsz == sizeof note.id && memcmp(note.name, ELF_NOTE_GNU, sizeof note.name) == 0)
		memcpy(plan->build_id, note.id, sizeof note.id);
}

static status_t add_all(struct elf_plan *plan, const struct file_view *file)
{
	for (unsigned i = 0; i < file->header.e_phnum; i++) {
		Elf64_Phdr header = read_program_header(file, i);
		status_code_t status = STATUS_OK;

		if (header.p_type == PT_INTERP || header.p_type == PT_DYNAMIC)
			return STATUS_NOT_SUPPORTED;
		if (header.p_type == PT_NOTE)
			read_note(plan, file, &header);
		if (header.p_type == PT_LOAD)
			status = add_segment(plan, file, &header);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

status_t elf_plan_make(const uint8_t *bytes, size_t size, struct elf_plan *plan)
{
	struct file_view file = { .bytes = bytes, .size = size };
	status_code_t status;

	*plan = (struct elf_plan){ 0 };
	if (size < sizeof file.header)
		return STATUS_CORRUPT;
	memcpy(&file.header, bytes, sizeof file.header);
	status = check_header(&file);
	if (status == STATUS_OK)
		status = add_all(plan, &file);
	if (status != STATUS_OK)
		return status;
	plan->entry = file.header.e_entry;
	plan->headers = find_headers(plan, &file.header);
	plan->header_count = file.header.e_phnum;
	return entry_is_code(plan) && plan->headers != 0 ? STATUS_OK : STATUS_CORRUPT;
}
