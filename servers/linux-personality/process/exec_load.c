/* SPDX-License-Identifier: MIT */
/*
 * Loading ELF segments: file pages from the page cache, private; the rest of the last page cleared; anonymous pages
 * for what memory has more than the file.
 */
#include "process/exec_load.h"

#include <string.h>
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "core/survive.h"
#include "memory/mm.h"
#include "process/personality.h"
#include "process/thread.h"
#include "system/random.h"

#define PAGE_BYTES 4096ull
#define MAPPING_PRIVATE 0x02u
#define MAPPING_FIXED 0x10u
#define MAPPING_ANONYMOUS 0x20u
#define PROGRAM_BASE 0x555555554000ull
#define INTERPRETER_BASE 0x7f0000000000ull
#define PLACE_PAGES_MASK 0xffffffull /* 64 GiB of choice */

SURVIVES static struct exec_places drawn;

static uint64_t page_down(uint64_t address)
{
	return address & ~(PAGE_BYTES - 1);
}

static uint64_t page_up(uint64_t address)
{
	return page_down(address + PAGE_BYTES - 1);
}

struct exec_places exec_places(struct thread *self)
{
	if (!drawn.program) {
		uint64_t numbers[2];
		pool_fill(numbers, sizeof(numbers));
		drawn.interpreter = INTERPRETER_BASE + (numbers[0] & PLACE_PAGES_MASK) * PAGE_BYTES;
		drawn.program = PROGRAM_BASE + (numbers[1] & PLACE_PAGES_MASK) * PAGE_BYTES;
	}
	if (self->personality & LINUX_ADDR_NO_RANDOMIZE)
		return (struct exec_places){ PROGRAM_BASE, INTERPRETER_BASE };
	return drawn;
}

int64_t exec_read_file(struct thread *self, struct file *file, void *buffer, uint64_t bytes, uint64_t offset)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	struct guest_iter iter;
	if (!operations || !operations->read)
		return -EACCES;
	iter_init_kernel(&iter, buffer, bytes);
	return operations->read(self, file, &iter, &offset);
}

static int read_exactly(struct thread *self, struct file *file, void *buffer, uint64_t bytes, uint64_t offset)
{
	int64_t done = exec_read_file(self, file, buffer, bytes, offset);
	if (done < 0)
		return (int)done;
	return (uint64_t)done == bytes ? 0 : -ENOEXEC;
}

static uint64_t program_bytes(const struct exec_image *image)
{
	return image->header.program_header_count * sizeof(struct linux_program_header);
}

int exec_image_open(struct thread *self, struct file *file, struct exec_image *image)
{
	int error;
	*image = (struct exec_image){ .file = file };
	error = read_exactly(self, file, &image->header, sizeof(image->header), 0);
	if (!error)
		error = elf_check_header(&image->header, sizeof(image->header));
	if (error)
		goto undo_file;
	image->program = slab_allocate(program_bytes(image));
	error = image->program ? 0 : -ENOMEM;
	if (!error)
		error = read_exactly(self, file, image->program, program_bytes(image),
				     image->header.program_headers);
	if (!error)
		error = elf_read_layout(&image->header, image->program, &image->layout);
	if (!error)
		return 0;
undo_file:
	exec_image_close(image);
	return error;
}

void exec_image_close(struct exec_image *image)
{
	if (image->program)
		slab_free(image->program, program_bytes(image));
	if (image->file)
		file_put(image->file);
	*image = (struct exec_image){ 0 };
}

static uint32_t prot_of(uint32_t flags)
{
	return (flags & LINUX_PF_R ? 1u : 0) | (flags & LINUX_PF_W ? 2u : 0) | (flags & LINUX_PF_X ? 4u : 0);
}

static int clear_tail(struct mm *mm, uint64_t from, uint64_t to)
{
	static const uint8_t zeros[PAGE_BYTES];
	return from == to ? 0 : space_write(mm->aspace, (gaddr_t){ from }, zeros, to - from);
}

static int map_segment(struct thread *self, struct mm *mm, const struct exec_image *image,
		       const struct linux_program_header *segment)
{
	uint64_t address = segment->address + image->bias, start = page_down(address);
	uint64_t file_end = address + segment->file_bytes, end = page_up(address + segment->memory_bytes);
	uint64_t mapped_end = segment->file_bytes ? page_up(file_end) : start;
	uint32_t prot = prot_of(segment->flags);
	if (segment->file_bytes) {
		struct mapping file = { start,
					mapped_end - start,
					page_down(segment->offset),
					prot,
					MAPPING_PRIVATE | MAPPING_FIXED,
					image->file };
		int64_t at = mm_map(self, mm, &file);
		if (at < 0)
			return (int)at;
		if (segment->memory_bytes > segment->file_bytes && (segment->flags & LINUX_PF_W)) {
			int error = clear_tail(mm, file_end, mapped_end);
			if (error)
				return error;
		}
	}
	if (end > mapped_end) {
		struct mapping zeros = { mapped_end,
					 end - mapped_end,
					 0,
					 prot,
					 MAPPING_PRIVATE | MAPPING_FIXED | MAPPING_ANONYMOUS,
					 NULL };
		int64_t at = mm_map(self, mm, &zeros);
		if (at < 0)
			return (int)at;
	}
	return 0;
}

int exec_image_map(struct thread *self, struct mm *mm, struct exec_image *image, uint64_t base)
{
	uint64_t align = image->layout.align;
	if (image->header.type == LINUX_ET_DYN)
		image->bias = ((base + align - 1) & ~(align - 1)) - image->layout.low;
	for (uint32_t i = 0; i < image->header.program_header_count; i++) {
		const struct linux_program_header *segment = &image->program[i];
		if (segment->type != LINUX_PT_LOAD || !segment->memory_bytes)
			continue;
		int error = map_segment(self, mm, image, segment);
		if (error)
			return error;
	}
	return 0;
}
