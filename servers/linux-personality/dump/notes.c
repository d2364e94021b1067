/* SPDX-License-Identifier: MIT */
/*
 * The notes of a core file, in Linux's order: status of the thread that died, its process, the signal, the auxiliary vector, the
 * mapped files, FPU registers; then status and FPU registers of the other threads.
 */
#include "dump/core.h"

#include <string.h>
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "linux_abi/core.h"
#include "linux_abi/files.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "process/credentials.h"
#include "process/usage.h"
#include "runtime/kernel.h"
#include "signal/fpu_image.h"
#include "signal/state.h"

#define PAGE_BYTES 4096u
#define FILES_BYTES_MAX (2u << 20) /* of the note of mapped files */
#define NS_PER_MICROSECOND 1000u
#define MICROSECONDS 1000000u

static void pad(struct text *out)
{
	while (out->used & 3 && !out->failed)
		text_char(out, 0);
}

static void put_note(struct text *out, const char *name, uint32_t kind, const void *contents, uint32_t bytes)
{
	struct linux_note note = { (uint32_t)strlen(name) + 1, bytes, kind };
	text_bytes(out, &note, sizeof(note));
	text_bytes(out, name, note.name_bytes);
	pad(out);
	text_bytes(out, contents, bytes);
	pad(out);
}

static struct linux_core_time time_of(uint64_t ns)
{
	uint64_t us = ns / NS_PER_MICROSECOND;
	return (struct linux_core_time){ (int64_t)(us / MICROSECONDS), (int64_t)(us % MICROSECONDS) };
}

/* Numbers of the process's surroundings; T. */
struct relatives {
	int32_t parent, group, session;
};

static struct relatives relatives_of(const struct process *process)
{
	lock_acquire(&process_tree_lock);
	struct relatives relatives = {
		.parent = process->parent ? process->parent->pid : 0,
		.group = process->group ? process->group->id : 0,
		.session = process->session ? process->session->id : 0,
	};
	lock_release(&process_tree_lock);
	return relatives;
}

static void put_status(struct text *out, const struct thread *thread, int signal,
		       const struct relatives *relatives)
{
	const struct process *process = thread->process;
	struct process_times times = thread_times_of(thread);
	struct linux_core_status status = {
		.signal = signal,
		.current_signal = (int16_t)signal,
		.pending = thread->pending.set,
		.blocked = thread->guest.signal_mask,
		.pid = thread->tid,
		.parent = relatives->parent,
		.group = relatives->group,
		.session = relatives->session,
		.user = time_of(times.user_ns),
		.system = time_of(times.system_ns),
		.child_user = time_of(process->child_times.user_ns),
		.child_system = time_of(process->child_times.system_ns),
		.has_fpu = 1,
	};
	_Static_assert(sizeof(thread->guest.regs) == sizeof(status.registers) - 4 * sizeof(uint64_t),
		       "the record's registers are a core file's but for the segments");
	memcpy(status.registers, &thread->guest.regs, sizeof(thread->guest.regs));
	put_note(out, "CORE", LINUX_NT_PRSTATUS, &status, sizeof(status));
}

static void put_fpu(struct text *out, handle_t thread)
{
	uint8_t *image = slab_allocate(FPU_IMAGE_BYTES_MAX);
	uint32_t bytes = image ? fpu_image_read(thread, image) : 0;
	if (bytes >= LINUX_FXSAVE_BYTES)
		put_note(out, "CORE", LINUX_NT_FPREGSET, image, LINUX_FXSAVE_BYTES);
	if (bytes > LINUX_FXSAVE_BYTES)
		put_note(out, "LINUX", LINUX_NT_X86_XSTATE, image, bytes);
	if (image)
		slab_free(image, FPU_IMAGE_BYTES_MAX);
}

/* The command line as it stands in the process's memory now, words apart by spaces. */
static void read_arguments(const struct thread *self, char arguments[LINUX_CORE_ARGUMENTS])
{
	const struct mm *mm = self->mm;
	uint64_t bytes = mm->arguments_end - mm->arguments_start;
	if (bytes > LINUX_CORE_ARGUMENTS - 1)
		bytes = LINUX_CORE_ARGUMENTS - 1;
	if (space_read(mm->aspace, arguments, (gaddr_t){ mm->arguments_start }, bytes))
		return;
	for (uint64_t i = 0; i < bytes; i++)
		if (!arguments[i])
			arguments[i] = ' ';
}

static void put_process(struct text *out, const struct thread *self, const struct relatives *relatives)
{
	struct linux_core_process process = {
		.state_letter = 'R',
		.nice = (int8_t)self->nice,
		.user = self->credentials->uid,
		.group_id = self->credentials->gid,
		.pid = self->process->pid,
		.parent = relatives->parent,
		.group = relatives->group,
		.session = relatives->session,
	};
	memcpy(process.name, self->name, sizeof(process.name));
	read_arguments(self, process.arguments);
	put_note(out, "CORE", LINUX_NT_PRPSINFO, &process, sizeof(process));
}

static void put_file_name(struct thread *self, struct file *file, struct text *names)
{
	char *path = text_reserve(names, LINUX_PATH_MAX);
	int64_t length = path && file->path.mount ? path_name(self, &file->path, path, LINUX_PATH_MAX) : -1;
	if (length > 0)
		names->used += (uint64_t)length;
	text_char(names, 0);
}

/* Count, page size, a triple for each mapping of a file, then the names. */
static void put_files(struct text *out, struct thread *self)
{
	struct text places = { 0 }, names = { 0 };
	struct region_info region = { 0 };
	uint64_t head[2] = { 0, PAGE_BYTES };
	text_bytes(&places, head, sizeof(head));
	while (places.used + names.used < FILES_BYTES_MAX &&
	       k_aspace_query(self->mm->aspace, region.end, own_address(&region)).status >= 0) {
		struct file *file = region.tag >= TAG_FILE ? tag_file(self->mm, region.tag) : NULL;
		uint64_t place[3] = { region.start, region.end, region.offset / PAGE_BYTES };
		if (!file)
			continue;
		text_bytes(&places, place, sizeof(place));
		put_file_name(self, file, &names);
		file_put(file);
		head[0]++;
	}
	text_bytes(&places, names.bytes, names.used);
	if (places.failed || names.failed) {
		out->failed = true;
	} else {
		memcpy(places.bytes, head, sizeof(head));
		put_note(out, "CORE", LINUX_NT_FILE, places.bytes, (uint32_t)places.used);
	}
	text_free(&places);
	text_free(&names);
}

/* Those that stand still: they stay while there is a dumper, and the list changes only at its ends. */
static void put_others(struct text *out, struct thread *self, const struct relatives *relatives)
{
	struct process *process = self->process;
	lock_acquire(&process->lock);
	for (struct thread *other = process->threads; other; other = other->next_in_process) {
		if (other == self || !other->parked_for_dump)
			continue;
		put_status(out, other, 0, relatives);
		put_fpu(out, other->kernel_thread);
	}
	lock_release(&process->lock);
}

void core_notes(struct thread *self, const struct linux_siginfo *info, struct text *out)
{
	const struct mm *mm = self->mm;
	struct relatives relatives = relatives_of(self->process);
	put_status(out, self, info->number, &relatives);
	put_process(out, self, &relatives);
	put_note(out, "CORE", LINUX_NT_SIGINFO, info, sizeof(*info));
	put_note(out, "CORE", LINUX_NT_AUXV, mm->auxiliary, mm->auxiliary_words * (uint32_t)sizeof(uint64_t));
	put_files(out, self);
	put_fpu(out, HANDLE_NONE);
	put_others(out, self, &relatives);
}
