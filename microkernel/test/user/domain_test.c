/* SPDX-License-Identifier: MIT */
/*
 * Calls, faults, messages, waiting and preemption, as native code sees them.
 */
#include "user_test.h"

#define ROUNDS 20000u

struct child {
	handle_t domain, notification;
};

/* A domain with the image, a stack and a message page, watched with bit 1. */
static struct child child_make(void)
{
	struct child child;
	child.domain = result_handle(k_domain_create(HANDLE_ROOT_ACCOUNT));
	child.notification = result_handle(k_notification_create(HANDLE_ROOT_ACCOUNT));
	(void)k_domain_watch(child.domain, child.notification, 1);
	handle_t space = result_handle(k_domain_aspace(child.domain)), image = image_copy();
	(void)image_map(space, image, PROT_BIT_READ | PROT_BIT_WRITE | PROT_BIT_EXEC);
	(void)memory_map(space, CHILD_STACK, STACK_BYTES);
	(void)memory_map(space, CHILD_MESSAGE, PAGE_SIZE);
	(void)k_handle_close(image);
	(void)k_handle_close(space);
	return child;
}

static bool child_run(const struct child *child, void (*entry)(uint64_t), uint64_t argument)
{
	struct thread_request request = {
		.entry = (uintptr_t)entry,
		.stack = CHILD_STACK + STACK_BYTES,
		.argument = argument,
		.message_page = CHILD_MESSAGE,
		.native_level = LEVEL_SERVER,
	};
	handle_t thread = result_handle(k_thread_create(child->domain, (uaddr_t){ (uintptr_t)&request }));
	bool started = k_thread_start(thread).status == STATUS_OK;
	return k_handle_close(thread).status == STATUS_OK && started;
}

/* Wait for its end and forget it. */
static struct domain_status child_end(const struct child *child)
{
	struct message message;
	struct domain_status status = { .end = DOMAIN_LIVES };
	if (ipc_receive(HANDLE_NONE, child->notification, now_ns() + SECOND_NS, &message) == STATUS_OK)
		(void)k_domain_status(child->domain, (uaddr_t){ (uintptr_t)&status });
	(void)k_domain_kill(child->domain, 0);
	(void)k_handle_close(child->domain);
	(void)k_handle_close(child->notification);
	return status;
}

static const char *call_keeps_registers(void)
{
	CHECK(registers_kept() == 0);
	return NULL;
}

static const char *memory_comes_and_goes(void)
{
	const uint64_t address = 0x10000000;
	CHECK(memory_map(HANDLE_SELF_ASPACE, address, 16 * PAGE_SIZE));
	volatile uint64_t *words = (volatile uint64_t *)address;
	CHECK(words[0] == 0 && words[512 * 15] == 0);
	words[512 * 15] = 42;
	CHECK(words[512 * 15] == 42);
	CHECK(k_aspace_unmap(HANDLE_SELF_ASPACE, address, 16 * PAGE_SIZE).status == STATUS_OK);
	return NULL;
}

static void child_exits(uint64_t code)
{
	(void)k_thread_exit((uint32_t)code, (uaddr_t){ 0 });
}

static const char *child_end_is_told(void)
{
	struct child child = child_make();
	CHECK(child_run(&child, child_exits, 7));
	struct domain_status status = child_end(&child);
	CHECK(status.end == DOMAIN_EXITED && status.code == 7 && status.threads == 0);
	return NULL;
}

static const char *child_faults(void (*entry)(uint64_t), uint32_t vector, uint64_t address)
{
	struct child child = child_make();
	CHECK(child_run(&child, entry, 0));
	struct domain_status status = child_end(&child);
	CHECK(status.end == DOMAIN_FAULTED);
	CHECK(status.vector == vector);
	CHECK(status.fault_address == address);
	CHECK(status.rip && status.rsp);
	return NULL;
}

static const char *native_page_fault_ends_domain(void)
{
	return child_faults(child_writes_null, 14, 0x18);
}

static const char *native_privileged_instruction_ends_domain(void)
{
	return child_faults(child_halts, 13, 0);
}

static const char *native_fpu_without_area_ends_domain(void)
{
	return child_faults(child_uses_fpu, 7, 0);
}

static void child_serves(uint64_t endpoint)
{
	handle_t own = { (uint32_t)endpoint };
	struct message message;
	status_code_t status = ipc_receive(own, HANDLE_NONE, DEADLINE_NEVER, &message);
	while (!status && MESSAGE_NUMBER(message.tag) != 99) {
		message.words[0] += message.badge;
		message.words[7] = ~message.words[7];
		message.tag = MESSAGE_TAG(0, MESSAGE_BYTES(message.tag), 0);
		status = ipc_reply_receive(own, HANDLE_NONE, DEADLINE_NEVER, &message);
	}
	child_writes_null(0);
}

static const char *ping_pong(handle_t endpoint)
{
	struct message message = { .tag = MESSAGE_TAG(1, 0, 0) };
	CHECK(ipc_call(endpoint, &message) == STATUS_OK);
	uint64_t start = now_ns();
	for (uint64_t i = 0; i < ROUNDS; i++) {
		message = (struct message){ .tag = MESSAGE_TAG(1, 0, 0),
					    .words = { i, 0, 0, 0, 0, 0, 0, i } };
		CHECK(ipc_call(endpoint, &message) == STATUS_OK);
		CHECK(message.words[0] == i + 1000 && message.words[7] == ~i && message.tag == 0);
	}
	print_number("ipc round trip, ns:", (now_ns() - start) / ROUNDS);
	return NULL;
}

static const char *messages_cross_domains(void)
{
	struct child child = child_make();
	handle_t endpoint = result_handle(k_endpoint_create(HANDLE_ROOT_ACCOUNT));
	uint64_t given = k_handle_give(child.domain, endpoint, RIGHT_READ, 0).value;
	handle_t badged = result_handle(k_handle_copy(endpoint, RIGHT_WRITE, 1000));
	CHECK(k_handle_close(endpoint).status == STATUS_OK);
	CHECK(child_run(&child, child_serves, given));
	const char *wrong = ping_pong(badged);
	if (wrong)
		return wrong;
	struct message last = { .tag = MESSAGE_TAG(99, 0, 0) };
	CHECK(ipc_call(badged, &last) == STATUS_RESTART && last.tag == MESSAGE_TAG(99, 0, 0));
	CHECK(child_end(&child).end == DOMAIN_FAULTED);
	CHECK(ipc_call(badged, &last) == STATUS_RESTART);
	CHECK(k_handle_close(badged).status == STATUS_OK);
	return NULL;
}

static const char *waits_end_by_deadline(void)
{
	uint32_t word = 0;
	uint64_t start = now_ns();
	struct call_result result = k_word_wait((uintptr_t)&word, 0, WAIT_ANY, start + 2000000, 0);
	uint64_t took = now_ns() - start;
	CHECK(result.status == STATUS_TIMED_OUT && took >= 2000000 && took < SECOND_NS);
	return NULL;
}

static const char *timer_rings_periodically(void)
{
	handle_t notification = result_handle(k_notification_create(HANDLE_ROOT_ACCOUNT));
	handle_t timer = result_handle(k_timer_create(HANDLE_ROOT_ACCOUNT, notification, 4));
	uint64_t start = now_ns();
	struct message message;
	CHECK(k_timer_set(timer, start + 1000000, 1000000).status == STATUS_OK);
	for (unsigned i = 0; i < 5; i++) {
		CHECK(ipc_receive(HANDLE_NONE, notification, start + SECOND_NS, &message) == STATUS_OK);
		CHECK(message.tag == MESSAGE_NOTIFIED && message.words[0] == 4);
	}
	CHECK(now_ns() - start >= 5000000);
	CHECK(k_handle_close(timer).status == STATUS_OK);
	CHECK(ipc_receive(HANDLE_NONE, notification, now_ns() + 3000000, &message) == STATUS_TIMED_OUT);
	CHECK(k_handle_close(notification).status == STATUS_OK);
	return NULL;
}

static struct spinner {
	char stack[STACK_BYTES] __attribute__((aligned(16)));
	volatile uint64_t turns;
	uint32_t running;
} spinners[2];
static volatile bool spinners_stop;

static void spin(uint64_t which)
{
	struct spinner *spinner = &spinners[which];
	while (!spinners_stop)
		spinner->turns = spinner->turns + 1;
	(void)k_thread_exit(0, (uaddr_t){ (uintptr_t)&spinner->running });
}

static bool spinner_start(uint64_t which)
{
	struct spinner *spinner = &spinners[which];
	struct thread_request request = {
		.entry = (uintptr_t)spin,
		.stack = (uintptr_t)spinner->stack + STACK_BYTES - 16,
		.argument = which,
		.native_level = LEVEL_SERVER,
	};
	spinner->running = 1;
	struct call_result made = k_thread_create(HANDLE_SELF_DOMAIN, (uaddr_t){ (uintptr_t)&request });
	handle_t thread = result_handle(made);
	return k_thread_start(thread).status == STATUS_OK && k_handle_close(thread).status == STATUS_OK;
}

static const char *equal_threads_share_the_cpu(void)
{
	CHECK(spinner_start(0) && spinner_start(1));
	uint32_t word = 0;
	(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, now_ns() + 100000000, 0);
	CHECK(spinners[0].turns && spinners[1].turns);
	spinners_stop = true;
	for (unsigned i = 0; i < 2; i++)
		(void)k_word_wait((uintptr_t)&spinners[i].running, 1, WAIT_ANY, now_ns() + SECOND_NS, 0);
	CHECK(!spinners[0].running && !spinners[1].running);
	return NULL;
}

static uint64_t idle_ns(void)
{
	struct system_info info = { 0 };
	(void)k_system_info(HANDLE_SYSTEM, (uaddr_t){ (uintptr_t)&info });
	return info.idle_ns;
}

/* Interrupts that long calls let in do not come from idling; a wait is idle time. */
static const char *only_waits_are_idle_time(void)
{
	const uint64_t address = 0x50000000, bytes = 2000 * PAGE_SIZE, wait = 20000000;
	handle_t notification = result_handle(k_notification_create(HANDLE_ROOT_ACCOUNT));
	handle_t timer = result_handle(k_timer_create(HANDLE_ROOT_ACCOUNT, notification, 1));
	uint32_t word = 0;
	uint64_t before = idle_ns();
	(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, now_ns() + wait, 0);
	CHECK(idle_ns() - before > wait / 2);
	CHECK(memory_map(HANDLE_SELF_ASPACE, address, bytes));
	CHECK(k_timer_set(timer, now_ns(), 200000).status == STATUS_OK);
	before = idle_ns();
	for (uint64_t end = now_ns() + wait; now_ns() < end;) {
		CHECK(!k_aspace_advise(HANDLE_SELF_ASPACE, address, bytes, ADVICE_POPULATE_WRITE).status);
		CHECK(!k_aspace_advise(HANDLE_SELF_ASPACE, address, bytes, ADVICE_DISCARD).status);
	}
	CHECK(idle_ns() - before < wait / 4);
	CHECK(k_timer_set(timer, DEADLINE_NEVER, 0).status == STATUS_OK);
	CHECK(k_aspace_unmap(HANDLE_SELF_ASPACE, address, bytes).status == STATUS_OK);
	return NULL;
}

const struct user_test domain_tests[] = {
	{ "user_call_keeps_registers", call_keeps_registers },
	{ "user_memory_comes_and_goes", memory_comes_and_goes },
	{ "user_child_end_is_told", child_end_is_told },
	{ "user_native_page_fault_ends_domain", native_page_fault_ends_domain },
	{ "user_native_privileged_instruction_ends_domain", native_privileged_instruction_ends_domain },
	{ "user_native_fpu_without_area_ends_domain", native_fpu_without_area_ends_domain },
	{ "user_messages_cross_domains", messages_cross_domains },
	{ "user_waits_end_by_deadline", waits_end_by_deadline },
	{ "user_timer_rings_periodically", timer_rings_periodically },
	{ "user_equal_threads_share_the_cpu", equal_threads_share_the_cpu },
	{ "user_only_waits_are_idle_time", only_waits_are_idle_time },
	{ NULL, NULL },
};
