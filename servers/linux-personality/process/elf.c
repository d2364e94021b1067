/* SPDX-License-Identifier: MIT */
/*
 * Checking ELF headers and measuring what they describe.
 */
#include "process/elf.h"

#include <string.h>
#include "core/errno.h"
#include "core/guest_memory.h"

#define PAGE_MASK_LOW 4095ull
#define PATH_BYTES_MAX 4096u

int elf_check_header(const struct linux_elf_header *header, uint64_t bytes)
{
	static const uint8_t magic[4] = { 0x7f, 'E', 'L', 'F' };
	if (bytes < sizeof(*header) || memcmp(header->ident, magic, sizeof(magic)))
		return -ENOEXEC;
	if (header->ident[4] != LINUX_ELFCLASS64 || header->ident[5] != LINUX_ELFDATA2LSB)
		return -ENOEXEC;
	if (header->type != LINUX_ET_EXEC && header->type != LINUX_ET_DYN)
		return -ENOEXEC;
	if (header->machine != LINUX_EM_X86_64)
		return -ENOEXEC;
	if (header->program_header_bytes != sizeof(struct linux_program_header))
		return -ENOEXEC;
	if (!header->program_header_count || header->program_header_count > ELF_PROGRAM_HEADERS_MAX)
		return -ENOEXEC;
	return 0;
}

/* Lies within the address space, is not longer in the file than in memory, file offset and address agree within a page. */
static bool segment_sane(const struct linux_program_header *segment)
{
	if (segment->file_bytes > segment->memory_bytes || segment->memory_bytes > GUEST_USER_LIMIT)
		return false;
	if (segment->address > GUEST_USER_LIMIT - segment->memory_bytes)
		return false;
	if (segment->offset + segment->file_bytes < segment->offset)
		return false;
	return !((segment->address ^ segment->offset) & PAGE_MASK_LOW);
}

static void widen(uint64_t *low, uint64_t *high, uint64_t start, uint64_t end)
{
	if (start < *low)
		*low = start;
	if (end > *high)
		*high = end;
}

static void add_segment(struct elf_layout *layout, const struct linux_elf_header *header,
			const struct linux_program_header *segment)
{
	uint64_t end = segment->address + segment->memory_bytes,
		 file_end = segment->address + segment->file_bytes;
	widen(&layout->low, &layout->high, segment->address & ~PAGE_MASK_LOW,
	      (end + PAGE_MASK_LOW) & ~PAGE_MASK_LOW);
	if (header->program_headers >= segment->offset &&
	    header->program_headers - segment->offset < segment->file_bytes)
		layout->headers = header->program_headers - segment->offset + segment->address;
	if (end > layout->break_start)
		layout->break_start = end;
	if (segment->align > layout->align && !(segment->align & (segment->align - 1)))
		layout->align = segment->align;
	if (segment->address < layout->code_start)
		layout->code_start = segment->address;
	if ((segment->flags & LINUX_PF_X) && file_end > layout->code_end)
		layout->code_end = file_end;
	if (segment->address > layout->data_start)
		layout->data_start = segment->address;
	if (file_end > layout->data_end)
		layout->data_end = file_end;
}

static int add_header(struct elf_layout *layout, const struct linux_elf_header *header,
		      const struct linux_program_header *entry)
{
	switch (entry->type) {
	case LINUX_PT_LOAD:
		if (!segment_sane(entry))
			return -ENOEXEC;
		if (entry->memory_bytes)
			add_segment(layout, header, entry);
		return 0;
	case LINUX_PT_INTERP:
		if (layout->interpreter_bytes)
			return 0;
		if (entry->file_bytes < 2 || entry->file_bytes > PATH_BYTES_MAX)
			return -ENOEXEC;
		layout->interpreter_offset = entry->offset;
		layout->interpreter_bytes = entry->file_bytes;
		return 0;
	case LINUX_PT_GNU_STACK: layout->executable_stack = entry->flags & LINUX_PF_X; return 0;
	default: return 0;
	}
}

int elf_read_layout(const struct linux_elf_header *header, const struct linux_program_header *program,
		    struct elf_layout *layout)
{
	*layout = (struct elf_layout){ .low = UINT64_MAX,
				       .code_start = UINT64_MAX,
				       .align = PAGE_MASK_LOW + 1 };
	for (uint32_t i = 0; i < header->program_header_count; i++) {
		int error = add_header(layout, header, &program[i]);
		if (error)
			return error;
	}
	return layout->high ? 0 : -EINVAL;
}
