/* SPDX-License-Identifier: MIT */
/*
 * The way of a routed call: may routes answer at all, which row, which operation, what the guest gets.
 */
#include "route/route.h"

#include "arch/x86_64/cpu.h"
#include "memory/aspace.h"
#include "object/domain.h"
#include "thread/thread.h"

#define FLAG_TRAP 0x100u
#define BUSY_FREE 0u
#define BUSY_HELD 1u
#define BUSY_WAITED_FOR 2u

const struct route_operation_row route_operations[ROUTE_OPERATION_COUNT] = {
	[ROUTE_VALUE] = { .run = route_value, .instant = true, .parameters = 1 },
	[ROUTE_ANSWER] = { .run = route_answer, .instant = true, .parameters = 1 },
	[ROUTE_READ] = { .run = route_read, .instant = true, .retries = true, .parameters = 3 },
	[ROUTE_WRITE] = { .run = route_write, .instant = true, .retries = true, .parameters = 3 },
	[ROUTE_READ_AT] = { .run = route_read_at, .instant = true, .parameters = 4 },
	[ROUTE_WRITE_AT] = { .run = route_write_at, .instant = true, .parameters = 4 },
	[ROUTE_READ_VECTOR] = { .run = route_read_vector, .instant = true, .retries = true, .parameters = 3 },
	[ROUTE_WRITE_VECTOR] = { .run = route_write_vector,
				 .instant = true,
				 .retries = true,
				 .parameters = 3 },
	[ROUTE_READ_VECTOR_AT] = { .run = route_read_vector_at, .instant = true, .parameters = 4 },
	[ROUTE_WRITE_VECTOR_AT] = { .run = route_write_vector_at, .instant = true, .parameters = 4 },
	[ROUTE_SEEK] = { .run = route_seek, .instant = true, .parameters = 3 },
	[ROUTE_IMAGE] = { .run = route_image, .instant = true, .parameters = 2 },
	[ROUTE_READY] = { .run = route_ready, .instant = true, .parameters = 4 },
	[ROUTE_POLL] = { .run = route_poll, .instant = true, .parameters = 5 },
	[ROUTE_WAIT] = { .run = route_wait,
			 .must_list = 1u << ROUTE_DONE | 1u << ROUTE_TIMED_OUT,
			 .parameters = 5 },
	[ROUTE_WAKE] = { .run = route_wake_word, .instant = true, .parameters = 5 },
	[ROUTE_SLEEP] = { .run = route_sleep, .must_list = 1u << ROUTE_TIMED_OUT, .parameters = 2 },
	[ROUTE_CLOCK] = { .run = route_clock, .instant = true, .parameters = 5 },
	[ROUTE_CLOCK_SECONDS] = { .run = route_clock_seconds, .instant = true, .parameters = 3 },
	[ROUTE_YIELD] = { .run = route_yield, .parameters = 1 },
	[ROUTE_MASK] = { .run = route_mask, .instant = true, .parameters = 4 },
	[ROUTE_ACTION] = { .run = route_action, .instant = true, .parameters = 6 },
	[ROUTE_MAP] = { .run = route_map, .instant = true, .parameters = 4 },
	[ROUTE_UNMAP] = { .run = route_unmap, .instant = true, .parameters = 2 },
	[ROUTE_PROTECT] = { .run = route_protect, .instant = true, .parameters = 3 },
	[ROUTE_BREAK] = { .run = route_break, .instant = true, .parameters = 2 },
};

#define NAMES_OF_WORD 64u

/* Signal work, tracing and the like are the personality's; so is a guest that a kick is to stop. */
static bool gate_open(const struct thread *thread)
{
	uint32_t gate = __atomic_load_n(&thread->record->route_gate, __ATOMIC_ACQUIRE);
	return !(gate & ROUTE_GATE_FORWARD) && !thread->kicked && !(thread->frame.rflags & FLAG_TRAP);
}

static uint64_t word_at(const void *base, unsigned offset)
{
	return *(const uint64_t *)((const char *)base + offset);
}

static void take_parameters(struct route_call *call, const struct route_row *row)
{
	const struct trap_frame *frame = &call->thread->frame;
	if (row->in_order) {
		uint64_t *to = call->parameters;
		to[0] = frame->rdi, to[1] = frame->rsi, to[2] = frame->rdx, to[3] = frame->r10;
		return;
	}
	unsigned constant = row->constant;
	for (unsigned i = 0; i < row->parameters; i++, constant >>= 1)
		call->parameters[i] = word_at(constant & 1 ? (const void *)row : frame, row->parameter_at[i]);
}

static inline bool policy_names(const struct thread *thread, uint64_t number)
{
	return thread->record->policy_names[number / NAMES_OF_WORD] >> number % NAMES_OF_WORD & 1;
}

/* What the policy's table says, and nothing of a row. */
static __attribute__((noinline)) enum route_end policy_call(struct thread *thread, uint64_t number)
{
	const struct route_answers *answers = route_block(thread, thread->record->policy_answers,
							  sizeof(struct route_answers));
	int16_t result = answers ? answers->results[number] : 0;
	if (result >= 0)
		return ROUTE_FORWARDED;
	thread->record->routed_calls++;
	thread->frame.rax = (uint64_t)(int64_t)result;
	return cpu_self()->attention ? ROUTE_ANSWERED : ROUTE_AT_ONCE;
}

enum route_end route_call(struct thread *thread)
{
	const struct route_row *row = route_find(thread);
	struct route_call call; /* not cleared: each field is set below */
	if (!row || !gate_open(thread))
		return ROUTE_FORWARDED;
	if (__builtin_expect(policy_names(thread, row->route.number), 0))
		return policy_call(thread, row->route.number);
	call.thread = thread;
	call.row = &row->route;
	call.value = (uint64_t)row->route.results[ROUTE_DONE];
	take_parameters(&call, row);
	const struct route_operation_row *operation = &route_operations[row->route.operation];
	int outcome = operation->run(&call);
	if (outcome == ROUTE_WAITS)
		return ROUTE_ANSWERED;
	if (outcome < 0 || !(call.row->listed >> outcome & 1))
		return ROUTE_FORWARDED;
	thread->record->routed_calls++;
	thread->frame.rax = outcome ? (uint64_t)call.row->results[outcome] : call.value;
	return operation->instant && !cpu_self()->attention ? ROUTE_AT_ONCE : ROUTE_ANSWERED;
}

void *route_guest_bytes(const struct thread *thread, uint64_t address, uint64_t bytes, uint32_t access)
{
	if ((address & (PAGE_SIZE - 1)) + bytes > PAGE_SIZE)
		return NULL;
	return page_byte(thread->guest_root, address, access & PROT_BIT_WRITE ? PTE_WRITE : 0);
}

void *route_block(const struct thread *thread, uint64_t address, uint64_t bytes)
{
	if (!address || address & (bytes - 1))
		return NULL;
	return page_byte(thread->native_root, address, PTE_WRITE);
}

bool route_take(uint32_t *busy)
{
	uint32_t expected = BUSY_FREE;
	return __atomic_compare_exchange_n(busy, &expected, BUSY_HELD, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

void route_release(const struct thread *thread, uint64_t address, uint32_t *busy)
{
	uint64_t key[2];
	uint32_t value;
	if (__atomic_exchange_n(busy, BUSY_FREE, __ATOMIC_RELEASE) != BUSY_WAITED_FOR)
		return;
	status_code_t status = aspace_word(thread->domain->aspace, address, false, key, &value);
	if (!status)
		(void)word_wake(key, 1, WAIT_ANY);
}
