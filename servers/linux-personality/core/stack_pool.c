/* SPDX-License-Identifier: MIT */
/*
 * Blocks of native stack: carved from one window of our own address space, recycled through a free list.
 *
 * The libc finds its thread structure at the fs base, thread-local variables right below it (variant II of the TLS
 * ABI): each block gets a fresh copy of the program's TLS image, found in its own program headers.
 */
#include "core/stack_pool.h"

#include <elf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include "core/lock.h"
#include "runtime/kernel.h"

#define WINDOW_BASE 0x200000000000ull
#define BLOCK_STRIDE 0x10000ull
#define STACK_BYTES 0x8000ull
#define COMMITTED_BYTES 0x4000ull /* of stack and message page */
#define LIBC_AREA_BYTES 1024ull   /* more than the libc's thread structure */

static struct lock pool_lock = { .rank = RANK_ALLOCATOR };
static struct native_stack *free_stacks;
static uint64_t blocks_made;

struct tls_image {
	const void *start;
	uint64_t file_bytes, bytes; /* bytes: rounded up to its alignment */
};

static struct tls_image find_tls_image(void)
{
	const Elf64_Phdr *header = (const Elf64_Phdr *)getauxval(AT_PHDR);
	for (uint64_t left = getauxval(AT_PHNUM); left; left--, header++) {
		uint64_t align = header->p_align ? header->p_align : 1;
		if (header->p_type == PT_TLS)
			return (struct tls_image){ (const void *)header->p_vaddr, header->p_filesz,
						   (header->p_memsz + align - 1) & ~(align - 1) };
	}
	return (struct tls_image){ 0 };
}

/* Thread structure and TLS at the top of the stack; what is below is the stack. */
static void prepare_block(struct native_stack *stack, uint64_t page)
{
	struct tls_image image = find_tls_image();
	uint64_t tls = page - LIBC_AREA_BYTES;
	uint8_t *variables = (uint8_t *)(tls - image.bytes);
	memset(variables, 0, image.bytes + LIBC_AREA_BYTES);
	memcpy(variables, image.start, image.file_bytes);
	*(uint64_t *)tls = tls;
	stack->tls = tls;
	stack->message_page = (struct message_page *)page;
	stack->top = (uint64_t)variables & ~63ull;
}

/* Memory for what nearly every thread uses, so that its end cannot wait for its beginning. */
static bool commit_top(uint64_t end)
{
	struct call_result result = k_aspace_advise(HANDLE_SELF_ASPACE, end - COMMITTED_BYTES,
						    COMMITTED_BYTES, ADVICE_POPULATE_WRITE);
	return result.status == STATUS_OK;
}

static struct native_stack *make_block(void)
{
	uint64_t index = __atomic_fetch_add(&blocks_made, 1, __ATOMIC_RELAXED);
	uint64_t base = WINDOW_BASE + index * BLOCK_STRIDE + PAGE_SIZE;
	struct map_request request = {
		.address = base,
		.length = STACK_BYTES + PAGE_SIZE,
		.prot = PROT_BIT_READ | PROT_BIT_WRITE,
		.flags = MAP_FLAG_NOREPLACE,
	};
	if (k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request)).status < 0)
		return NULL;
	if (!commit_top(base + request.length)) {
		(void)k_aspace_unmap(HANDLE_SELF_ASPACE, base, request.length);
		return NULL;
	}
	/* The block describes itself at the end of the libc's area. */
	struct native_stack *stack = (struct native_stack *)(base + STACK_BYTES) - 1;
	prepare_block(stack, base + STACK_BYTES);
	return stack;
}

struct native_stack *stack_pool_get(void)
{
	lock_acquire(&pool_lock);
	struct native_stack *stack = free_stacks;
	if (stack)
		free_stacks = stack->next_free;
	lock_release(&pool_lock);
	return stack ? stack : make_block();
}

void stack_pool_put(struct native_stack *stack)
{
	lock_acquire(&pool_lock);
	stack->next_free = free_stacks;
	free_stacks = stack;
	lock_release(&pool_lock);
}
