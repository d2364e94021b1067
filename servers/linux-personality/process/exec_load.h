/* SPDX-License-Identifier: MIT */
/*
 * Mapping an ELF file into a space that nobody uses yet.
 */
#ifndef LICHEN_PERSONALITY_EXEC_LOAD_H
#define LICHEN_PERSONALITY_EXEC_LOAD_H

#include "file/file.h"
#include "process/elf.h"

struct mm;
struct thread;

struct exec_image {
	struct file *file; /* referenced */
	struct linux_elf_header header;
	struct linux_program_header *program; /* header.program_header_count, allocated */
	struct elf_layout layout;
	uint64_t bias;
};

/* Bytes at an offset of a file into our memory: how many, or -errno. */
int64_t exec_read_file(struct thread *self, struct file *file, void *buffer, uint64_t bytes, uint64_t offset);
/* Takes over the file's reference, also on failure: -ENOEXEC, -EINVAL, -ENOMEM, -EIO. */
int exec_image_open(struct thread *self, struct file *file, struct exec_image *image);
void exec_image_close(struct exec_image *image);
/* Map all segments; a position-independent image goes to `base` or the next place that its alignment allows. */
int exec_image_map(struct thread *self, struct mm *mm, struct exec_image *image, uint64_t base);

/* Where position-independent programs and interpreters go: drawn once a boot, so that the same file is executed at the same
   addresses by every process and translated code is used again. */
struct exec_places {
	uint64_t program, interpreter;
};
struct exec_places exec_places(struct thread *self);

#endif
