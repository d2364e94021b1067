/* SPDX-License-Identifier: MIT */
/*
 * The guest boundary with a real guest: one thread with a guest context, whose exits come to guest_stopped on an empty
 * stack. Each test says where the guest starts and what its exits must be; the last one ends the thread.
 */
#include "user_test.h"

#define CALLS 20000u
#define FLAG_STEP 0x100u

const char guest_going_on[] = "did not end", guest_done[] = "done";

static struct guest_record record __attribute__((aligned(512)));
static char native_stack[STACK_BYTES] __attribute__((aligned(16)));
static guest_judge_t judge;
static const char *verdict;
static uint64_t exits;
static uint32_t running;

_Noreturn void guest_stopped(struct guest_record *own, uint64_t reason);

_Noreturn void guest_stopped(struct guest_record *own, uint64_t reason)
{
	verdict = reason == EXIT_START ? guest_going_on : judge(own, (enum guest_exit)reason);
	exits++;
	if (verdict == guest_going_on && k_guest_enter().status)
		verdict = "guest_enter refused";
	(void)k_thread_exit(0, (uaddr_t){ (uintptr_t)&running });
	for (;;)
		(void)k_thread_yield();
}

handle_t guest_make(void (*entry)(void), uint64_t flags, guest_judge_t judged)
{
	handle_t space = result_handle(k_aspace_create(HANDLE_ROOT_ACCOUNT)), image = image_copy();
	(void)image_map(space, image, PROT_BIT_READ | PROT_BIT_EXEC);
	(void)k_handle_close(image);
	record = (struct guest_record){ .regs = { .rip = (uintptr_t)entry, .rflags = flags } };
	judge = judged;
	exits = 0;
	running = 1;
	struct thread_request request = {
		.stack = (uintptr_t)native_stack + STACK_BYTES,
		.record = (uintptr_t)&record,
		.aspace = space,
		.flags = THREAD_GUEST,
		.native_level = LEVEL_SERVER,
		.guest_level = LEVEL_FAIR,
	};
	(void)k_domain_set_entry(HANDLE_SELF_DOMAIN, (uintptr_t)exit_entry);
	handle_t thread = result_handle(
		k_thread_create(HANDLE_SELF_DOMAIN, (uaddr_t){ (uintptr_t)&request }));
	(void)k_handle_close(space);
	return thread;
}

handle_t guest_start(void (*entry)(void), uint64_t flags, guest_judge_t judged)
{
	handle_t thread = guest_make(entry, flags, judged);
	(void)k_thread_start(thread);
	return thread;
}

struct guest_record *guest_record(void)
{
	return &record;
}

const char *guest_end(handle_t thread)
{
	while (__atomic_load_n(&running, __ATOMIC_ACQUIRE))
		if (k_word_wait((uintptr_t)&running, 1, WAIT_ANY, now_ns() + 5 * SECOND_NS, 0).status ==
		    STATUS_TIMED_OUT)
			return "no end in five seconds";
	(void)k_handle_close(thread);
	return verdict == guest_done ? NULL : verdict;
}

static const char *judge_calls(struct guest_record *own, enum guest_exit reason)
{
	const struct guest_registers *regs = &own->regs;
	CHECK(reason == EXIT_SYSCALL && own->exit_reason == EXIT_SYSCALL);
	CHECK(regs->rax == 39 && regs->orig_rax == 39 && regs->rcx == regs->rip && regs->r12 == exits - 1);
	CHECK(regs->cs == GUEST_CS && regs->ss == GUEST_SS && regs->rip > (uintptr_t)guest_calls);
	return exits == CALLS ? guest_done : guest_going_on;
}

static const char *calls_come_back(void)
{
	uint64_t start = now_ns();
	const char *wrong = guest_end(guest_start(guest_calls, 0, judge_calls));
	print_number("guest call forwarded and back, ns:", (now_ns() - start) / CALLS);
	return wrong;
}

static const char *judge_fault(struct guest_record *own, enum guest_exit reason)
{
	CHECK(reason == EXIT_FAULT && own->vector == 14 && own->error_code == 6);
	CHECK(own->fault_address == 0x123466 && own->fault_reason == FAULT_NO_REGION);
	CHECK(own->regs.orig_rax == GUEST_NO_CALL && own->regs.rbx == 0x123456);
	return guest_done;
}

static const char *fault_tells_address(void)
{
	return guest_end(guest_start(guest_faults, 0, judge_fault));
}

static const char *judge_step(struct guest_record *own, enum guest_exit reason)
{
	CHECK(reason == EXIT_DEBUG && own->vector == 1 && (own->dr6 & 0x4000));
	CHECK(own->regs.rip == (uintptr_t)guest_calls + 7 && (own->regs.rflags & FLAG_STEP));
	return guest_done;
}

static const char *single_step_is_told(void)
{
	return guest_end(guest_start(guest_calls, FLAG_STEP, judge_step));
}

static const char *judge_kick(struct guest_record *own, enum guest_exit reason)
{
	CHECK(reason == EXIT_KICK && own->regs.r12 > 0 && own->user_time_ns > 0);
	CHECK(own->regs.orig_rax == GUEST_NO_CALL);
	return guest_done;
}

static const char *kick_stops_a_spinning_guest(void)
{
	handle_t thread = guest_start(guest_spins, 0, judge_kick);
	uint32_t word = 0;
	(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, now_ns() + 20000000, 0);
	CHECK(k_thread_kick(thread, KICK_SIGNAL).status == STATUS_OK);
	return guest_end(thread);
}

/* A guest waits on the word of its own first instruction, which never changes. */
static handle_t parked_guest(guest_judge_t judged, uint64_t deadline)
{
	static bool added;
	struct route row = {
		.number = 40,
		.operation = ROUTE_WAIT,
		.listed = 1u << ROUTE_DONE | 1u << ROUTE_TIMED_OUT,
		.parameters = { 0, 1, 2, 3, 4 },
		.results = { [ROUTE_DONE] = 77, [ROUTE_TIMED_OUT] = 78 },
	};
	if (!added && k_route_add((uaddr_t){ (uintptr_t)&row }).status)
		return HANDLE_NONE;
	added = true;
	handle_t thread = guest_make(guest_parks, 0, judged);
	record.regs.rdi = (uintptr_t)guest_parks;
	record.regs.rsi = *(const uint32_t *)(uintptr_t)guest_parks;
	record.regs.rdx = 1;
	record.regs.r10 = deadline;
	(void)k_thread_start(thread);
	uint32_t word = 0;
	for (unsigned i = 0; i < 1000 && !__atomic_load_n(&record.parked, __ATOMIC_ACQUIRE); i++)
		(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, now_ns() + 1000000, 0);
	return record.parked ? thread : HANDLE_NONE;
}

static const char *judge_interrupted(struct guest_record *own, enum guest_exit reason)
{
	const struct guest_registers *regs = &own->regs;
	if (exits == 1) {
		CHECK(reason == EXIT_INTERRUPTED && own->exit_reason == EXIT_INTERRUPTED && !own->parked);
		CHECK(regs->rax == 40 && regs->orig_rax == 40 && regs->rdi == (uintptr_t)guest_parks);
		CHECK(regs->rip == (uintptr_t)guest_parks + 7 && own->parked_deadline == DEADLINE_NEVER);
		own->regs.rax = 5;
		return guest_going_on;
	}
	CHECK(reason == EXIT_SYSCALL && regs->rax == 41 && regs->r12 == 5);
	return guest_done;
}

static const char *kick_ends_a_parked_call(void)
{
	handle_t thread = parked_guest(judge_interrupted, 0);
	CHECK(thread.value && k_thread_kick(thread, KICK_SIGNAL).status == STATUS_OK);
	return guest_end(thread);
}

static const char *judge_late(struct guest_record *own, enum guest_exit reason)
{
	CHECK(reason == EXIT_SYSCALL && own->regs.rax == 41 && own->regs.r12 == 78 && !own->parked);
	CHECK(own->regs.rdi == (uintptr_t)guest_parks && own->regs.rdx == 1 && own->switches[0] > 0);
	return guest_done;
}

static const char *time_answers_a_parked_call(void)
{
	handle_t thread = parked_guest(judge_late, (uintptr_t)guest_shortly);
	CHECK(thread.value);
	return guest_end(thread);
}

/* The main thread uses the same register whenever its short waits end. */
static const char *judge_fpu(struct guest_record *own, enum guest_exit reason)
{
	CHECK(reason == EXIT_SYSCALL);
	CHECK(exits == 1 || own->regs.rdi == 0x5a5a5a5a5a5a5a5aull);
	uint32_t word = 0;
	(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, now_ns() + 150000, 0);
	return exits == 50 ? guest_done : guest_going_on;
}

static const char *fpu_state_is_kept(void)
{
	handle_t thread = guest_start(guest_uses_fpu, 0, judge_fpu);
	while (__atomic_load_n(&running, __ATOMIC_ACQUIRE)) {
		uint64_t mine = 0x1234, after;
		uint32_t word = 0;
		__asm__ volatile("movq %0, %%xmm5" ::"r"(mine));
		(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, now_ns() + 100000, 0);
		__asm__ volatile("movq %%xmm5, %0" : "=r"(after));
		CHECK(after == mine);
	}
	return guest_end(thread);
}

static const char *judge_bases(struct guest_record *own, enum guest_exit reason)
{
	CHECK(reason == EXIT_SYSCALL && own->regs.fs_base == 0x7000 && own->regs.gs_base == 0x8000);
	return exits == 3 ? guest_done : guest_going_on;
}

static const char *segment_bases_are_kept(void)
{
	handle_t thread = guest_make(guest_calls, 0, judge_bases);
	record.regs.fs_base = 0x7000;
	record.regs.gs_base = 0x8000;
	(void)k_thread_start(thread);
	return guest_end(thread);
}

static const char *judge_never(struct guest_record *own, enum guest_exit reason)
{
	(void)own;
	(void)reason;
	return "entered with a bad address";
}

static const char *bad_registers_are_refused(void)
{
	handle_t thread = guest_start((void (*)(void))0xffffffff80100000ull, 0, judge_never);
	const char *wrong = guest_end(thread);
	CHECK(wrong != NULL && exits == 1);
	CHECK(wrong[0] == 'g' && wrong[6] == 'e');
	return NULL;
}

const struct user_test guest_tests[] = {
	{ "user_guest_calls_come_back", calls_come_back },
	{ "user_guest_fault_tells_address", fault_tells_address },
	{ "user_guest_single_step_is_told", single_step_is_told },
	{ "user_guest_kick_stops_a_spinning_guest", kick_stops_a_spinning_guest },
	{ "user_guest_kick_ends_a_parked_call", kick_ends_a_parked_call },
	{ "user_guest_time_answers_a_parked_call", time_answers_a_parked_call },
	{ "user_guest_fpu_state_is_kept", fpu_state_is_kept },
	{ "user_guest_segment_bases_are_kept", segment_bases_are_kept },
	{ "user_guest_bad_registers_are_refused", bad_registers_are_refused },
	{ NULL, NULL },
};
