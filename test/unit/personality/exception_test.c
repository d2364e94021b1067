/* SPDX-License-Identifier: MIT */
/*
 * Which signal each exception becomes, for those that an emulator does not raise too. The source is included, so that what it asks
 * the kernel is answered here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "memory/mm.h"
#include "runtime/kernel.h"
#include "signal/state.h"

static uint32_t fake_mxcsr;
static uint16_t x87_status, x87_control;
static bool fpu_fails;

static struct call_result fake_fpu_read(handle_t thread, uaddr_t image, uint64_t bytes)
{
	uint8_t *to = (uint8_t *)(uintptr_t)image.value;
	(void)thread;
	memset(to, 0, bytes < 512 ? bytes : 512);
	memcpy(to, &x87_control, sizeof(x87_control));
	memcpy(to + 2, &x87_status, sizeof(x87_status));
	memcpy(to + 24, &fake_mxcsr, sizeof(fake_mxcsr));
	return (struct call_result){ .status = fpu_fails ? STATUS_INVALID : STATUS_OK };
}

static struct call_result fake_query(handle_t space, uint64_t address, uaddr_t region)
{
	(void)space;
	(void)address;
	(void)region;
	return (struct call_result){ .status = STATUS_NOT_FOUND };
}

#define k_guest_fpu_read fake_fpu_read
#define k_aspace_query fake_query
#include "signal/exception.c"

static struct linux_siginfo sent;

void signal_force(struct thread *self, int number, const struct linux_siginfo *info)
{
	(void)self;
	assert_int_equal(info->number, number);
	sent = *info;
}

static void expect(uint32_t vector, int number, int code, bool at_instruction)
{
	static struct thread thread;
	thread.guest = (struct guest_record){ .vector = vector, .error_code = 3, .fault_address = 0 };
	thread.guest.regs.rip = 0x401000;
	thread.guest.regs.orig_rax = 59;
	signal_from_exception(&thread);
	assert_int_equal(sent.number, number);
	assert_int_equal(sent.code, code);
	assert_int_equal(sent.u.fault.address, at_instruction ? 0x401000 : 0);
	assert_true(thread.guest.regs.orig_rax == GUEST_NO_CALL);
	assert_int_equal(thread.guest.error_code, 3);
}

static void segments_stacks_and_alignment(void **state)
{
	(void)state;
	expect(11, LINUX_SIGBUS, LINUX_SI_KERNEL, false);
	expect(12, LINUX_SIGBUS, LINUX_SI_KERNEL, false);
	expect(17, LINUX_SIGBUS, LINUX_BUS_ADRALN, false);
	expect(13, LINUX_SIGSEGV, LINUX_SI_KERNEL, false);
	expect(10, LINUX_SIGSEGV, LINUX_SI_KERNEL, false);
	expect(4, LINUX_SIGSEGV, LINUX_SI_KERNEL, false);
}

/* The first flag that is not masked, in the order invalid, division, overflow, underflow or denormal, inexact. */
static void simd_flags(void **state)
{
	static const struct {
		uint32_t flags;
		int code;
	} rows[] = {
		{ 0x01, LINUX_FPE_FLTINV }, { 0x02, LINUX_FPE_FLTUND }, { 0x04, LINUX_FPE_FLTDIV },
		{ 0x08, LINUX_FPE_FLTOVF }, { 0x10, LINUX_FPE_FLTUND }, { 0x20, LINUX_FPE_FLTRES },
		{ 0x3f, LINUX_FPE_FLTINV }, { 0x3e, LINUX_FPE_FLTDIV }, { 0x38, LINUX_FPE_FLTOVF },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_mxcsr = rows[i].flags;
		expect(19, LINUX_SIGFPE, rows[i].code, true);
		x87_status = (uint16_t)rows[i].flags;
		expect(16, LINUX_SIGFPE, rows[i].code, true);
	}
	fake_mxcsr = 0x3f | (0x1f80 & ~(0x20u << 7));
	expect(19, LINUX_SIGFPE, LINUX_FPE_FLTRES, true);
	x87_status = 0x3f, x87_control = 0x37f & ~0x04;
	expect(16, LINUX_SIGFPE, LINUX_FPE_FLTDIV, true);
	fpu_fails = true;
	expect(19, LINUX_SIGFPE, LINUX_FPE_FLTINV, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_stacks_and_alignment),
		cmocka_unit_test(simd_flags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
