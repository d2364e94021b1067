/* SPDX-License-Identifier: MIT */
/*
 * Regions, files and build ids as reports tell them.
 */
#include "report/place.h"

#include <string.h>
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "linux_abi/elf.h"
#include "linux_abi/files.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "process/elf.h"
#include "process/exec_load.h"
#include "process/thread.h"
#include "runtime/kernel.h"

#define NOTE_BYTES_MAX 1024u
#define NOTE_BUILD_ID 3u
#define SEGMENT_NOTE 4u
#define SEGMENTS_READ 16u

bool place_find(const struct mm *mm, uint64_t address, struct region_info *region)
{
	if (!mm || k_aspace_query(mm->aspace, address, own_address(region)).status < 0)
		return false;
	return region->start <= address && address < region->end;
}

struct file *place_file(struct mm *mm, const struct region_info *region)
{
	return region->tag >= TAG_FILE ? tag_file(mm, region->tag) : NULL;
}

const char *place_label(const struct region_info *region)
{
	switch (region->tag) {
	case TAG_HEAP: return "[heap]";
	case TAG_STACK: return "[stack]";
	case TAG_VDSO: return "[vdso]";
	case TAG_VVAR: return "[vvar]";
	case TAG_SHARED_ANONYMOUS: return "[shared]";
	default: return "[anonymous]";
	}
}

void line_rights(struct report *report, const struct region_info *region, bool with_sharing)
{
	line_field(report, "rights", "%c%c%c", region->prot & PROT_BIT_READ ? 'r' : '-',
		   region->prot & PROT_BIT_WRITE ? 'w' : '-', region->prot & PROT_BIT_EXEC ? 'x' : '-');
	if (with_sharing)
		format_append(&report->line, "%c", region->flags & MAP_FLAG_SHARED ? 's' : 'p');
}

/* The note of that kind among `bytes` of notes, with the name "GNU". */
static uint32_t find_note(const uint8_t *notes, uint64_t bytes, uint8_t id[BUILD_ID_MAX])
{
	uint64_t at = 0;
	uint32_t words[3]; /* bytes of the name, of the contents, kind */
	while (at + sizeof(words) + 4 <= bytes) {
		memcpy(words, notes + at, sizeof(words));
		at += sizeof(words);
		uint64_t contents = at + ((words[0] + 3ull) & ~3ull);
		if (contents > bytes || words[1] > bytes - contents)
			return 0;
		if (words[2] == NOTE_BUILD_ID && words[0] == 4 && !memcmp(notes + at, "GNU", 4)) {
			uint32_t count = words[1] < BUILD_ID_MAX ? words[1] : BUILD_ID_MAX;
			memcpy(id, notes + contents, count);
			return count;
		}
		at = contents + ((words[1] + 3ull) & ~3ull);
	}
	return 0;
}

static uint32_t build_id_in(struct thread *self, struct file *file,
			    const struct linux_program_header *segment, uint8_t id[BUILD_ID_MAX])
{
	uint8_t notes[NOTE_BYTES_MAX];
	uint64_t bytes = segment->file_bytes < sizeof(notes) ? segment->file_bytes : sizeof(notes);
	int64_t got = exec_read_file(self, file, notes, bytes, segment->offset);
	return got > 0 ? find_note(notes, (uint64_t)got, id) : 0;
}

uint32_t file_build_id(struct thread *self, struct file *file, uint8_t id[BUILD_ID_MAX])
{
	struct linux_elf_header header;
	struct linux_program_header segments[SEGMENTS_READ];
	uint32_t count, found = 0;
	if (file->kind != FILE_REGULAR)
		return 0;
	int64_t got = exec_read_file(self, file, &header, sizeof(header), 0);
	if (got < (int64_t)sizeof(header) || elf_check_header(&header, (uint64_t)got))
		return 0;
	count = header.program_header_count < SEGMENTS_READ ? header.program_header_count : SEGMENTS_READ;
	got = exec_read_file(self, file, segments, count * sizeof(segments[0]), header.program_headers);
	for (uint32_t i = 0; !found && got >= (int64_t)((i + 1) * sizeof(segments[0])); i++)
		if (segments[i].type == SEGMENT_NOTE)
			found = build_id_in(self, file, &segments[i], id);
	return found;
}

void line_file(struct report *report, struct thread *self, const char *name, struct file *file,
	       bool with_build)
{
	uint8_t id[BUILD_ID_MAX];
	char *path = file && file->path.dentry && file->path.mount ? slab_allocate(LINUX_PATH_MAX) : NULL;
	bool named = path && path_name(self, &file->path, path, LINUX_PATH_MAX) >= 0;
	line_path(report, name, named ? path : NULL);
	if (path)
		slab_free(path, LINUX_PATH_MAX);
	if (with_build)
		line_bytes(report, "build", id, file ? file_build_id(self, file, id) : 0);
}

void line_place(struct report *report, struct thread *self, uint64_t address)
{
	struct region_info region;
	struct file *file;
	if (!place_find(self->mm, address, &region)) {
		line_field(report, "in", "-");
		line_field(report, "rights", "-");
		line_field(report, "offset", "-");
		return;
	}
	file = place_file(self->mm, &region);
	if (file)
		line_file(report, self, "in", file, false);
	else
		line_text(report, "in", place_label(&region));
	line_rights(report, &region, false);
	line_field(report, "offset", "0x%lx", address - region.start + (file ? region.offset : 0));
	if (file)
		file_put(file);
}
