/* SPDX-License-Identifier: MIT */
/*
 * exec up to the point of no return: find the program behind scripts, check it, build its space and stack.
 */
#include "process/exec.h"

#include <cpuid.h>
#include <string.h>
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/files.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "linux_abi/files.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "process/personality.h"
#include "process/process.h"
#include "process/script.h"
#include "runtime/kernel.h"
#include "signal/fpu_image.h"
#include "signal/state.h"
#include "system/random.h"
#include "vdso/vdso.h"

#define SCRIPT_DEPTH_MAX 5u
#define STACK_TOP 0x7ffffffff000ull
#define STACK_FIRST_BYTES 0x21000ull /* mapped at once, besides what the arguments need */
#define STACK_GAP_MIN 0x8000000ull
#define STACK_GAP_MAX 0x1000000000ull
#define BREAK_SHIFT_PAGES 8192u
#define ANONYMOUS_SHIFT_PAGES (1u << 24)
#define FILES_SPAN (64ull << 30)
#define STACK_SHIFT_PAGES 0x3fffffull
#define MODE_SET_USER 04000u
#define MODE_SET_GROUP 02000u
#define MODE_GROUP_EXECUTE 00010u

/* A script's interpreter takes the script's place: its arguments grow, the next file is opened. */
static int follow_script(struct exec_context *context, const struct script_line *line, const char *name)
{
	const char *texts[3] = { line->interpreter, line->argument, name };
	if (!line->argument[0])
		texts[1] = name;
	return exec_arguments_replace_first(&context->arguments, texts, line->argument[0] ? 3 : 2);
}

static struct file *find_program(struct exec_context *context, int32_t directory, const char *name,
				 uint32_t at_flags, int *error)
{
	struct thread *self = context->self;
	struct script_line line;
	char head[SCRIPT_HEAD_BYTES], script[SCRIPT_HEAD_BYTES];
	const char *shown = context->shown;
	for (uint32_t depth = 0; depth <= SCRIPT_DEPTH_MAX; depth++) {
		struct file *file = file_open_exec(self, directory, name, at_flags, error);
		if (!file)
			return NULL;
		int64_t bytes = exec_read_file(self, file, head, sizeof(head), 0);
		*error = bytes < 0 ? (int)bytes : script_parse(head, (uint64_t)bytes, &line);
		if (!*error)
			return file;
		file_put(file);
		if (*error > 0 && context->name_vanishes && !depth)
			*error = -ENOENT;
		if (*error > 0)
			*error = follow_script(context, &line, shown);
		if (*error)
			return NULL;
		memcpy(script, line.interpreter, sizeof(script));
		shown = name = script;
		directory = LINUX_AT_FDCWD;
		at_flags = 0;
	}
	*error = -ELOOP;
	return NULL;
}

static int open_interpreter(struct exec_context *context)
{
	const struct elf_layout *layout = &context->program.layout;
	char name[4096];
	int error;
	if (!layout->interpreter_bytes)
		return 0;
	int64_t bytes = exec_read_file(context->self, context->program.file, name, layout->interpreter_bytes,
				       layout->interpreter_offset);
	if (bytes < 0 || (uint64_t)bytes != layout->interpreter_bytes)
		return bytes < 0 ? (int)bytes : -EIO;
	if (name[bytes - 1])
		return -ENOEXEC;
	struct file *file = file_open_exec(context->self, LINUX_AT_FDCWD, name, 0, &error);
	if (!file)
		return error;
	error = exec_image_open(context->self, file, &context->interpreter);
	context->has_interpreter = !error;
	return error == -ENOEXEC || error == -EINVAL ? -ELIBBAD : error;
}

static void find_identity(struct exec_context *context)
{
	const struct file *file = context->program.file;
	const struct vfs_attributes *attributes = &file->inode->attributes;
	if (context->self->no_new_privileges ||
	    (file->path.mount && (file->path.mount->flags & LINUX_MS_NOSUID)))
		return;
	context->identity.set_user = attributes->mode & MODE_SET_USER;
	context->identity.set_group = (attributes->mode & (MODE_SET_GROUP | MODE_GROUP_EXECUTE)) ==
				      (MODE_SET_GROUP | MODE_GROUP_EXECUTE);
	context->identity.user = attributes->user;
	context->identity.group = attributes->group;
}

static int make_credentials(struct exec_context *context)
{
	find_identity(context);
	context->credentials = credentials_copy(context->self->credentials);
	if (!context->credentials)
		return -ENOMEM;
	credentials_fix_exec(context->credentials, context->self->credentials, &context->identity);
	return 0;
}

static int make_private_tables(struct exec_context *context)
{
	struct thread *self = context->self;
	if (files_is_shared(self->files) && !(context->files = files_copy(self->files)))
		return -ENOMEM;
	if (__atomic_load_n(&self->sighand->references, __ATOMIC_ACQUIRE) > 1 &&
	    !(context->sighand = sighand_copy(self->sighand, false)))
		return -ENOMEM;
	return 0;
}

/* The break starts up to 32 MiB above the program, by chance. */
static uint64_t break_shift(struct thread *self)
{
	uint32_t number;
	if (self->personality & LINUX_ADDR_NO_RANDOMIZE)
		return 0;
	pool_fill(&number, sizeof(number));
	return number % BREAK_SHIFT_PAGES * 4096ull;
}

/* Anonymous memory starts below the files' part of the space, up to 64 GiB lower by chance. */
static uint64_t anonymous_place(struct thread *self, uint64_t interpreter)
{
	uint32_t number;
	if (self->personality & LINUX_ADDR_NO_RANDOMIZE)
		return 0;
	pool_fill(&number, sizeof(number));
	return interpreter - FILES_SPAN - number % ANONYMOUS_SHIFT_PAGES * 4096ull;
}

static int map_images(struct exec_context *context)
{
	struct exec_image *program = &context->program, *interpreter = &context->interpreter;
	struct exec_places places = exec_places(context->self);
	struct mm *mm = context->mm;
	/* A position-independent program without interpreter is one itself, or static: it leaves the usual place free. */
	uint64_t base = context->has_interpreter ? places.program : places.interpreter;
	int error = exec_image_map(context->self, mm, program, base);
	if (!error && context->has_interpreter)
		error = exec_image_map(context->self, mm, interpreter, places.interpreter);
	if (error)
		return error;
	uint64_t bias = program->bias;
	mm->code_start = program->layout.code_start + bias;
	mm->code_end = program->layout.code_end + bias;
	mm->data_start = program->layout.data_start + bias;
	mm->data_end = program->layout.data_end + bias;
	mm->space.break_start = (program->layout.break_start + bias + 4095) & ~4095ull;
	if (program->header.type == LINUX_ET_DYN && !context->has_interpreter)
		mm->space.break_start = places.program;
	mm->space.break_start += break_shift(context->self);
	mm->space.break_end = mm->space.break_start;
	mm->space.anonymous_high = anonymous_place(context->self, places.interpreter);
	mm->break_limit = context->has_interpreter || bias ? places.interpreter : mm->stack_limit;
	return 0;
}

static uint64_t cpu_capabilities(void)
{
	uint32_t eax, ebx, ecx, edx;
	return __get_cpuid(1, &eax, &ebx, &ecx, &edx) ? edx : 0;
}

static void add_auxiliary(struct exec_context *context)
{
	const struct exec_image *program = &context->program;
	const struct credentials *credentials = context->credentials;
	struct exec_stack *stack = &context->stack;
	if (context->mm->vdso)
		exec_stack_add(stack, LINUX_AT_SYSINFO_EHDR, context->mm->vdso);
	exec_stack_add(stack, LINUX_AT_MINSIGSTKSZ, fpu_image_minimum_stack());
	exec_stack_add(stack, LINUX_AT_HWCAP, cpu_capabilities());
	exec_stack_add(stack, LINUX_AT_PAGESZ, 4096);
	exec_stack_add(stack, LINUX_AT_CLKTCK, LINUX_CLOCK_TICKS);
	exec_stack_add(stack, LINUX_AT_PHDR,
		       program->layout.headers ? program->layout.headers + program->bias : 0);
	exec_stack_add(stack, LINUX_AT_PHENT, sizeof(struct linux_program_header));
	exec_stack_add(stack, LINUX_AT_PHNUM, program->header.program_header_count);
	exec_stack_add(stack, LINUX_AT_BASE, context->has_interpreter ? context->interpreter.bias : 0);
	exec_stack_add(stack, LINUX_AT_FLAGS, 0);
	exec_stack_add(stack, LINUX_AT_ENTRY, program->header.entry + program->bias);
	exec_stack_add(stack, LINUX_AT_UID, credentials->uid);
	exec_stack_add(stack, LINUX_AT_EUID, credentials->euid);
	exec_stack_add(stack, LINUX_AT_GID, credentials->gid);
	exec_stack_add(stack, LINUX_AT_EGID, credentials->egid);
	exec_stack_add(stack, LINUX_AT_SECURE, context->identity.secure);
	exec_stack_add(stack, LINUX_AT_RANDOM, 0);
	exec_stack_add(stack, LINUX_AT_HWCAP2, 0);
	exec_stack_add(stack, LINUX_AT_EXECFN, 0);
	exec_stack_add(stack, LINUX_AT_PLATFORM, 0);
}

/* How far the stack may grow: its limit, within what the mapping area leaves free. */
static uint64_t stack_gap(struct process *process)
{
	uint64_t limit = process->limits[LINUX_RLIMIT_STACK].soft & ~4095ull;
	return limit < STACK_GAP_MIN ? STACK_GAP_MIN : limit > STACK_GAP_MAX ? STACK_GAP_MAX : limit;
}

static void place_stack(struct exec_context *context)
{
	struct exec_stack *stack = &context->stack;
	const struct exec_arguments *arguments = &context->arguments;
	uint64_t numbers[2];
	pool_fill(numbers, sizeof(numbers));
	pool_fill(stack->random, sizeof(stack->random));
	if (context->self->personality & LINUX_ADDR_NO_RANDOMIZE)
		memset(numbers, 0, sizeof(numbers));
	stack->top = STACK_TOP - (numbers[0] & STACK_SHIFT_PAGES) * 4096;
	stack->gap = numbers[1] % 8192;
	stack->strings = arguments->bytes;
	stack->string_bytes = arguments->used;
	stack->argument_bytes = arguments->argument_bytes;
	stack->argument_count = arguments->argument_count;
	stack->environment_count = arguments->environment_count;
	stack->file_name = context->shown;
	context->mm->stack_limit = stack->top - stack_gap(context->self->process);
}

static int map_stack(struct exec_context *context, uint64_t used)
{
	struct mm *mm = context->mm;
	uint64_t length = ((used + 4095) & ~4095ull) + STACK_FIRST_BYTES;
	uint64_t limit = context->self->process->limits[LINUX_RLIMIT_STACK].soft & ~4095ull;
	if (limit < length)
		limit = length;
	if (limit > context->stack.top - mm->stack_limit)
		limit = context->stack.top - mm->stack_limit;
	struct map_request request = {
		.address = context->stack.top - length,
		.length = length,
		.prot = PROT_BIT_READ | PROT_BIT_WRITE |
			(context->program.layout.executable_stack ? PROT_BIT_EXEC : 0),
		.flags = MAP_FLAG_NOREPLACE | MAP_FLAG_GROWS_DOWN,
		.tag = TAG_STACK,
		.grow_limit = context->stack.top - limit,
	};
	return errno_from_status(k_aspace_map(mm->aspace, own_address(&request)).status);
}

static void note_stack(struct exec_context *context)
{
	const struct exec_stack *stack = &context->stack;
	struct mm *mm = context->mm;
	mm->stack_start = stack->pointer;
	mm->arguments_start = stack->arguments_start;
	mm->arguments_end = mm->environment_start = stack->environment_start;
	mm->environment_end = stack->strings_end;
	mm->auxiliary_words = (stack->auxiliary_count + 1) * 2;
	memcpy(mm->auxiliary, stack->auxiliary, stack->auxiliary_count * sizeof(stack->auxiliary[0]));
}

static int build_stack(struct exec_context *context)
{
	add_auxiliary(context);
	uint64_t bytes = exec_stack_place(&context->stack);
	uint8_t *image = slab_allocate(bytes);
	if (!image)
		return bytes > SLAB_BYTES_MAX ? -E2BIG : -ENOMEM;
	int error = map_stack(context, bytes);
	if (!error) {
		exec_stack_build(&context->stack, image);
		error = space_write(context->mm->aspace, (gaddr_t){ context->stack.pointer }, image, bytes);
	}
	slab_free(image, bytes);
	if (!error)
		note_stack(context);
	return error;
}

static int build_space(struct exec_context *context)
{
	context->mm = mm_create();
	if (!context->mm)
		return -ENOMEM;
	mm_set_executable(context->mm, context->program.file);
	place_stack(context);
	int error = map_images(context);
	if (!error)
		error = vdso_map(context->mm, exec_places(context->self).interpreter - VDSO_SPAN);
	return error ? error : build_stack(context);
}

static void drop_context(struct exec_context *context)
{
	exec_image_close(&context->program);
	exec_image_close(&context->interpreter);
	exec_arguments_free(&context->arguments);
	if (context->mm)
		mm_put(context->mm);
	if (context->credentials)
		credentials_put(context->credentials);
	if (context->files)
		files_put(context->files);
	if (context->sighand)
		sighand_put(context->sighand);
}

static int prepare(struct exec_context *context, int32_t directory, const char *name, uint32_t at_flags)
{
	int error = 0;
	if (!context->arguments.argument_count) {
		const char *empty[1] = { "" };
		error = exec_arguments_replace_first(&context->arguments, empty, 1);
	}
	if (error)
		return error;
	struct file *file = find_program(context, directory, name, at_flags, &error);
	if (!file)
		return error;
	error = exec_image_open(context->self, file, &context->program);
	if (!error)
		error = open_interpreter(context);
	if (!error)
		error = make_credentials(context);
	if (!error)
		error = build_space(context);
	return error ? error : make_private_tables(context);
}

int exec_run(struct thread *self, int32_t directory, const char *name, uint32_t at_flags, const char *shown,
	     struct exec_arguments *arguments)
{
	struct exec_context context = { .self = self, .shown = shown, .arguments = *arguments };
	context.name_vanishes = directory != LINUX_AT_FDCWD && name[0] != '/' &&
				files_flag(self->files, directory) == 1;
	int error = prepare(&context, directory, name, at_flags);
	if (!error)
		error = exec_become_only_thread(self);
	if (!error)
		exec_commit(&context);
	drop_context(&context);
	return error;
}
