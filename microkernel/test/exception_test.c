/* SPDX-License-Identifier: MIT */
/*
 * Exceptions that an emulator may never raise, or only with descriptors that nobody can make here (#NP, #SS, #AC, #XM), put into a
 * thread's frame as the CPU leaves them and sent the way that every exception goes.
 */
#include "memory/memory.h"
#include "object/object.h"
#include "test/fixture.h"
#include "test/test.h"
#include "thread/thread.h"

#define ADDRESS 0x401234ull

static const struct injected {
	uint32_t vector;
	uint64_t error_code;
} injected[] = {
	{ 11, 0x0c }, /* segment not present: a selector of the local table */
	{ 12, 0 },    /* stack fault by an address */
	{ 12, 0x24 }, /* stack fault by a selector */
	{ 17, 0 },    /* alignment check */
	{ 19, 0 },    /* SIMD error */
	{ 10, 0xfffc }, { 18, 0 }, { 20, 0 }, { 21, 3 }, { 29, 0 }, { 30, 0xffffffff }, { 31, 0 },
};
#define INJECTED_COUNT (sizeof(injected) / sizeof(injected[0]))

static void inject(struct thread *thread, const struct injected *what)
{
	thread->frame.vector = what->vector;
	thread->frame.error_code = what->error_code;
	thread->frame.rip = ADDRESS;
	thread_exception(thread);
}

/* The thread is in guest mode; afterwards its personality runs and finds all in the record. */
static bool reaches_record(struct thread *thread, const struct injected *what)
{
	struct guest_record *record = thread->record;
	inject(thread, what);
	return thread->mode == MODE_NATIVE && thread->frame.rip == FIXTURE_ENTRY &&
	       thread->frame.rsi == EXIT_FAULT && record->exit_reason == EXIT_FAULT &&
	       record->vector == what->vector && record->error_code == what->error_code &&
	       record->fault_address == 0 && record->fault_reason == FAULT_NONE &&
	       record->regs.rip == ADDRESS && record->regs.rbx == 77 &&
	       record->regs.orig_rax == GUEST_NO_CALL && !(thread->frame.rbx | thread->frame.error_code);
}

KERNEL_TEST(exception_injected_in_guest_reaches_its_record)
{
	struct domain *domain = fixture_domain();
	TEST_CHECK(domain);
	struct thread *thread = fixture_thread(domain, 0, true);
	TEST_CHECK(thread && thread->guest_aspace);
	fixture_run(thread);
	for (unsigned i = 0; i < INJECTED_COUNT; i++) {
		thread->record->regs = (struct guest_registers){ .rip = 0x1000, .rbx = 77 };
		TEST_CHECK(guest_enter(thread) == STATUS_OK && thread->mode == MODE_GUEST);
		TEST_CHECK(reaches_record(thread, &injected[i]));
		TEST_CHECK(domain->status.end == DOMAIN_LIVES);
	}
	fixture_end(domain);
}

KERNEL_TEST(exception_injected_in_native_ends_only_its_domain)
{
	struct domain *other = fixture_domain();
	TEST_CHECK(other && fixture_thread(other, 0, false));
	for (unsigned i = 0; i < INJECTED_COUNT; i++) {
		struct domain *domain = fixture_domain();
		TEST_CHECK(domain);
		struct thread *thread = fixture_thread(domain, 0, false);
		TEST_CHECK(thread);
		fixture_run(thread);
		inject(thread, &injected[i]);
		TEST_CHECK(domain->status.end == DOMAIN_FAULTED &&
			   domain->status.vector == injected[i].vector);
		TEST_CHECK(domain->status.error_code == injected[i].error_code &&
			   domain->status.rip == ADDRESS);
		TEST_CHECK(other->status.end == DOMAIN_LIVES);
		fixture_end(domain);
	}
	fixture_end(other);
}
