/* SPDX-License-Identifier: MIT */
/*
 * shim_thread: threads for the libc's pthreads.
 *
 * A new thread starts at thread_trampoline (start.S) with a start block at the top of its stack; below the block, on
 * a page of its own, lies its message page. `clear` is zeroed and woken by the kernel once the thread has left its
 * stack: for pthreads it is the lock of the libc's thread list. Who holds that lock therefore knows that the
 * detached thread before it is off its stack: that stack, kept in `left`, is unmapped then.
 */
#include "runtime/shim.h"

#include <errno.h>
#include <string.h>
#include "runtime/bootstrap.h"
#include "runtime/client.h"
#include "runtime/kernel.h"

/* As in musl/overlay/src/thread/x86_64/clone.c. */
struct shim_thread_start {
	int (*function)(void *);
	void *argument;
	void *stack;
	void *tls;
	int *tid;
	int *clear;
};

struct start_block {
	int (*function)(void *);
	void *argument;
	struct message_page *page;
	int *clear;
	int tid;
};

static _Thread_local int *own_clear;
static _Thread_local int own_tid;
static int last_tid = 1;
static int thread_count = 1;

/* Stack of the last detached thread that ended. Under the lock of the libc's thread list. */
static struct {
	void *base;
	size_t bytes;
} left;

int __shim_thread_create(const struct shim_thread_start *start);
_Noreturn void __shim_thread_leave(void *base, size_t size);
void thread_trampoline(void);
_Noreturn void thread_start(const struct start_block *block);

long shim_set_tid_address(int *clear)
{
	own_clear = clear;
	if (own_tid == 0)
		own_tid = 1;
	return own_tid;
}

long shim_gettid(void)
{
	return own_tid;
}

_Noreturn void shim_exit_thread(long code)
{
	__atomic_sub_fetch(&thread_count, 1, __ATOMIC_RELAXED);
	for (;;)
		(void)k_thread_exit((uint32_t)code, own_address(own_clear));
}

_Noreturn void shim_exit_program(long code)
{
	if (__atomic_load_n(&thread_count, __ATOMIC_RELAXED) > 1)
		(void)k_domain_kill(HANDLE_SELF_DOMAIN, (uint32_t)code);
	for (;;)
		(void)k_thread_exit((uint32_t)code, (uaddr_t){ 0 });
}

/* C entry of a new thread. */
_Noreturn void thread_start(const struct start_block *block)
{
	own_clear = block->clear;
	own_tid = block->tid;
	thread_set_message_page(block->page);
	shim_exit_thread(block->function(block->argument));
}

static void drop_left_stack(void)
{
	if (left.base != NULL)
		(void)shim_munmap((uintptr_t)left.base, left.bytes);
	left.base = NULL;
}

/* Lays out the top of the stack: message page, start block, and the new stack pointer below. */
static struct start_block *prepare_stack(const struct shim_thread_start *start, int tid)
{
	uintptr_t page = ((uintptr_t)start->stack - PAGE_SIZE) & ~(uintptr_t)(PAGE_SIZE - 1);
	struct start_block *block = (struct start_block *)((page - sizeof *block) & ~(uintptr_t)15);

	memset((void *)page, 0, PAGE_SIZE);
	*block = (struct start_block){
		.function = start->function,
		.argument = start->argument,
		.page = (struct message_page *)page,
		.clear = start->clear,
		.tid = tid,
	};
	return block;
}

static status_t start_thread(const struct shim_thread_start *start, struct start_block *block)
{
	struct thread_request request = {
		.entry = (uintptr_t)thread_trampoline,
		.stack = (uintptr_t)block,
		.argument = (uintptr_t)block,
		.message_page = (uintptr_t)block->page,
		.tls = (uintptr_t)start->tls,
		.flags = THREAD_FPU,
		.native_level = (uint8_t)bootstrap_number("level", LEVEL_SERVER),
		.guest_level = LEVEL_FAIR,
		.weight = 1024,
	};
	struct call_result result = k_thread_create(HANDLE_SELF_DOMAIN, own_address(&request));
	handle_t thread = call_handle(result);

	if (result.status < 0)
		return call_status(result);
	result = k_thread_start(thread);
	(void)k_handle_close(thread);
	return call_status(result);
}

int __shim_thread_create(const struct shim_thread_start *start)
{
	int tid = __atomic_add_fetch(&last_tid, 1, __ATOMIC_RELAXED);
	struct start_block *block;

	drop_left_stack();
	block = prepare_stack(start, tid);
	*start->tid = tid;
	__atomic_add_fetch(&thread_count, 1, __ATOMIC_RELAXED);
	if (start_thread(start, block) != STATUS_OK) {
		__atomic_sub_fetch(&thread_count, 1, __ATOMIC_RELAXED);
		return -EAGAIN;
	}
	return tid;
}

_Noreturn void __shim_thread_leave(void *base, size_t size)
{
	drop_left_stack();
	left.base = base;
	left.bytes = size;
	shim_exit_thread(0);
}
