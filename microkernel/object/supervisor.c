/* SPDX-License-Identifier: MIT */
/*
 * The supervisor's start: image, handles, stack, thread.
 *
 * The stack is laid out as the System V ABI says a program finds it: argument and environment strings, then the
 * auxiliary vector, for the libc's start code. The environment tells the message page and the handles that every
 * program of the system gets by name; all others are fixed (abi/handles.h).
 */
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "debug/log.h"
#include "device/device.h"
#include "object/object.h"
#include "object/domain.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

#define STACK_TOP 0x7f8000000000ull
#define STACK_BYTES 0x40000ull
#define MESSAGE_PAGE 0x7f8000010000
#define PROGRAM_HEADER_BYTES 56

#define RIGHTS_READ (RIGHT_READ | RIGHT_TRANSFER)

/* Types of auxiliary vector entries. */
enum aux {
	AUX_END = 0,
	AUX_PHDR = 3,
	AUX_PHENT = 4,
	AUX_PHNUM = 5,
	AUX_PAGE_SIZE = 6,
	AUX_ENTRY = 9,
	AUX_RANDOM = 25
};

static const char stack_strings[] = "supervisor\0"
				    "LICHEN_HANDLE_account=3\0"
				    "LICHEN_HANDLE_clock.page=6\0"
				    "LICHEN_OPTION_message_page=" TEXT(MESSAGE_PAGE);

/* What lies at the top of the new stack. */
struct first_stack {
	uint64_t argument_count;
	uint64_t arguments[2];
	uint64_t environment[4];
	uint64_t auxiliary[7][2];
	uint64_t random[2], unused;
	char strings[112];
};
_Static_assert(sizeof(struct first_stack) % 16 == 0, "the stack pointer is aligned at its start");
_Static_assert(sizeof(stack_strings) <= 112, "the strings fit");

static bool segment_valid(const struct flat_segment *segment, size_t bytes)
{
	return !((segment->address | segment->memory_bytes) & (PAGE_SIZE - 1)) && segment->memory_bytes &&
	       segment->address >= PAGE_SIZE && segment->address < STACK_TOP - STACK_BYTES &&
	       segment->memory_bytes <= STACK_TOP - STACK_BYTES - segment->address &&
	       segment->file_bytes <= segment->memory_bytes && segment->offset <= bytes &&
	       segment->file_bytes <= bytes - segment->offset;
}

status_t flat_image_check(const struct flat_image *image, size_t bytes)
{
	if (bytes < sizeof(*image) || image->magic != FLAT_IMAGE_MAGIC || !image->segment_count ||
	    image->segment_count > FLAT_IMAGE_SEGMENTS)
		return STATUS_CORRUPT;
	bool entry_inside = false;
	for (uint64_t i = 0; i < image->segment_count; i++) {
		const struct flat_segment *segment = &image->segments[i];
		if (!segment_valid(segment, bytes))
			return STATUS_CORRUPT;
		if (image->entry >= segment->address &&
		    image->entry - segment->address < segment->memory_bytes)
			entry_inside = true;
	}
	return entry_inside ? STATUS_OK : STATUS_CORRUPT;
}

status_t flat_image_load(struct domain *domain, const struct flat_image *image)
{
	for (uint64_t i = 0; i < image->segment_count; i++) {
		const struct flat_segment *segment = &image->segments[i];
		status_code_t status = aspace_load(domain->aspace, segment->address, segment->memory_bytes,
						   (const char *)image + segment->offset, segment->file_bytes,
						   segment->prot);
		if (status)
			return status;
	}
	return STATUS_OK;
}

static uint64_t string_address(uint64_t strings, unsigned index)
{
	const char *text = stack_strings;
	while (index--)
		text += strlen(text) + 1;
	return strings + (uint64_t)(text - stack_strings);
}

__attribute__((noinline)) static void stack_fill(struct first_stack *stack, uint64_t address,
						 const struct flat_image *image)
{
	uint64_t strings = address + offsetof(struct first_stack, strings);
	const uint64_t auxiliary[7][2] = {
		{ AUX_PHDR, image->program_headers },
		{ AUX_PHENT, PROGRAM_HEADER_BYTES },
		{ AUX_PHNUM, image->program_header_count },
		{ AUX_PAGE_SIZE, PAGE_SIZE },
		{ AUX_ENTRY, image->entry },
		{ AUX_RANDOM, address + offsetof(struct first_stack, random) },
		{ AUX_END, 0 },
	};
	stack->argument_count = 1;
	stack->arguments[0] = string_address(strings, 0);
	for (unsigned i = 0; i < 3; i++)
		stack->environment[i] = string_address(strings, i + 1);
	memcpy(stack->auxiliary, auxiliary, sizeof(auxiliary));
	stack->random[0] = clock_now_ns() * 0x9e3779b97f4a7c15ull;
	stack->random[1] = clock_now_ns() * 0xff51afd7ed558ccdull;
	memcpy(stack->strings, stack_strings, sizeof(stack_strings));
}

/* Map stack and message page; answers where the stack pointer starts. Not inlined: its buffer goes with it. */
__attribute__((noinline)) static uint64_t stack_load(struct domain *domain, const struct flat_image *image,
						     status_code_t *status)
{
	const uint32_t prot = PROT_BIT_READ | PROT_BIT_WRITE;
	struct first_stack stack = { 0 };
	uint64_t start = STACK_TOP - sizeof(stack);
	stack_fill(&stack, start, image);
	*status = aspace_load(domain->aspace, STACK_TOP - STACK_BYTES, STACK_BYTES, NULL, 0, prot);
	if (!*status)
		*status = copy_out(domain->aspace, (uaddr_t){ start }, &stack, sizeof(stack));
	if (!*status)
		*status = aspace_load(domain->aspace, MESSAGE_PAGE, PAGE_SIZE, NULL, 0, prot);
	return start;
}

static void give(struct domain *domain, handle_t handle, void *object, uint32_t rights)
{
	if (!object || handle_insert_fixed(domain, handle.value, object, rights))
		panic("no memory for the supervisor's handle %u", handle.value);
	if (object != &root_account)
		object_put(object);
}

static void give_all(struct domain *domain)
{
	give(domain, HANDLE_ROOT_ACCOUNT, &root_account, RIGHT_ALL);
	give(domain, HANDLE_BOOT_MODULE,
	     memory_object_over(boot_module.base, pages_for(boot_module.bytes), &root_account),
	     RIGHTS_READ | RIGHT_EXEC);
	give(domain, HANDLE_BOOT_INFO,
	     memory_object_over(boot_info_address(), pages_for(sizeof(struct boot_info)), &root_account),
	     RIGHTS_READ);
	give(domain, HANDLE_CLOCK_PAGE, memory_object_over(clock_page_address(), 1, &root_account),
	     RIGHTS_READ);
	give(domain, HANDLE_IOPORTS, device_range_create(KIND_IOPORT, 0, 0x10000, &root_account), RIGHT_ALL);
	give(domain, HANDLE_PHYSICAL, device_range_create(KIND_PHYSICAL, 0, 1ull << 52, &root_account),
	     RIGHT_ALL);
	give(domain, HANDLE_SYSTEM, object_allocate(KIND_SYSTEM, sizeof(struct object), &root_account),
	     RIGHT_ALL);
}

void supervisor_start(void)
{
	const struct flat_image *image = (const void *)supervisor_image;
	size_t bytes = (size_t)(supervisor_image_end - supervisor_image);
	if (!bytes)
		panic("this kernel was built without a supervisor: nothing to run");
	if (flat_image_check(image, bytes))
		panic("the supervisor's image is corrupt (%lu bytes)", bytes);
	struct domain *domain = domain_create(&root_account);
	if (!domain)
		panic("no memory for the supervisor");
	give_all(domain);
	status_code_t status = flat_image_load(domain, image);
	if (status)
		panic("the supervisor's image cannot be loaded: status %d", status);
	struct thread_request request = {
		.entry = image->entry,
		.stack = stack_load(domain, image, &status),
		.message_page = MESSAGE_PAGE,
		.flags = THREAD_FPU,
		.native_level = LEVEL_SERVER,
		.guest_level = LEVEL_FAIR,
	};
	struct thread *thread = status ? NULL : thread_create(domain, &request, NULL, &status);
	if (!thread)
		panic("the supervisor's first thread cannot be made: status %d", status);
	supervisor_domain = domain;
	domain->about = (struct domain_description){ .name = "supervisor" };
	log_print("supervisor: domain %lu, image of %lu bytes", domain->object.id, bytes);
	thread_start(thread);
	object_put(&thread->object);
	object_put(&domain->object);
}
