/* SPDX-License-Identifier: MIT */
/*
 * The core file as a whole: whether one is wanted, its name, headers, notes and memory.
 */
#include "dump/core.h"

#include "abi/memory.h"
#include "core/clock.h"
#include "core/errno.h"
#include "file/file.h"
#include "fs/inode.h"
#include "linux_abi/core.h"
#include "linux_abi/elf.h"
#include "linux_abi/files.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "proc/sysctl.h"
#include "process/credentials.h"
#include "system/uts.h"

#define PAGE_BYTES 4096u
#define MODE_CORE 0600u
#define ELF_VERSION 1u

/* Linux's order of the file: header, program headers, notes, then memory from the next page on. */
struct layout {
	uint64_t notes_at, memory_at;
};

static void facts_fill(struct core_facts *facts, const struct thread *self, int number, const char *path,
		       const char *host)
{
	*facts = (struct core_facts){
		.pid = self->process->pid,
		.tid = self->tid,
		.signal = number,
		.user = self->credentials->uid,
		.group = self->credentials->gid,
		.dumpable = 1,
		.time_s = (uint64_t)clock_realtime_ns() / (uint64_t)NS_PER_SECOND,
		.limit = self->process->limits[LINUX_RLIMIT_CORE].soft,
		.name = self->name,
		.path = path,
		.host = host,
		.uses_pid = sysctl_value(SYSCTL_CORE_USES_PID),
	};
}

static int name_make(struct thread *self, int number, const char *pattern, char name[CORE_NAME_MAX])
{
	char path[CORE_NAME_MAX] = "", host[UTS_BYTES], domain[UTS_BYTES];
	struct core_facts facts;
	const struct file *program = self->mm->executable;
	if (program && program->path.mount)
		(void)path_name(self, &program->path, path, sizeof(path));
	uts_names(self->process->uts, host, domain);
	facts_fill(&facts, self, number, path, host);
	return core_name(pattern, &facts, name);
}

/* A regular file with one name that belongs to the process's user, and empty. */
static struct file *file_make(struct thread *self, const char *name, int *error)
{
	uint32_t flags = LINUX_O_CREAT | LINUX_O_RDWR | LINUX_O_NOFOLLOW | LINUX_O_LARGEFILE;
	struct file *file = file_open_name(self, name, flags, MODE_CORE, error);
	if (!file)
		return NULL;
	struct inode *inode = file->inode;
	if (file->kind != FILE_REGULAR || inode->attributes.links > 1 ||
	    inode->attributes.user != self->credentials->fsuid) {
		*error = -EPERM;
	} else if (inode->attributes.size) {
		mutex_acquire(&inode->content);
		*error = inode_truncate(inode, 0);
		mutex_release(&inode->content);
	}
	if (!*error)
		return file;
	file_put(file);
	return NULL;
}

static void write_header(struct core_file *core, uint32_t segments)
{
	const struct linux_elf_header header = {
		.ident = { 0x7f, 'E', 'L', 'F', LINUX_ELFCLASS64, LINUX_ELFDATA2LSB, ELF_VERSION },
		.type = LINUX_ET_CORE,
		.machine = LINUX_EM_X86_64,
		.version = ELF_VERSION,
		.program_headers = sizeof(header),
		.header_bytes = sizeof(header),
		.program_header_bytes = sizeof(struct linux_program_header),
		.program_header_count = (uint16_t)segments,
	};
	core_write(core, &header, sizeof(header));
}

static uint32_t segment_flags(uint32_t prot)
{
	return (prot & PROT_BIT_READ ? LINUX_PF_R : 0) | (prot & PROT_BIT_WRITE ? LINUX_PF_W : 0) |
	       (prot & PROT_BIT_EXEC ? LINUX_PF_X : 0);
}

static void write_segments(struct core_file *core, const struct core_regions *regions, uint64_t notes_bytes,
			   const struct layout *layout)
{
	struct linux_program_header segment = {
		.type = LINUX_PT_NOTE,
		.offset = layout->notes_at,
		.file_bytes = notes_bytes,
	};
	uint64_t at = layout->memory_at;
	core_write(core, &segment, sizeof(segment));
	for (uint32_t i = 0; i < regions->count; i++) {
		const struct core_region *region = &regions->list[i];
		segment = (struct linux_program_header){
			.type = LINUX_PT_LOAD,
			.flags = segment_flags(region->prot),
			.offset = at,
			.address = region->start,
			.file_bytes = region->dumped,
			.memory_bytes = region->bytes,
			.align = PAGE_BYTES,
		};
		core_write(core, &segment, sizeof(segment));
		at += region->dumped;
	}
}

/* A file that ends with a hole has its full size all the same. */
static void finish(struct core_file *core)
{
	struct inode *inode = core->file->inode;
	if (core->error)
		return;
	mutex_acquire(&inode->content);
	if (inode->attributes.size < core->offset)
		core->error = inode_truncate(inode, core->offset);
	mutex_release(&inode->content);
}

static void write_all(struct core_file *core, const struct core_regions *regions, const struct text *notes)
{
	struct layout layout;
	layout.notes_at = sizeof(struct linux_elf_header) +
			  (regions->count + 1ull) * sizeof(struct linux_program_header);
	layout.memory_at = (layout.notes_at + notes->used + PAGE_BYTES - 1) & ~(uint64_t)(PAGE_BYTES - 1);
	write_header(core, regions->count + 1);
	write_segments(core, regions, notes->used, &layout);
	core_write(core, notes->bytes, notes->used);
	core->offset = layout.memory_at;
	for (uint32_t i = 0; i < regions->count && !core->error; i++)
		core_write_region(core, &regions->list[i]);
	finish(core);
}

/* The others stand still. */
static void make_core(struct thread *self, const struct linux_siginfo *info, struct core_result *result)
{
	struct core_file core = { .self = self, .limit = self->process->limits[LINUX_RLIMIT_CORE].soft };
	struct core_regions regions = { 0 };
	struct text notes = { 0 };
	core.file = file_make(self, result->name, &result->error);
	if (!core.file)
		return;
	core_notes(self, info, &notes);
	result->error = notes.failed ? -ENOMEM : core_regions_read(self, &regions);
	if (!result->error) {
		result->dumped = true;
		write_all(&core, &regions, &notes);
		result->error = core.error;
		result->bytes = core.offset;
	}
	core_regions_free(&regions);
	text_free(&notes);
	file_put(core.file);
}

void core_dump(struct thread *self, const struct linux_siginfo *info, struct core_result *result)
{
	char pattern[CORE_PATTERN_BYTES];
	*result = (struct core_result){ 0 };
	sysctl_core_pattern(pattern);
	bool limited = self->process->limits[LINUX_RLIMIT_CORE].soft < PAGE_BYTES;
	if (!self->mm || !self->mm->dumpable || (limited && pattern[0] != '|'))
		return;
	result->wanted = true;
	if (pattern[0] == '|')
		result->error = -ENOSYS; /* programs that take cores from a pipe are not started */
	else
		result->error = name_make(self, info->number, pattern, result->name);
	if (result->error || !dump_begin(self, (uint32_t)info->number))
		return;
	make_core(self, info, result);
	dump_end(self, result->dumped);
}
